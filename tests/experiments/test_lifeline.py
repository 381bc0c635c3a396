"""A worker ends as by SIGTERM when its experiment is gone, however it went."""

import subprocess
import sys
import time
from pathlib import Path

WORKER = """
import pathlib, signal, sys, time
from tf_tryon.experiments import lifeline
folder = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGTERM, lambda *_: ((folder / "saved").touch(), sys.exit(143)))
lifeline.watch()
(folder / "ready").touch()
time.sleep(60)
"""
EXPERIMENT = """
import subprocess, sys, time
from tf_tryon.experiments import lifeline
with lifeline.reading_end() as alive:
    for folder in sys.argv[2:]:  # none of which may keep another one's pipe open
        subprocess.Popen([sys.executable, "-c", sys.argv[1], folder], stdin=alive, start_new_session=True)
    time.sleep(60)
"""


def _wait_for(*paths: Path) -> None:
    until = time.monotonic() + 30
    while not all(path.exists() for path in paths):
        assert time.monotonic() < until, f"not all there: {paths}"
        time.sleep(0.01)


def test_workers_of_a_killed_experiment_save_and_end(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", EXPERIMENT, WORKER, *map(str, folders)]) as experiment:
        try:
            _wait_for(*(folder / "ready" for folder in folders))
            assert not any((folder / "saved").exists() for folder in folders)
        finally:
            experiment.kill()
    _wait_for(*(folder / "saved" for folder in folders))
