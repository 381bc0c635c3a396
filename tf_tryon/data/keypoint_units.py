"""Coordinates of keypoints in pixels of the photo, whatever unit a file gives them in, as far as the file itself tells.

OpenPose writes pixels of the picture that it was given, or with `--keypoint_scale` 3 and 4 parts of it, from 0 to 1 or
from -1 to 1. ControlNet's tools write pixels of a canvas, or parts of it, and name the canvas's size.
"""

from __future__ import annotations

from typing import Final

import numpy as np

_ROUND: Final = 0.01  # beyond 0..1 or -1..1, for points at the edge
_BEYOND: Final = 0.05  # of the canvas's longer side, by which a point may lie beyond it
# Sizes for one pixel of the photo that tools scale pictures by, to find out what a file's unit was.
SCALES: Final = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 2.0, 3.0, 4.0)


def to_pixels(
    people: list[np.ndarray], size: tuple[int, int], canvas: tuple[float, float] | None = None
) -> list[np.ndarray]:
    """People's points in pixels of the photo.

    Args:
      people: (n, 3) each, x, y, confidence; 0 = missing.
      size: (height, width) of the photo.
      canvas: (height, width) that the file says its coordinates belong to.
    """
    shown = [points[points[:, 2] > 0, :2] for points in people]
    together = np.concatenate([xy for xy in shown if len(xy)] or [np.zeros((0, 2))])
    if len(together) < 3:
        return people
    sides = np.array(size[::-1], np.float32)
    low, high = together.min(), together.max()
    if high <= 1 + _ROUND and low >= -1 - _ROUND:
        if low < -_ROUND:
            return [_moved(points, (points[:, :2] + 1) / 2 * sides) for points in people]
        return [_moved(points, points[:, :2] * sides) for points in people]
    if canvas is not None:
        drawn = np.array(canvas[::-1], np.float32)
        if (together <= drawn + _BEYOND * drawn.max()).all() and (drawn != sides).any():
            return [_moved(points, points[:, :2] * (sides / drawn)) for points in people]
    return people


def _moved(points: np.ndarray, xy: np.ndarray) -> np.ndarray:
    moved = np.concatenate([xy, points[:, 2:]], axis=1).astype(np.float32)
    moved[points[:, 2] <= 0] = 0
    return moved
