"""VITON and CP-VTON, VITON-HD, and the thesis's own tree: folders of one kind of file each, below train and test.

    {train,test}_pairs.txt                     person's photo, product's photo; without it, every photo
    {train,test}/image/*.jpg
    {train,test}/image-parse/*.png             VITON-HD: image-parse-v3; CP-VTON+: image-parse-new
    {train,test}/pose/<stem>_keypoints.json    VITON-HD: openpose_json or openpose-json

| | VITON | VITON-HD | thesis ("FiNet layout") |
|---|---|---|---|
| labels | LIP-20 | CIHP-20 | the 8 classes |
| keypoints | 18, `pose_keypoints` | BODY_25, `pose_keypoints_2d` | 18, at the top level |
| lists | train_pairs.txt | train_pairs.txt | train.txt, one name a line |
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterator
from typing import Final

from PIL import Image

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

_SPLITS: Final = ("train", "test")
_IMAGES: Final = ("image", "images")
_PARSINGS: Final = ("image-parse-v3", "image-parse", "image_parse", "image-parse-new")
_POSES: Final = ("openpose_json", "openpose-json", "pose", "poses")


def locate(lists: tuple[str, ...], root: pathlib.Path) -> Iterator[Located]:
    """The people of both splits.

    Args:
      lists: names of the lists, {split} standing for the split.
      root: holds train/ or test/ or both.
    """
    present = [split for split in _SPLITS if (root / split).is_dir()]
    if not present:
        raise FileNotFoundError(f"{root}: neither train/ nor test/ is there: is this the data set's root?")
    for split in present:
        base = root / split
        pictures = folder(base, *_IMAGES)
        parsings, poses = _parsings(base), optional_folder(base, *_POSES)
        path = optional_file(root, *(pattern.format(split=split) for pattern in lists))
        people = [photo_named(pictures, name) for name in first_names([path])] if path else photos(pictures)
        for photo in people:
            yield Located(
                id=f"{split}/{photo.stem}",
                split=split,
                photo=photo,
                parsing=companion(parsings, f"{photo.stem}.png"),
                keypoints=companion(poses, f"{photo.stem}_keypoints.json"),
            )


def _parsings(base: pathlib.Path) -> pathlib.Path | None:
    """The folder of label pictures: of several the one with indices, as some copies have colours beside them."""
    present = [base / name for name in _PARSINGS if (base / name).is_dir()]
    return next((where for where in present if _holds_indices(where)), next(iter(present), None))


def _holds_indices(where: pathlib.Path) -> bool:
    for path in photos(where)[:1]:
        try:
            with Image.open(path) as image:
                return image.mode in ("P", "L", "1")
        except OSError:  # the build tells of it, picture by picture
            return False
    return False


_PAIRS = functools.partial(locate, ("{split}_pairs.txt", "{split}/{split}_pairs.txt"))
# People from the head to the hips or knees: top and bottom are all they show.
VITON = Layout("viton", "lip20", _PAIRS, min_garments=2)
VITON_HD = Layout("viton-hd", "cihp20", _PAIRS, min_garments=2)
FINET = Layout("finet", "tryon8", functools.partial(locate, ("{split}.txt", "{split}/{split}.txt")))
