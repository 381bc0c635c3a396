"""Finding what a visitor has wiped away before the upload, with a phone's editor: transparent, or of one flat colour.

Flat is what no photo of cloth is: a window of 5 x 5 pixels whose values differ by no more than a JPEG's ripple. Studio
backgrounds are flat too, so of a flat part that reaches the photo's border only what lies on the body counts, as the
keypoints place it.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

_WINDOW: Final = 5
_RIPPLE: Final = 6  # levels of 255
_WIPED_PART: Final = 0.75  # of the torso's or the thighs' core: as much must be flat (0.6 of a glaring white shirt is)
_CORES: Final = {"top": (2, 5, 11, 8), "bottom": (8, 11, 12, 9)}  # shoulders and hips; hips and knees
_LIMBS: Final = {
    "top": ((2, 3), (3, 4), (5, 6), (6, 7), (2, 5), (8, 11), (2, 8), (5, 11)),
    "bottom": ((8, 9), (9, 10), (11, 12), (12, 13), (8, 11)),
}
_REACH: Final = 0.6  # of the shoulders' or hips' width: how far cloth reaches from a limb


@dataclasses.dataclass(frozen=True)
class Wiped:
    """erased: (h, w) bool; garment: whose place that is, top or bottom."""

    erased: np.ndarray
    garment: str


def find_wiped(photo: np.ndarray, keypoints: np.ndarray, transparent: np.ndarray | None = None) -> Wiped | None:
    """What was wiped away, or None.

    Args:
      photo: (h, w, 3) uint8.
      keypoints: (18, 3), 0 = missing.
      transparent: (h, w) bool, pixels that the file left out.
    """
    candidates = [_flat(photo)]
    if transparent is not None and transparent.any():
        candidates.insert(0, transparent)
    best: tuple[float, Wiped] | None = None
    for area in candidates:
        for garment, corners in _CORES.items():
            if (keypoints[list(corners), 2] <= 0).any():
                continue
            core = _polygon(area.shape, keypoints[list(corners), :2])
            share = float((area & core).sum() / max(core.sum(), 1))
            if share < _WIPED_PART or (best and best[0] >= share):
                continue
            best = share, Wiped(_wiped(area, core, _around(area.shape, keypoints, garment)), garment)
        if best:
            return best[1]
    return None


def _wiped(area: np.ndarray, core: np.ndarray, near: np.ndarray) -> np.ndarray:
    """(h, w) bool: the parts of an area that lie in the core; of one that reaches the border only what is near."""
    parts, _ = ndimage.label(area)
    numbers = np.unique(parts[area & core])
    outside = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    own = np.isin(parts, np.setdiff1d(numbers, [0, *outside]))
    shared = np.isin(parts, np.setdiff1d(np.intersect1d(numbers, outside), [0]))
    return own | (shared & near)


def _flat(photo: np.ndarray) -> np.ndarray:
    """(h, w) bool: pixels of windows without texture, without shading."""
    low = ndimage.minimum_filter(photo, (_WINDOW, _WINDOW, 1))
    high = ndimage.maximum_filter(photo, (_WINDOW, _WINDOW, 1))
    flat = np.asarray((high.astype(np.int16) - low <= _RIPPLE).all(-1))
    # Shaded cloth can be smooth too, but drifts: keep what has the commonest colour of its part.
    parts, count = ndimage.label(flat)
    if not count:
        return flat
    values = photo.astype(np.float32).mean(-1)
    middle = ndimage.median(values, parts, np.arange(count + 1))
    even = np.abs(values - middle[parts]) <= _RIPPLE
    return ndimage.binary_dilation(flat & even, iterations=_WINDOW // 2)


def _polygon(size: tuple[int, ...], points: np.ndarray) -> np.ndarray:
    canvas = Image.new("1", (size[1], size[0]))
    ImageDraw.Draw(canvas).polygon([tuple(point) for point in points.tolist()], fill=1)
    return np.asarray(canvas)


def _around(size: tuple[int, ...], keypoints: np.ndarray, garment: str) -> np.ndarray:
    """(h, w) bool: near the limbs that the garment covers."""
    canvas = Image.new("1", (size[1], size[0]))
    draw = ImageDraw.Draw(canvas)
    corners = keypoints[list(_CORES[garment])[:2], :2]
    reach = max(float(np.linalg.norm(corners[0] - corners[1])) * _REACH, 4.0)
    for pair in _LIMBS[garment]:
        if (keypoints[list(pair), 2] <= 0).any():
            continue
        ends = [tuple(keypoints[i, :2].tolist()) for i in pair]
        draw.line(ends, fill=1, width=round(2 * reach))
        for x, y in ends:
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=1)
    return np.asarray(canvas)
