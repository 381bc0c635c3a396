"""Parsing by the package `fashn-human-parser`, where it is installed.

Its weights (SegFormer-B4, 244 MB, fetched by the package at first use) are under NVIDIA's non-commercial licence.
"""

from __future__ import annotations

import importlib
import pathlib
from typing import Any, Final

import numpy as np

from tf_tryon.annotation.annotation import AnnotationError, Parsing, Pose

LABELS: Final = (
    "background", "face", "hair", "top", "dress", "skirt", "pants", "belt", "bag", "hat", "scarf", "glasses", "arms",
    "hands", "legs", "feet", "torso", "jewelry",
)  # fmt: skip
# The CIHP-20 label of each. Sides are unknown: arms and legs become left ones, which the eight classes don't tell
# apart. Bags are gloves, CIHP-20's only label for what hands hold.
TO_CIHP20: Final = (0, 13, 2, 5, 6, 12, 9, 9, 3, 1, 11, 4, 14, 14, 16, 18, 10, 10)


class FashnParser:
    """Parser around the package's own, which answers (h, w) labels for an RGB array."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    @classmethod
    def load(cls) -> FashnParser:
        """The package's parser; AnnotationError "model missing" says how to get it."""
        try:
            package: Any = importlib.import_module("fashn_human_parser")
        except ImportError as error:
            raise AnnotationError(
                "model missing",
                f"the parser 'fashn' is a package of its own ({error}): `pip install fashn-human-parser`; its weights, "
                "which it fetches at first use, may not be used commercially",
            ) from error
        return cls(package.FashnHumanParser())

    def parse(self, photo: np.ndarray, pose: Pose | None, source: pathlib.Path | None) -> Parsing:
        """Labels as CIHP-20; of several people, those outside the pose's box are left out."""
        del source
        predicted = np.asarray(self._parser.predict(photo))
        if predicted.shape != photo.shape[:2] or predicted.min() < 0 or predicted.max() >= len(LABELS):
            raise ValueError(
                f"fashn-human-parser answered labels {predicted.shape} up to {predicted.max()} for a photo of "
                f"{photo.shape[:2]}: (h, w) of 0 to {len(LABELS) - 1} is expected; install version 0.1"
            )
        labels = np.array(TO_CIHP20, np.uint8)[predicted]
        if pose is not None:
            y0, x0, y1, x1 = (round(side) for side in pose.box)
            inside = np.zeros(labels.shape, bool)
            inside[max(y0, 0) : y1, max(x0, 0) : x1] = True
            labels = np.where(inside, labels, np.uint8(0))
        if not labels.any():
            raise AnnotationError("no person", "fashn-human-parser labels nobody in this photo")
        return Parsing(labels, "cihp20")
