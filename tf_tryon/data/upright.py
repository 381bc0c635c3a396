"""Which way up a person is, by the keypoints, and turning a photo with all that belongs to it.

EXIF says how the camera was held; a photo that was scanned, screenshot or saved without it may lie on its side. The
networks know upright people only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

_HEAD: Final = (0, 14, 15, 16, 17)
_SHOULDERS: Final = (2, 5)
_HIPS: Final = (8, 11)
_LEGS: Final = ((10, 13), (9, 12))  # ankles, else knees
_WITHIN: Final = math.radians(35)  # of a quarter turn: between two of them nothing is certain


def quarter_turns(points: np.ndarray) -> int:
    """How often a photo must be turned by 90 degrees against the clock (`np.rot90`) for the person to stand upright.

    A person is taken to lie across the photo only if head, trunk and legs, as far as they are there (the trunk and one
    of the others must be), all point the same way: who bends over or sits with straight legs stays as they are.

    Args:
      points: (18, 3), x, y and confidence; 0 = missing.
    """
    head, shoulders, hips = (_middle(points, part) for part in (_HEAD, _SHOULDERS, _HIPS))
    legs = next((middle for part in _LEGS if (middle := _middle(points, part)) is not None), None)
    parts = [(shoulders, hips), (head, shoulders), (hips, legs)]
    turns = [_turns(start, end) for start, end in parts if start is not None and end is not None]
    if shoulders is None or hips is None or len(turns) < 2 or len(set(turns)) > 1 or turns[0] is None:
        return 0
    return turns[0]


def turned_points(points: np.ndarray, size: tuple[int, ...], turns: int) -> np.ndarray:
    """(18, 3) points of a picture of (height, width) after `np.rot90(picture, turns)`."""
    height, width = size[:2]
    x, y, confidence = points[:, 0], points[:, 1], points[:, 2]
    xy = {0: (x, y), 1: (y, width - x), 2: (width - x, height - y), 3: (height - y, x)}[turns % 4]
    out = np.stack([*xy, confidence], axis=1).astype(np.float32)
    out[confidence <= 0] = 0
    return out


def turned(picture: np.ndarray, turns: int) -> np.ndarray:
    """A picture (h, w, ...) turned as often by 90 degrees against the clock."""
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns % 4 else picture


def turn_sentence(turns: int) -> str:
    """What was done, as a half sentence for the user."""
    if turns % 4 == 2:
        return "the person is upside down in the photo, by the keypoints: it is turned by 180 degrees"
    way = {1: "left", 3: "right"}[turns % 4]
    return f"the person lies across the photo, by the keypoints: it is turned by 90 degrees to the {way}"


def _middle(points: np.ndarray, numbers: Sequence[int]) -> np.ndarray | None:
    there = [i for i in numbers if points[i, 2] > 0]
    return points[there, :2].mean(axis=0) if there else None


def _turns(start: np.ndarray, end: np.ndarray) -> int | None:
    """Turns after which `end` lies below `start`; None: between two of them."""
    right, down = (float(value) for value in end - start)
    angle = math.atan2(right, down)  # 0: down; a quarter of a circle: to the right
    quarter = round(angle / (math.pi / 2))
    return -quarter % 4 if abs(angle - quarter * math.pi / 2) <= _WITHIN else None
