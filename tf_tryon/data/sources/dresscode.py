"""Dress Code: three categories, ATR-18 labels, keypoints in half of the photo's resolution.

{dresses,upper_body,lower_body}/images/NNNNNN_0.jpg
.../keypoints/NNNNNN_2.json                     {"keypoints": 18 x [x, y, score, id]}, in 384x512
.../label_maps/NNNNNN_4.png
train_pairs.txt, test_pairs_{paired,unpaired}.txt   at the root or in each category
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from tf_tryon.data import keypoints as keypoints_lib
from tf_tryon.data.sources.located import Layout, Located, companion, first_names, folder, optional_file, photo_named
from tf_tryon.files import json_file

CATEGORIES: Final = ("dresses", "upper_body", "lower_body")
_SIZE: Final = (512, 384)  # height and width that keypoints refer to
_LISTS: Final = {
    "train": ("train_pairs.txt",),
    "test": ("test_pairs_paired.txt", "test_pairs_unpaired.txt", "test_pairs.txt"),
}


def locate(root: pathlib.Path) -> Iterator[Located]:
    """The people of both lists; a name in a list at the root is looked up in every category."""
    present = [name for name in CATEGORIES if (root / name).is_dir()]
    if not present:
        raise FileNotFoundError(f"{root}: none of {', '.join(CATEGORIES)} is there: is this the data set's root?")
    any_folder = False
    for split, lists in _LISTS.items():
        shared = [path for name in lists if (path := optional_file(root, name))]
        for category in present:
            own = [path for name in lists if (path := optional_file(root / category, name))]
            pictures = folder(root / category, "images", "image")
            any_folder = any_folder or bool(own or shared)
            for name in first_names(own or shared):
                photo = photo_named(pictures, name)
                if own or photo.is_file():
                    yield _located(root / category, split, photo)
    if not any_folder:
        raise FileNotFoundError(f"{root}: neither train_pairs.txt nor test_pairs_paired.txt is there")


def _located(base: pathlib.Path, split: str, photo: pathlib.Path) -> Located:
    number = photo.stem.rsplit("_", 1)[0]
    return Located(
        id=f"{base.name}/{number}",
        split=split,
        photo=photo,
        parsing=companion(base / "label_maps", f"{number}_4.png"),
        keypoints=companion(base / "keypoints", f"{number}_2.json"),
        metadata={"category": base.name},
    )


def read_keypoints(example: Located, size: tuple[int, int]) -> list[np.ndarray]:
    """The person's (18, 3) in the photo's pixels."""
    given = json_file.read(example.keypoints, "18 keypoints of x, y, score, id are expected")
    with np.errstate(over="ignore"):  # beyond float32 is infinite, and so missing
        rows = [np.array([value.number() for value in row.entries(4)], np.float32)
                for row in given["keypoints"].entries(18)]  # fmt: skip
    points = np.stack(rows)[:, :3]
    points[(points[:, :2] < 0).any(axis=1)] = 0
    points[:, :2] *= (size[1] / _SIZE[1], size[0] / _SIZE[0])
    return [keypoints_lib.clean(points)]


LAYOUT = Layout("dresscode", "atr18", locate, read_keypoints)
