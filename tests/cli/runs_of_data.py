"""Runs of the verbs that make, show and check data sets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from verb_run import VerbRun, run_to


def _studio(root: Path, given: Any) -> VerbRun:
    from tf_tryon.data.studio import render

    def fake(seed: int, index: int, size: int) -> Any:
        made = given.make(index, 64)
        return render.Picture(made["photo"], made["labels"], made["keypoints"], {})

    given.patch.setattr(render, "render_person", fake)
    return run_to(root, "data", "studio", "--count=4", "--size=64", "--workers=1", "--per_shard=2", "--overwrite")


def _viton(root: Path, given: Any) -> VerbRun:
    from tf_tryon.data.keypoints import to_openpose

    tree = root / "viton"
    for i, split in enumerate(("train", "train", "test")):
        made = given.make(i, 128)
        for folder in ("image", "image-parse", "pose"):
            (tree / split / folder).mkdir(parents=True, exist_ok=True)
        Image.fromarray(made["photo"]).save(tree / split / "image" / f"{i}_0.jpg")
        Image.fromarray(made["labels"]).save(tree / split / "image-parse" / f"{i}_0.png")
        points = json.dumps(to_openpose(made["keypoints"]))
        (tree / split / "pose" / f"{i}_0_keypoints.json").write_text(points)
    for split in ("train", "test"):
        names = sorted(path.name for path in (tree / split / "image").iterdir())
        (tree / f"{split}_pairs.txt").write_text("".join(f"{name} {name}\n" for name in names))
    flags = ["--size=64", "--workers=1", "--noannotate", "--vocabulary=cihp20", "--min_garments=2", "--overwrite"]
    return run_to(root, "data", "viton", f"--root={tree}", *flags)


def _show(root: Path, given: Any) -> VerbRun:
    return run_to(root, "data", "show", given.data, "--count=1", "--cell=32", file="sheet.png")


def _check(root: Path, given: Any) -> VerbRun:
    return run_to(root, "data", "check", given.data, "--workers=1")


RUNS: dict[str, Callable[[Path, Any], VerbRun]] = {
    "data studio": _studio,
    "data viton": _viton,
    "data show": _show,
    "data check": _check,
}
