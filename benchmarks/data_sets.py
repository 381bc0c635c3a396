"""How fast a public data set becomes records: photos a second and CPU time a photo, by process pool and by Beam.

    python benchmarks/data_sets.py --data data/studio --count 256 --workers 1 2

The photos are Studio's people (of a data set made by `tf-tryon data studio`), enlarged and grained like photos, in two
layouts: deepfashion (256x256, parsing and keypoints beside them) and viton-hd (768x1024); stored at 256x256. Each line
of JSON is one run. `per_s` is wall-clock with the start of the processes; `cpu_ms` is CPU time a photo of all
processes, without their start (the difference to a run with a quarter of the photos), which other work on the machine
changes least; `hours` is what 52,712 photos need on one core by it. Annotators are not in it.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import resource
import tempfile
import time

import numpy as np
from PIL import Image

from tf_tryon import quiet

IN_SHOP = 52_712


def make_tree(layout: str, data: str, root: pathlib.Path, count: int) -> None:
    """Writes `count` photos in a layout."""
    from tf_tryon.data import records
    from tf_tryon.data.keypoints import to_openpose

    opened, rows = records.open_records(data), []
    if opened.size is None:
        raise SystemExit(f"{data}: its pictures are of many sizes; give one of one size")
    for i in range(count):
        person = records.decode(opened.read(i))
        side = 256 if layout == "deepfashion" else 1024
        photo = _enlarged(person["photo"], side, Image.Resampling.BICUBIC).astype(np.int16)
        photo = (photo + np.random.default_rng(i).normal(0, 3, photo.shape)).clip(0, 255).astype(np.uint8)
        labels = _enlarged(person["labels"], side, Image.Resampling.NEAREST)
        points = person["keypoints"] * (side / opened.size[1], side / opened.size[0], 1)
        if layout == "deepfashion":
            base = root / f"Img/img/WOMEN/Tees/id_{i:08d}/01_1_front"
            files = base.with_suffix(".jpg"), f"{base}_parsing.png", f"{base}_keypoints.json"
            rows.append(f"{base.with_suffix('.jpg').relative_to(root / 'Img')} id_{i:08d} train")
        else:
            photo, labels = photo[:, 128:-128], labels[:, 128:-128]
            points[:, 0] = np.where(points[:, 2] > 0, points[:, 0] - 128, 0)
            base, stem = root / "train", f"{i:05d}_00"
            files = (
                base / f"image/{stem}.jpg",
                base / f"image-parse-v3/{stem}.png",
                base / f"openpose_json/{stem}_keypoints.json",
            )
        for file in files:
            pathlib.Path(file).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo).save(files[0], quality=92)
        Image.fromarray(labels).save(files[1])
        pathlib.Path(files[2]).write_text(json.dumps(to_openpose(points)))
    if rows:
        (root / "Eval").mkdir()
        (root / "Eval/list_eval_partition.txt").write_text("\n".join([str(count), "image item split", *rows]))


def timed(layout: str, root: pathlib.Path, runner: str, workers: int) -> tuple[int, float, float]:
    """(photos, wall seconds, CPU seconds) of one build."""
    from tf_tryon.data.sources.build import Options, build

    cpu, start = _cpu(), time.perf_counter()
    with tempfile.TemporaryDirectory() as out:
        options = Options(workers=workers, runner=runner, progress=False, min_garments=0)
        report = build(layout, root, out, options)
    return report.located, time.perf_counter() - start, _cpu() - cpu


def measure(layout: str, roots: list[pathlib.Path], runner: str, workers: int) -> dict[str, object]:
    """One line."""
    timed(layout, roots[0], runner, workers)  # imports
    few, _, few_cpu = timed(layout, roots[0], runner, workers)
    many, wall, cpu = timed(layout, roots[1], runner, workers)
    cpu_each = (cpu - few_cpu) / (many - few)
    return {
        "layout": layout,
        "runner": runner or "process pool",
        "workers": workers,
        "photos": many,
        "per_s": round(many / wall, 1),
        "cpu_ms": round(1000 * cpu_each, 1),
        "per_s_core": round(1 / cpu_each, 1),
        "hours": round(IN_SHOP * cpu_each / 3600, 2),
    }


def _enlarged(picture: np.ndarray, side: int, method: Image.Resampling) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((side, side), method))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Parses the command line and prints."""
    parser = argparse.ArgumentParser(description="Speed of the data sets' loaders.")
    parser.add_argument("--data", required=True)
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runners", nargs="+", default=["", "DirectRunner"])
    options = parser.parse_args()
    quiet.import_tensorflow()
    for layout in ("deepfashion", "viton-hd"):
        with tempfile.TemporaryDirectory() as folder:
            roots = [pathlib.Path(folder) / str(count) for count in (options.count // 4, options.count)]
            for root, count in zip(roots, (options.count // 4, options.count), strict=True):
                make_tree(layout, options.data, root, count)
            for runner in options.runners:
                for workers in options.workers:
                    print(json.dumps(measure(layout, roots, runner, workers)), flush=True)


if __name__ == "__main__":
    main()
