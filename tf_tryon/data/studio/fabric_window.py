"""Where in a photo of a garment there is nothing but cloth: the largest square near the middle that is even.

Even means: split into cells, no cell's mean colour leaves the smooth course of light over the square, no cell is much
busier than the others (a button, a seam, writing) and none much calmer (background beside a print), and the square does
not look like what the photo shows along its edges (the floor between two trouser legs).

All colours are OKLab, see `palette`.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from scipy import ndimage
from scipy.spatial import distance

# Sides of the squares that are tried, as shares of the photo's shorter side, the largest first.
SIDES: Final = (0.36, 0.29, 0.23, 0.18, 0.14)
# How far their middles may lie from the photo's, in the same shares, and the step between them.
REACH: Final = 0.2
STEP: Final = 0.025
SMALLEST: Final = 24  # pixels of the shorter side's smallest square: cells of less than four pixels tell nothing


@dataclasses.dataclass(frozen=True)
class Limits:
    """What even cloth keeps to; set by looking at 600 photos of the Clothing Dataset (A. Grigorev, CC0 1.0).

    Attributes:
        cells: along a side of the square.
        light: largest difference of a cell in lightness: fixed, and per standard deviation in a cell. Cells of
            patterned cloth differ by chance, the more the busier the cloth.
        tint: the same in a and b.
        busy: standard deviation of the busiest cell over the median's.
        calm: of the calmest.
        least: standard deviation in a cell from which on these limits are for.
    """

    cells: int
    light: tuple[float, float]
    tint: tuple[float, float]
    busy: float
    calm: float
    least: float


# Motifs may be wider than a small cell: busy cloth may also be even in few large cells, which then must be alike.
FINE: Final = Limits(6, (0.02, 0.28), (0.012, 0.22), 1.9, 0.4, 0.0)
COARSE: Final = Limits(3, (0.015, 0.16), (0.01, 0.13), 1.35, 0.7, 0.06)
FLOOR: Final = 0.008  # added to standard deviations, as noise is uneven too
SLOPE: Final = 0.14  # of the light from one side of the square to the other
# Distance from a patch at the photo's edge that is the same thing; light differs over a floor, so it counts half.
BACKGROUND: Final = 0.04
EDGE_PATCHES: Final = 3  # that are the same thing as a pixel make it background
BACKGROUND_SHARE: Final = 0.1  # of the square


@dataclasses.dataclass(frozen=True)
class Window:
    """A square of a photo, in pixels."""

    top: int
    left: int
    side: int


def find_window(lab: np.ndarray) -> Window | None:
    """The largest even square near the middle of a photo (H, W, 3) float32 in OKLab; None where there is none."""
    height, width = lab.shape[:2]
    short = min(height, width)
    like_the_edge = _like_the_edge(lab)
    # All squares lie in this part.
    half = int((REACH + SIDES[0] / 2) * short) + 2
    above, before = max(height // 2 - half, 0), max(width // 2 - half, 0)
    part = (slice(above, height // 2 + half), slice(before, width // 2 + half))
    sums = _integral(lab[part])
    squares = _integral(np.einsum("ijk,ijk->ij", lab[part], lab[part])[:, :, None])
    background = _integral(like_the_edge[part][:, :, None])
    offsets = np.arange(-REACH, REACH + STEP / 2, STEP) * short
    for share in SIDES:
        side = int(share * short) // FINE.cells * FINE.cells
        if side < SMALLEST:
            return None
        top: np.ndarray = np.rint((height - side) / 2 - above + offsets).astype(int)
        left: np.ndarray = np.rint((width - side) / 2 - before + offsets).astype(int)
        top, left = (grid.ravel() for grid in np.meshgrid(top, left, indexing="ij"))
        cloth = _cells(background, top, left, side, 1).ravel() < BACKGROUND_SHARE
        top, left = top[cloth], left[cloth]
        if not len(top):
            continue
        score = np.minimum(*(_unevenness(sums, squares, top, left, side, limits) for limits in (FINE, COARSE)))
        best = int(np.argmin(score))
        if score[best] <= 1.0:
            return Window(above + int(top[best]), before + int(left[best]), side)
    return None


def _unevenness(
    sums: np.ndarray, squares: np.ndarray, top: np.ndarray, left: np.ndarray, side: int, limits: Limits
) -> np.ndarray:
    """(k,) of k squares, the worst of all measures over their limits: at most 1 for even cloth."""
    count = limits.cells
    mean = _cells(sums, top, left, side, count).reshape(-1, count * count, 3)
    variance = _cells(squares, top, left, side, count).reshape(-1, count * count) - np.square(mean).sum(axis=2)
    spread = np.sqrt(np.maximum(variance, 0.0))
    usual = np.median(spread, axis=1)
    place = (np.arange(count) - (count - 1) / 2) / count
    y, x = (grid.ravel() for grid in np.meshgrid(place, place, indexing="ij"))
    # Nine cells are too few to tell a curved course of light from unevenness.
    course = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y][: 6 if count > 3 else 3], axis=1)
    smooth = course @ np.linalg.pinv(course) @ mean
    rest = mean - smooth
    light = np.abs(rest[:, :, 0]).max(axis=1) / (limits.light[0] + limits.light[1] * usual)
    tint = np.hypot(rest[:, :, 1], rest[:, :, 2]).max(axis=1) / (limits.tint[0] + limits.tint[1] * usual)
    busy = (spread.max(axis=1) + FLOOR) / (usual + FLOOR) / limits.busy
    calm = limits.calm * (usual + FLOOR) / (spread.min(axis=1) + FLOOR)
    slope = np.linalg.norm(np.ptp(smooth, axis=1), axis=1) / SLOPE
    score = np.max([light, tint, busy, calm, slope], axis=0)
    return np.where(usual >= limits.least, score, np.inf)


def _integral(values: np.ndarray) -> np.ndarray:
    """(H + 1, W + 1, c) float64 sums over all that is above and left."""
    out = np.zeros((values.shape[0] + 1, values.shape[1] + 1, values.shape[2]))
    np.cumsum(np.cumsum(values, axis=0, dtype=np.float64), axis=1, out=out[1:, 1:])
    return out


def _cells(sums: np.ndarray, top: np.ndarray, left: np.ndarray, side: int, count: int) -> np.ndarray:
    """(k, count, count, c) means over the cells of k squares."""
    steps = side // count * np.arange(count + 1)
    corner = sums[(top[:, None] + steps)[:, :, None], (left[:, None] + steps)[:, None, :]]
    return np.diff(np.diff(corner, axis=1), axis=2) / (side // count) ** 2


def _like_the_edge(lab: np.ndarray) -> np.ndarray:
    """(H, W) float32, 1 where the photo looks like several patches along its edges."""
    scale = np.array([0.5, 1, 1], np.float32)
    step = max(min(lab.shape[:2]) // 60, 1)
    small = ndimage.uniform_filter(lab * scale, (step, step, 0))[step // 2 :: step, step // 2 :: step]
    size = min(min(small.shape[:2]), 5)
    rows = [small[:size], small[-size:], small[:, :size].swapaxes(0, 1), small[:, -size:].swapaxes(0, 1)]
    patches = [row[:, i : i + size].mean(axis=(0, 1)) for row in rows for i in range(0, row.shape[1] - size + 1, size)]
    alike = (distance.cdist(small.reshape(-1, 3), np.array(patches)) < BACKGROUND).sum(axis=1)
    like = (alike >= EDGE_PATCHES).astype(np.float32).reshape(small.shape[:2])
    rows, columns = (np.minimum(np.arange(int(n)) // step, m - 1) for n, m in zip(lab.shape, like.shape, strict=False))
    return like[np.ix_(rows, columns)]
