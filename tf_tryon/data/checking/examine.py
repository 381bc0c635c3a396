"""One record: what is wrong with it, and what is counted."""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
from typing import Final

import numpy as np

from tf_tryon.data import agreement, boxes, records
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.checking import duplicates
from tf_tryon.data.manifest import MANIFEST
from tf_tryon.data.record_parts import WrongSizeError
from tf_tryon.errors import BadFileError
from tf_tryon.files.stamp import cache_key

# The largest share of a person that a class plausibly has; of 856 street photos (CCP) it is .25, .24, .39, .16, .32.
_MOST: Final = {
    vocabulary_lib.FACE: 0.45,
    vocabulary_lib.UPPER_SKIN: 0.5,
    vocabulary_lib.LOWER_SKIN: 0.6,
    vocabulary_lib.HAT: 0.25,
    vocabulary_lib.SHOES: 0.45,
}


@dataclasses.dataclass
class Examined:
    """One record's findings.

    Attributes:
      number: of the record.
      problems: (kind, detail); kinds are few.
      id: the record's; "" if it can't be read.
      size: bytes.
      picture: (height, width); (0, 0) if it can't be read.
      vocabulary: of the labels.
      areas: (8,) share of each class, None where labels make no sense.
      dress: whether the bottom is one.
      missing: (18,) bool, keypoints that are missing; None if it can't be read.
      look: the photo's perceptual hash and thumbnail; None if it can't be read.
    """

    number: int
    problems: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    id: str = ""
    size: int = 0
    picture: tuple[int, int] = (0, 0)
    vocabulary: str = ""
    areas: np.ndarray | None = None
    dress: bool = False
    missing: np.ndarray | None = None
    look: duplicates.Look | None = None

    @property
    def shown(self) -> np.ndarray:
        """(4,) bool: garments that the person shows."""
        if self.areas is None:
            return np.zeros(len(vocabulary_lib.GARMENTS), bool)
        return self.areas[list(vocabulary_lib.GARMENT_CLASSES)] >= boxes.MIN_AREA

    @property
    def drawable(self) -> bool:
        """Whether a contact sheet can show it."""
        return self.areas is not None and self.missing is not None and self.look is not None


def examine_range(directory: str | os.PathLike[str], numbers: range) -> list[Examined]:
    """Records of a data set, which each process opens once."""
    data = _opened(directory, cache_key(pathlib.Path(directory) / MANIFEST)[1])
    return [examine(data, number) for number in numbers]


def examine(data: records.RecordSet, number: int) -> Examined:
    """One record."""
    examined = Examined(number)
    try:
        record = data.read(number)
    except ValueError as error:
        examined.problems.append(("corrupt", str(error)))
        return examined
    examined.size = len(record)
    try:
        parts = records.decode(record, data.place(number))
    except BadFileError as error:
        kind = "wrong size" if isinstance(error, WrongSizeError) else "undecodable"
        examined.problems.append((kind, str(error)))
        return examined
    examined.id = parts["id"]
    classes = _examine_pictures(examined, parts, data.size)
    _examine_keypoints(examined, parts["keypoints"], data.size or examined.picture)
    if classes is not None and examined.missing is not None and examined.shown.any():
        disagreements = agreement.disagreements(classes, parts["keypoints"])
        if disagreements:
            examined.problems.append(("labels and keypoints disagree", "; ".join(disagreements)))
    return examined


def _examine_pictures(examined: Examined, parts: dict, size: tuple[int, int] | None) -> np.ndarray | None:
    """The classes (h, w), where the labels make sense."""
    photo, labels = parts["photo"], parts["labels"]
    examined.picture, examined.vocabulary = photo.shape[:2], parts["vocabulary"]
    if size not in (None, photo.shape[:2]):
        examined.problems.append(("wrong size", f"{photo.shape[:2]}, the manifest says {size}"))
        return None
    examined.look = duplicates.look(photo)
    try:
        classes = vocabulary_lib.to_classes(labels, parts["vocabulary"])
    except ValueError as error:
        examined.problems.append(("wrong labels", str(error)))
        return None
    examined.dress = vocabulary_lib.named(parts["vocabulary"]).shows_dress(labels)
    examined.areas = np.bincount(classes.ravel(), minlength=len(vocabulary_lib.CLASSES)) / classes.size
    if not examined.shown.any():
        examined.problems.append(("no garment", f"none covers {boxes.MIN_AREA:.2%} of the picture"))
    shares = examined.areas[1:] / max(examined.areas[1:].sum(), 1e-9)
    large = [(vocabulary_lib.CLASSES[label], shares[label - 1]) for label, most in _MOST.items()
             if shares[label - 1] > most]  # fmt: skip
    if large:
        listed = ", ".join(f"{name} is {share:.0%} of the person" for name, share in large)
        examined.problems.append(("implausible areas", listed))
    return classes


def _examine_keypoints(examined: Examined, points: np.ndarray, size: tuple[int, int]) -> None:
    if not np.isfinite(points).all() or (points[:, 2] < 0).any() or (points[:, 2] > 1).any():
        examined.problems.append(("wrong keypoints", "not finite, or a confidence outside [0, 1]"))
        return
    examined.missing = points[:, 2] <= 0
    if examined.missing.all():
        examined.problems.append(("no keypoints", "all 18 are missing"))
    there = points[~examined.missing]
    outside = (there[:, :2] < 0).any(axis=1) | (there[:, 0] >= size[1]) | (there[:, 1] >= size[0])
    if outside.any():
        x, y, _ = there[outside][0]
        examined.problems.append(("keypoints outside", f"{outside.sum()} of 18, the first at ({x:g}, {y:g})"))


@functools.lru_cache(maxsize=1)
def _opened(directory: str | os.PathLike[str], stamp: tuple[int, ...]) -> records.RecordSet:
    del stamp  # of the manifest: a data set that was made again in the same folder is another one
    return records.open_records(directory)
