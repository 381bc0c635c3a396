"""Help, usage errors and refusals are quick: 0.3 s of processor time on a machine at rest (docs/scaling.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LIMIT = 1.0  # seconds; three times what is promised, as a busy machine's caches and clock cost processor time too
HEAVY = ("tensorflow", "keras", "numba", "scipy", "apache_beam", "mediapipe", "cv2", "ai_edge_litert")
CODE = f"""
import sys, time
from tf_tryon.cli.main import main
status = main(sys.argv[1:])
print("TOLD", status, *(name for name in {HEAVY} if name in sys.modules), time.process_time())
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("--help", 0),
        ("train --help", 0),
        ("complete --help", 0),
        ("trian", 2),
        ("train", 2),
        ("data studio --out new --count -1", 2),
        ("train --config none.py --data none --out new", 2),
        ("complete none.jpg --garment top --out new", 1),
        ("complete-all --photos none/*.jpg --out new", 1),
        ("annotate none.jpg --out new", 1),
        ("data ccp --root none --out new", 1),
        ("serve --models none", 1),
        ("fit --data none --out new", 1),
        ("evaluate --model none --data none --out new", 1),
    ],
)
def test_it_ends_at_once_and_loads_nothing_heavy(line: str, status: int, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", CODE, *line.split()]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    marker, actual, *heavy, seconds = done.stdout.splitlines()[-1].split()
    assert (marker, actual, heavy) == ("TOLD", str(status), []), done.stderr
    assert float(seconds) < LIMIT
    assert not list(tmp_path.iterdir())
