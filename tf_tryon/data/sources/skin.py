"""Where a data set has one label for all skin: which part of the body each of its pixels belongs to, by the pose.

A body is a handful of bones between keypoints, each with a typical radius; a pixel belongs to the bone whose surface is
nearest. Radii are parts of the trunk's length, read off upright adults; without a trunk they are none, and the nearest
axis decides. Bones of which a keypoint is missing are left out.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy import ndimage

_NOSE, _NECK, _RIGHT_HIP, _LEFT_HIP = 0, 1, 8, 11
_HIPS: Final = (_RIGHT_HIP, _LEFT_HIP)


class Bone(NamedTuple):
    """From keypoint `start` to `end`, or the part from `first` to `last` of that way; `radius` in trunks."""

    start: int
    end: int
    radius: float
    first: float = 0.0
    last: float = 1.0


# Fingers reach beyond the wrist, toes beyond the ankle.
_HEAD: Final = (Bone(0, 14, 0.1), Bone(0, 15, 0.1), Bone(14, 16, 0.1), Bone(15, 17, 0.1), Bone(0, 1, 0.1, last=0.38))
_TORSO: Final = (Bone(0, 1, 0.1, first=0.58), *(Bone(_NECK, hip, 0.13, first=0.15, last=0.8) for hip in _HIPS))
ARMS: Final = tuple(
    (Bone(shoulder, elbow, 0.1), Bone(elbow, wrist, 0.08, last=1.35))
    for shoulder, elbow, wrist in ((2, 3, 4), (5, 6, 7))
)
LEGS: Final = tuple(
    (Bone(hip, knee, 0.16), Bone(knee, ankle, 0.11, last=1.3)) for hip, knee, ankle in ((8, 9, 10), (11, 12, 13))
)
# What a pixel of skin may belong to, in the order of `part_of_skin`'s numbers.
PARTS: Final = (_HEAD, _TORSO, *ARMS, *LEGS)
HEAD, TORSO, RIGHT_ARM, LEFT_ARM, RIGHT_LEG, LEFT_LEG = range(6)
_HAND: Final = 0.65  # of the way from hip to knee: skin that ends above it, with an arm near, is a hand's
_NEAR: Final = 0.6  # trunks: an arm whose wrist isn't known reaches as far


def part_of_skin(mask: np.ndarray, keypoints: np.ndarray) -> np.ndarray:
    """(n,) part 0..5 of `PARTS`, by name `HEAD` to `LEFT_LEG`, of each of a mask's pixels in reading order.

    What lies below the neck is no face, whatever is near to it (a hand, or the chest of someone who looks down), and
    an island of skin that ends at the thighs is a hand before them, though a thigh's bone may be nearer than the arm's.
    Of a pose without bones all is the torso's.

    Args:
      mask: (h, w) bool.
      keypoints: (18, 3) in pixels, confidence 0 = missing.
    """
    points = _centres(mask)
    near = distances(points, keypoints, PARTS)
    if keypoints[_NECK, 2] > 0 and _trunk(keypoints) is not None:
        upright = _middle(keypoints, _HIPS)[1] > keypoints[_NECK, 1]
        below = points[:, 1] > keypoints[_NECK, 1] if upright else np.zeros(len(points), bool)
        near[HEAD, below & np.isfinite(near[1:]).any(axis=0)] = np.inf
        if upright:
            hands = _hands(mask, points, near, keypoints)
            near[RIGHT_LEG:, hands] = np.inf
            near[TORSO, hands & (points[:, 1] > _middle(keypoints, _HIPS)[1])] = np.inf
    return np.where(np.isfinite(near).any(axis=0), np.argmin(near, axis=0), TORSO)


def nearest(mask: np.ndarray, keypoints: np.ndarray, parts: tuple[tuple[Bone, ...], ...]) -> np.ndarray:
    """(n,) number of the nearest of `parts` for each of a mask's pixels in reading order; 0 where the pose has none."""
    return np.argmin(distances(_centres(mask), keypoints, parts), axis=0)


def distances(points: np.ndarray, keypoints: np.ndarray, parts: tuple[tuple[Bone, ...], ...]) -> np.ndarray:
    """(parts, n) distance in pixels of (n, 2) points from each part's surface, negative inside, infinite without it."""
    scale = _trunk(keypoints) or 0.0
    near = np.full((len(parts), len(points)), np.inf)
    for number, bones in enumerate(parts):
        for bone in bones:
            if min(keypoints[bone.start, 2], keypoints[bone.end, 2]) > 0:
                start, way = keypoints[bone.start, :2], keypoints[bone.end, :2] - keypoints[bone.start, :2]
                along = np.clip((points - start) @ way / max(way @ way, 1e-6), bone.first, bone.last)
                apart = np.linalg.norm(points - start - along[:, None] * way, axis=1) - bone.radius * scale
                near[number] = np.minimum(near[number], apart)
    return near


def hips(keypoints: np.ndarray) -> np.ndarray | None:
    """(2,) the middle of the hips; None if neither is known."""
    return _middle(keypoints, _HIPS) if keypoints[list(_HIPS), 2].any() else None


def _hands(mask: np.ndarray, points: np.ndarray, near: np.ndarray, keypoints: np.ndarray) -> np.ndarray:
    """(n,) bool: pixels of islands that hang no lower than hands do."""
    lines = [
        keypoints[hip, 1] + _HAND * (keypoints[knee, 1] - keypoints[hip, 1])
        for hip, knee in ((8, 9), (11, 12))
        if min(keypoints[hip, 2], keypoints[knee, 2]) > 0
    ]
    islands, count = ndimage.label(mask)
    if not lines or not count:
        return np.zeros(len(points), bool)
    island, numbers = islands[mask], range(1, count + 1)
    lowest = np.asarray(ndimage.maximum(points[:, 1], island, numbers))
    arm = np.asarray(ndimage.minimum(near[[RIGHT_ARM, LEFT_ARM]].min(axis=0), island, numbers))
    hanging = (lowest < np.mean(lines)) & (arm < _NEAR * (_trunk(keypoints) or 0.0))
    return hanging[island - 1]


def _trunk(keypoints: np.ndarray) -> float | None:
    middle = hips(keypoints)
    if middle is None or keypoints[_NECK, 2] <= 0:
        return None
    return float(np.linalg.norm(middle - keypoints[_NECK, :2]))


def _middle(keypoints: np.ndarray, numbers: tuple[int, ...]) -> np.ndarray:
    return np.mean([keypoints[i, :2] for i in numbers if keypoints[i, 2] > 0], axis=0)


def _centres(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(mask)
    return np.stack([columns, rows], axis=-1) + 0.5
