"""From a square of a photo to a swatch: cloth under even light that can be laid side by side without a seam.

The square is turned until its stripes or checks stand upright, light and wrinkles are divided out, and its ends are
joined where they differ least: the repeat is chosen among all widths, so that it meets the pattern's own, and the two
ends change over along the path of least difference (1).

(1) A. Efros and W. Freeman, Image quilting for texture synthesis and transfer, 2001.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from scipy import ndimage

from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.fabric_window import Window

# A pattern differs in hue and saturation, which creases do not, or more in lightness than creases do; standard
# deviations of OKLab's a and b over L, and of L.
LOUD_TINT: Final = 0.045
LOUD: Final = 0.13
DARK: Final = 0.25  # lightness below which tint is noise
# Plain cloth with more than this between the scales of threads and of light is creased; a crease that comes again with
# every repeat is no cloth.
CREASED: Final = 0.028
STRAIGHT: Final = 0.35  # how much gradients must agree on an axis before cloth is turned by it
# Width of what counts as light, in shares of the square: plain cloth loses its wrinkles, patterns keep theirs, as
# nothing tells a wrinkle from a stripe.
LIGHT_OF_QUIET: Final = 0.06
LIGHT_OF_LOUD: Final = 0.3
# Plain cloth keeps deviations of its brightness up to this many times their usual size; larger ones are creases' edges.
THREADS: Final = 2.0
OVERLAP: Final = 0.2  # of the square's side, in which the ends change over
NARROWEST: Final = 0.5  # repeat that is tried, in the same measure


@dataclasses.dataclass(frozen=True)
class Swatch:
    """A piece of cloth.

    Attributes:
        linear: (h, w, 3) float32 linear RGB in [0, 1] that repeats in both directions.
        loud: it has a pattern that is seen from afar.
    """

    linear: np.ndarray
    loud: bool


def make_swatch(linear: np.ndarray, lab: np.ndarray, window: Window) -> Swatch | None:
    """A swatch of a photo, None where the cloth is creased.

    Args:
        linear: (H, W, 3) float32 linear RGB of the photo.
        lab: (H, W, 3) the same in OKLab.
        window: a square of even cloth.
    """
    piece = lab[window.top : window.top + window.side, window.left : window.left + window.side]
    coarse = ndimage.gaussian_filter(piece, (0.3 * window.side, 0.3 * window.side, 0), mode="mirror")
    light = piece[:, :, 0] - coarse[:, :, 0]
    tint = piece[:, :, 1:] / np.maximum(piece[:, :, :1], DARK) - coarse[:, :, 1:] / np.maximum(coarse[:, :, :1], DARK)
    loud = bool(np.sqrt(tint.var(axis=(0, 1)).sum()) > LOUD_TINT or light.std() > LOUD)
    if loud:
        square = _even(_upright(linear, piece[:, :, 0], window), LIGHT_OF_LOUD, np.inf)
    else:
        if ndimage.gaussian_filter(light, 0.03 * window.side, mode="mirror").std() > CREASED:
            return None
        square = linear[window.top : window.top + window.side, window.left : window.left + window.side]
        square = _even(square, LIGHT_OF_QUIET, THREADS)
    # Differences are judged as the eye does, about in the root of light.
    root = _joined(_joined(np.sqrt(square), loud).swapaxes(0, 1), loud).swapaxes(0, 1)
    return Swatch(np.square(np.clip(root, 0.0, 1.0)).astype(np.float32), loud)


def _upright(linear: np.ndarray, light: np.ndarray, window: Window) -> np.ndarray:
    """The square, turned by at most 45 degrees so that gradients lie along the axes; smaller where it is turned."""
    down, right = np.gradient(ndimage.gaussian_filter(light, 1.0))
    # The fourth power makes a direction, its opposite and those across it one.
    fourth = (right + 1j * down) ** 4
    total = fourth.sum()
    if abs(total) < STRAIGHT * np.abs(fourth).sum():
        angle = 0.0
    else:
        angle = float(np.angle(total)) / 4
    side = window.side / (abs(np.cos(angle)) + abs(np.sin(angle)))
    count = int(side)
    place = np.arange(count) - (count - 1) / 2
    y, x = np.meshgrid(place, place, indexing="ij")
    middle = (window.side - 1) / 2
    rows = window.top + middle + np.cos(angle) * y + np.sin(angle) * x
    columns = window.left + middle + np.cos(angle) * x - np.sin(angle) * y
    turned = [ndimage.map_coordinates(linear[:, :, c], [rows, columns], order=1, mode="nearest") for c in range(3)]
    return np.stack(turned, axis=2)


def _even(square: np.ndarray, width: float, keep: float) -> np.ndarray:
    """The square divided by its own blurred brightness, with the mean colour that it had.

    Args:
        square: (n, n, 3) linear RGB.
        width: of the blur, in shares of the side.
        keep: deviations beyond this many times the usual one are reduced to it, softly.
    """
    luminance = np.maximum(square @ np.array([0.2126, 0.7152, 0.0722], np.float32), 1e-3)
    smooth = ndimage.gaussian_filter(luminance, width * len(square), mode="mirror")
    detail = np.log(luminance / smooth)
    if np.isfinite(keep):
        limit = keep * max(float(np.median(np.abs(detail))), 1e-3)
        detail = limit * np.tanh(detail / limit)
    even = square * (np.exp(detail) * luminance.mean() / luminance)[:, :, None]
    return even * (square.mean(axis=(0, 1)) / np.maximum(even.mean(axis=(0, 1)), 1e-6))


def _joined(square: np.ndarray, loud: bool) -> np.ndarray:
    """(h, w', 3) of (h, w, 3): columns that repeat without a seam."""
    width = square.shape[1]
    overlap: int = max(round(OVERLAP * width), 3)
    widest = width - overlap
    repeat = widest
    if loud:
        head = square[:, :overlap]
        tries = range(max(round(NARROWEST * width), overlap), widest + 1)
        repeat = min(tries, key=lambda n: (float(np.square(square[:, n : n + overlap] - head).mean()), -n))
    head, tail = square[:, :overlap], square[:, repeat : repeat + overlap]
    path = _least_path(np.square(head - tail).sum(axis=2))
    # The new start goes on from the end on its left side of the path, and is the old start on its right.
    share = np.clip((np.arange(overlap)[None, :] - path[:, None] + 1.5) / 3, 0, 1)[:, :, None]
    out = square[:, :repeat].copy()
    out[:, :overlap] = tail + (head - tail) * share
    return out


def _least_path(cost: np.ndarray) -> np.ndarray:
    """(h,) column of the path from top to bottom of least cost (h, w), which ends where it begins, about."""
    # Three copies below each other: the middle one's ends meet.
    return _path(np.concatenate([cost, cost, cost]))[len(cost) : 2 * len(cost)]


@compiled
def _path(cost: np.ndarray) -> np.ndarray:  # pragma: no cover - compiled
    height, width = cost.shape
    total = cost.copy()
    for row in range(1, height):
        for column in range(width):
            best = total[row - 1, column]
            if column > 0:
                best = min(best, total[row - 1, column - 1])
            if column < width - 1:
                best = min(best, total[row - 1, column + 1])
            total[row, column] += best
    path = np.empty(height, np.int64)
    path[-1] = np.argmin(total[-1])
    for row in range(height - 2, -1, -1):
        low = max(path[row + 1] - 1, 0)
        path[row] = low + np.argmin(total[row, low : path[row + 1] + 2])
    return path
