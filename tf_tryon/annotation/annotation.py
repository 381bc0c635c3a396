"""What annotators return, and how they refuse."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.person import Person
from tf_tryon.data.upright import turned
from tf_tryon.errors import TryOnError

# Why a photo is refused; `AnnotationError.reason` is one of them.
REASONS: Final = (
    "unreadable", "truncated", "too large", "animated", "too small", "no person", "no such person", "head cut",
    "feet cut", "no garment", "model missing", "uncertain",
)  # fmt: skip
# Those that follow from what the photo shows: whoever looks again with the same models and options finds the same.
OF_PIXELS: Final = frozenset(
    ("too small", "no person", "no such person", "head cut", "feet cut", "no garment", "uncertain")
)


class AnnotationError(TryOnError):
    """A photo can't be annotated.

    Attributes:
      reason: one of `REASONS`, for reports; the message tells more.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        self.reason = reason


@dataclasses.dataclass
class Pose:
    """One person that the pose network found.

    Attributes:
      keypoints: (18, 3) float32: x, y in pixels, confidence; 0 = missing. Points beyond the photo are missing.
      mask: (h, w) float32 in [0, 1], probability of the person.
      box: (y0, x0, y1, x1) in pixels, around mask and points.
      beyond: names of parts ("head", "feet") that lie outside the photo.
      turns: by 90 degrees against the clock, that the photo was turned by beforehand (`data.upright`).
    """

    keypoints: np.ndarray
    mask: np.ndarray
    box: tuple[float, float, float, float]
    beyond: tuple[str, ...] = ()
    turns: int = 0


@dataclasses.dataclass
class Parsing:
    """Labels of one person.

    Attributes:
      labels: (h, w) uint8 of `vocabulary`.
      vocabulary: lip20, cihp20, atr18 or tryon8.
      confidences: overlap with the truth (IoU) that is to be expected, in [0, 1], by garment (hat, top, bottom, shoes)
        that is shown (`confidence.py`); empty for labels from a file.
    """

    labels: np.ndarray
    vocabulary: str
    confidences: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def classes(self) -> np.ndarray:
        """(h, w) uint8, the project's eight classes."""
        return vocabulary_lib.to_classes(self.labels, self.vocabulary)

    @property
    def dress(self) -> bool:
        """Whether the bottom is a dress."""
        return vocabulary_lib.named(self.vocabulary).shows_dress(self.labels)

    @property
    def carried(self) -> np.ndarray | None:
        """(h, w) bool, bags, gloves and scarves; None: the vocabulary doesn't tell them."""
        return vocabulary_lib.named(self.vocabulary).carried(self.labels)


@dataclasses.dataclass
class Annotation:
    """What `Annotator.annotate` found in a photo, which `upright` turns to (h, w) pixels.

    Attributes:
      labels: (h, w) uint8 of `vocabulary`.
      vocabulary: lip20, cihp20, atr18 or tryon8.
      keypoints: (18, 3) float32.
      mask: (h, w) float32 in [0, 1], probability of the person.
      confidences: as in `Parsing`.
      people: how many people the photo shows.
      person: which of them this is, from 1, the largest.
      warnings: what the user should know, in sentences.
      turns: by 90 degrees against the clock, of the photo, so that the person stands upright; all else is of the
        turned photo.
    """

    labels: np.ndarray
    vocabulary: str
    keypoints: np.ndarray
    mask: np.ndarray
    confidences: dict[str, float]
    people: int = 1
    person: int = 1
    warnings: list[str] = dataclasses.field(default_factory=list)
    turns: int = 0

    def upright(self, photo: np.ndarray) -> np.ndarray:
        """The photo (..., 3) uint8 as it was annotated, turned by `turns`."""
        return turned(photo, self.turns)

    def as_person(self, photo: np.ndarray, identity: str) -> Person:
        """The photo that was given to the annotator, with its annotation, as completion and records want it."""
        parsing, upright = Parsing(self.labels, self.vocabulary), self.upright(photo)
        known = parsing.dress, self.turns, parsing.carried
        return Person(upright, parsing.classes, self.keypoints, identity, {}, *known)
