"""LIP and CIHP: photos of people with parsing, without keypoints in OpenPose's order (annotators add them).

    LIP   {train,val}_images/*.jpg   (also train_imgaes/), {train,val}_segmentations/*.png, {train,val}_id.txt
    CIHP  images/*.jpg, labels/*.png, {train,val}_id.txt;  or {Training,Validation}/{Images,Category_ids}/

The archives' own outer folders (TrainVal_images/ and so on) may still be there. "val" becomes "test".
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Final

from tf_tryon.data.sources.located import (
    Layout,
    Located,
    companion,
    first_names,
    folder,
    optional_file,
    optional_folder,
    photo_named,
    photos,
)

_SPLITS: Final = {"train": "train", "val": "test"}
_CIHP_FOLDERS: Final = {"train": ("Training", "train"), "val": ("Validation", "val")}
_IMAGES: Final = ("Images", "images")
_LABELS: Final = ("Category_ids", "labels", "category_ids")


def locate(root: pathlib.Path) -> Iterator[Located]:
    """The people of train and val."""
    any_folder = False
    for part, split in _SPLITS.items():
        place = _place(root, part)
        if place is None:
            continue
        any_folder = True
        pictures, labels, ids = place
        people = [_photo(pictures, name) for name in first_names([ids])] if ids else photos(pictures)
        poses = optional_folder(root, f"{part}_poses", "poses", "pose")
        for photo in people:
            yield Located(
                id=f"{part}/{photo.stem}",
                split=split,
                photo=photo,
                parsing=companion(labels, f"{photo.stem}.png"),
                keypoints=companion(poses, f"{photo.stem}_keypoints.json"),
            )
    if not any_folder:
        raise FileNotFoundError(f"{root}: neither LIP's train_images/ nor CIHP's images/ is there")


def vocabulary(root: pathlib.Path) -> str:
    """LIP's or CIHP's."""
    return "lip20" if any(_lip_images(root, part) for part in _SPLITS) else "cihp20"


def _place(root: pathlib.Path, part: str) -> tuple[pathlib.Path, pathlib.Path | None, pathlib.Path | None] | None:
    """Folders of photos and of labels, and the list, of one part; None: the data set lacks it."""
    ids = optional_file(root, f"{part}_id.txt", f"TrainVal_images/{part}_id.txt", f"lists/{part}_id.txt")
    pictures = _lip_images(root, part)
    if pictures is not None:
        outer = ("", "TrainVal_parsing_annotations/", "TrainVal_parsing_annotations/TrainVal_parsing_annotations/")
        return pictures, optional_folder(root, *(f"{name}{part}_segmentations" for name in outer)), ids
    base = optional_folder(root, *_CIHP_FOLDERS[part])
    if base is not None:
        inner = optional_file(base, f"{part}_id.txt")
        return folder(base, *_IMAGES), optional_folder(base, *_LABELS), inner or ids
    both = optional_folder(root, *_IMAGES)
    if both is None or (ids is None and (part == "val" or optional_file(root, "val_id.txt"))):
        return None  # without lists, images/ is all training
    return both, optional_folder(root, *_LABELS), ids


def _lip_images(root: pathlib.Path, part: str) -> pathlib.Path | None:
    names = (f"{part}_images", f"{part}_imgaes")
    outer = ("", "TrainVal_images/", "TrainVal_images/TrainVal_images/")
    return optional_folder(root, *(before + name for before in outer for name in names))


def _photo(pictures: pathlib.Path, name: str) -> pathlib.Path:
    """The lists give names without a suffix."""
    return photo_named(pictures, name if pathlib.PurePath(name).suffix else f"{name}.jpg")


LAYOUT = Layout("lip", vocabulary, locate)
