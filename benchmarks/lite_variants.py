"""What each variant of the file without TensorFlow costs and changes, against the exact one.

    python benchmarks/lite_variants.py --data DIR [--model street] [--count 6]

Exports all variants. For people of the data set's test split, top and bottom by turns, two samples of each: processor
time a sample, the part of the photo's pixels within 2 levels, and in the erased region the part of labels alike and the
mean difference in levels. Then milliseconds of each signature's call with one thread, the median of twelve.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from tf_tryon.data.boxes import MIN_AREA
from tf_tryon.data.person import Person
from tf_tryon.data.records import open_records
from tf_tryon.data.vocabulary import BOTTOM, TOP
from tf_tryon.export import lite
from tf_tryon.lite.sidecar import QUANTIZE
from tf_tryon.lite.tryon import TryOn

GARMENTS = ("top", "bottom")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="street")
    parser.add_argument("--count", type=int, default=6)
    options = parser.parse_args()
    people = chosen(options.data, options.count)
    with tempfile.TemporaryDirectory() as folder:
        files = {name: lite.export(options.model, Path(folder) / name, name) for name in QUANTIZE}
        exact, _ = completed(files[QUANTIZE[0]], people)
        for name, file in files.items():
            results, seconds = completed(file, people)
            print(f"{name:8} {file.stat().st_size / 1e6:5.1f} MB  {seconds:.3f} s a sample  {change(exact, results)}")
        for name, file in files.items():
            print(f"{name:8} ms:", ", ".join(f"{call} {ms:.1f}" for call, ms in calls(file).items()))


def chosen(data: str, count: int) -> list[Person]:
    """The first of the test split who wear both garments."""
    records = open_records(data)
    wearers: list[Person] = []
    for number in records.split("test"):
        person = Person.of(records, number)
        if not person.dress and all((person.labels == one).mean() > MIN_AREA for one in (TOP, BOTTOM)):
            wearers.append(person)
        if len(wearers) == count:
            break
    return wearers


def completed(file: Path, people: list[Person]) -> tuple[list[Any], float]:
    """Two samples of each, and processor seconds a sample."""
    model = TryOn.load(file.parent)
    start = time.process_time()
    results = [model.complete(p, GARMENTS[i % 2], samples=2, seed=7) for i, p in enumerate(people)]
    return results, (time.process_time() - start) / (2 * len(people))


def change(exact: list[Any], results: list[Any]) -> str:
    """How far results are from the exact ones."""
    gaps = [np.abs(a.photos.astype(int) - b.photos) for a, b in zip(exact, results, strict=True)]
    near = np.concatenate([(gap.max(-1) <= 2).ravel() for gap in gaps]).mean()
    alike = [(a.parsings == b.parsings)[:, a.erased].ravel() for a, b in zip(exact, results, strict=True)]
    inside = np.concatenate([gap[:, a.erased].ravel() for gap, a in zip(gaps, exact, strict=True)]).mean()
    return f"within 2 levels {near:.5f}  labels alike {np.concatenate(alike).mean():.4f}  difference {inside:.2f}"


def calls(file: Path) -> dict[str, float]:
    """Milliseconds of each signature."""
    interpreter, medians = Interpreter(model_path=str(file), num_threads=1), {}
    for name in interpreter.get_signature_list():
        runner = interpreter.get_signature_runner(name)
        zeros = {key: np.zeros(one["shape"], one["dtype"]) for key, one in runner.get_input_details().items()}
        times = []
        for _ in range(12):
            start = time.perf_counter()
            runner(**zeros)
            times.append(time.perf_counter() - start)
        medians[name] = 1e3 * float(np.median(times))
    return medians


if __name__ == "__main__":
    main()
