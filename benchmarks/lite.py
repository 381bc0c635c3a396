"""Completion without TensorFlow against completion with it, on the same machine in one run.

    python benchmarks/lite.py [--model street] [--repeats 3] [--json FILE]

From the shell prompt to eight pictures of one person (`tf-tryon complete`): processor time and the most memory of the
process, for each runtime in turn, median of the repeats. Then samples a second of loaded models, eight at a time, in a
process each, the first call not counted; and how far the pictures are from each other.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

RUNTIMES = ("lite", "tensorflow")
_VERB = """
import sys
from tf_tryon.cli.main import main
status = main(sys.argv[1:])
print(open("/proc/self/status").read())
sys.exit(status)
"""
_RATE = """
import sys, time, json
from tf_tryon.cli.runtime import load
from tf_tryon.data.person import Person
model, person = load(sys.argv[1], sys.argv[2]), Person.from_files(sys.argv[3])
model.complete(person, "top", samples=8, seed=0)
walls, spent = [], []
for seed in range(int(sys.argv[4])):
    wall, processor = time.perf_counter(), time.process_time()
    model.complete(person, "top", samples=8, seed=seed)
    walls.append(time.perf_counter() - wall)
    spent.append(time.process_time() - processor)
print(json.dumps({"per_second": 8 / min(walls), "per_processor_second": 8 / min(spent)}))
"""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="street")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        photo = written_person(Path(folder))
        prompts: dict[str, list[tuple[float, float]]] = {name: [] for name in RUNTIMES}
        for _ in range(options.repeats):  # in turn: what else the machine does meets both
            for name in RUNTIMES:
                command = ["complete", str(photo), f"--model={options.model}", f"--runtime={name}", "--seed=7"]
                prompts[name].append(spent([*command, f"--out={folder}/{name}"]))
        for name in RUNTIMES:
            rate = subprocess.run(
                [sys.executable, "-c", _RATE, name, options.model, str(photo), str(options.repeats)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            processor, memory = (statistics.median(values) for values in zip(*prompts[name], strict=True))
            measured[name] = {"processor_s": processor, "memory_mb": memory, **json.loads(rate.stdout.splitlines()[-1])}
        measured["alike"] = alike(Path(folder), photo.stem)
    lite, full = (measured[name] for name in RUNTIMES)
    measured["ratio"] = {key: lite[key] / full[key] for key in lite}
    for name, figures in measured.items():
        print(f"{name:11}", ", ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(measured, indent=2))


def spent(arguments: list[str]) -> tuple[float, float]:
    """Processor seconds, and megabytes of memory at most, of `tf-tryon` with these arguments."""
    # The kernel's own account of a child's memory begins with what its parent had.
    process = subprocess.Popen([sys.executable, "-c", _VERB, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return usage.ru_utime + usage.ru_stime, int(printed.split("VmHWM:")[1].split()[0]) / 1024


def alike(folder: Path, name: str) -> dict[str, float]:
    """Shares of pixels within 2 levels, and of labels that are the same, over the samples of both runtimes."""
    import numpy as np
    from PIL import Image

    def read(runtime: str, end: str) -> Any:
        return np.stack([np.asarray(Image.open(folder / runtime / name / f"sample-{k}{end}.png")) for k in range(1, 9)])

    photos, parsings = ([read(runtime, end) for runtime in RUNTIMES] for end in ("", "_parsing"))
    gap = np.abs(photos[0].astype(int) - photos[1]).max(-1)
    return {"pixels": float((gap <= 2).mean()), "labels": float((parsings[0] == parsings[1]).mean())}


def written_person(folder: Path) -> Path:
    """A rendered person of 512 px as the three files that `complete` reads; returns the photo's path."""
    from PIL import Image

    from tf_tryon.cli.demo import unseen_person

    person, path = unseen_person(0, 512), folder / "person.png"
    Image.fromarray(person.photo).save(path)
    Image.fromarray(person.labels).save(folder / "person_parsing.png")
    points = {"people": [{"pose_keypoints_2d": person.keypoints.reshape(-1).tolist()}]}
    (folder / "person_keypoints.json").write_text(json.dumps(points))
    return path


if __name__ == "__main__":
    main()
