"""Speed of `complete`: 8 samples after loading, in one process, and from the shell prompt.

    python benchmarks/complete_speed.py [--model DIR] [--side 768]

The photo is a rendered person's, of the model's size or of --side pixels.

Prints seconds; the first call traces the graphs, the next ones are what a server or a notebook sees.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=None)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--side", type=int, default=0)
    options = parser.parse_args()

    from tf_tryon import quiet

    start = time.perf_counter()
    quiet.import_tensorflow()
    from PIL import Image

    from tf_tryon.cli.demo import unseen_person
    from tf_tryon.inference.tryon import TryOn

    model = TryOn.load(options.model)
    print(f"imports and loading     {time.perf_counter() - start:6.2f} s")
    person = unseen_person(0, options.side or model.size[0])
    times = []
    for seed in range(options.repeats + 1):
        start = time.perf_counter()
        model.complete(person, "top", samples=8, seed=seed)
        times.append(time.perf_counter() - start)
    print(f"8 samples, first call   {times[0]:6.2f} s")
    print(f"8 samples, median       {statistics.median(times[1:]):6.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        path = write_person(person, Path(folder), Image)
        command = [sys.executable, "-m", "tf_tryon.cli.main", "complete", str(path), "--out", folder + "/out"]
        command += [f"--model={options.model}"] if options.model else []
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        print(f"from the shell prompt   {time.perf_counter() - start:6.2f} s")


def write_person(person, folder: Path, image) -> Path:
    """The person as the three files that `complete` reads; returns the photo's path."""
    import json

    path = folder / "person.png"
    image.fromarray(person.photo).save(path)
    image.fromarray(person.labels).save(folder / "person_parsing.png")
    points = person.keypoints.reshape(-1).tolist()
    (folder / "person_keypoints.json").write_text(json.dumps({"people": [{"pose_keypoints_2d": points}]}))
    return path


if __name__ == "__main__":
    main()
