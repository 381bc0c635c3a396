"""Stripes by the spectrum: how much of a garment's pattern is one wave, how long that is and which way it runs."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

_SIZE: Final = 128  # of the transform; pictures are at most that large
_BAND: Final = (1 / 32, 1 / 4)  # cycles a pixel: longer is shading, shorter is weave
_NEAR: Final = 2  # bins around the peak that a window spreads a wave over
_MOST_TURNED: Final = math.radians(22.5)
_MOST_SCALED: Final = 1.6


class Stripes(NamedTuple):
    """The strongest wave.

    Attributes:
      strength: its share, in [0, 1], of the energy of all waves of 4 to 32 pixels; 0 for a flat colour.
      angle: in [0, pi), of the direction in which the colour changes: 0 is across, pi / 2 down.
      cycles: a pixel.
    """

    strength: float
    angle: float
    cycles: float


def strongest(photo: np.ndarray, mask: np.ndarray) -> Stripes:
    """The strongest wave of the masked pixels' lightness.

    Args:
      photo: (h, w, 3) uint8, of at most 128 pixels a side.
      mask: (h, w) bool.

    Raises:
      ValueError: a larger photo.
    """
    if max(photo.shape[:2]) > _SIZE:
        raise ValueError(f"a photo of {photo.shape[:2]}: scale it to {_SIZE} pixels a side or less")
    if not mask.any():
        return Stripes(0.0, 0.0, 0.0)
    grey = photo.astype(np.float64).mean(axis=-1)
    window = np.hanning(mask.shape[0])[:, None] * np.hanning(mask.shape[1]) * mask
    if not window.any():
        return Stripes(0.0, 0.0, 0.0)
    grey = (grey - np.average(grey, weights=window)) * window
    power = np.abs(np.fft.fft2(grey, (_SIZE, _SIZE))) ** 2
    down, across = np.meshgrid(np.fft.fftfreq(_SIZE), np.fft.fftfreq(_SIZE), indexing="ij")
    cycles = np.hypot(down, across)
    power[(cycles < _BAND[0]) | (cycles > _BAND[1])] = 0
    if power.sum() < 1e-9:
        return Stripes(0.0, 0.0, 0.0)
    y, x = np.unravel_index(np.argmax(power), power.shape)
    if down[y, x] < 0:  # the same wave is there with the opposite sign
        y, x = -y % _SIZE, -x % _SIZE
    near = sum(
        (np.hypot(down - sign * down[y, x], across - sign * across[y, x]) <= _NEAR / _SIZE).astype(int)
        for sign in (1, -1)
    )
    angle = math.atan2(down[y, x], across[y, x]) % math.pi
    return Stripes(float(power[near > 0].sum() / power.sum()), angle, float(cycles[y, x]))


def alike(first: Stripes, second: Stripes) -> bool:
    """Whether two waves run the same way, within 22.5 degrees, and are as long, within a factor of 1.6."""
    turned = abs(first.angle - second.angle)
    scaled = max(first.cycles, second.cycles) / max(min(first.cycles, second.cycles), 1e-9)
    return min(turned, math.pi - turned) <= _MOST_TURNED and scaled <= _MOST_SCALED
