"""Batches of patches of windows: cloth that the texture stage made, and the photo of it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from tf_tryon.detail.windows import Window
from tf_tryon.errors import TryOnError

COUNT: Final = 8  # of a batch


class Patches(NamedTuple):
    """A batch.

    Attributes:
      pictures: (n, s, s, 3) float32 in [-1, 1], the texture stage's.
      masks: (n, s, s, 1) float32, 1 where the garment is.
      photos: (n, 2s, 2s, 3) float32 in [-1, 1].
    """

    pictures: np.ndarray
    masks: np.ndarray
    photos: np.ndarray


class Source:
    """Draws batches; that of a step follows from the seed and the step's number.

    Args:
      windows: to draw from; those whose garment fills no patch are left out.
      seed: of the draws.
      side: of a patch, in pixels of the texture stage's pictures.
      least: share of a patch that is the garment.

    Raises:
      TryOnError: no window is left.
    """

    def __init__(self, windows: list[Window], seed: int, side: int, least: float) -> None:
        self._seed, self._side = seed, side
        self._windows = [(window, corners) for window in windows if len(corners := _corners(window.mask, side, least))]
        if not self._windows:
            raise TryOnError(
                f"none of {len(windows)} garments is large enough to fill a patch of {side} pixels: look at more "
                "people, by --people or another data set"
            )

    @property
    def windows(self) -> int:
        """How many windows are drawn from."""
        return len(self._windows)

    def batch(self, step: int) -> Patches:
        """The batch of a step, 0 first."""
        rng = np.random.default_rng([self._seed, step])
        rows = [self._patch(rng, rng.integers(len(self._windows))) for _ in range(COUNT)]
        pictures, masks, photos = (np.stack(column).astype(np.float32) for column in zip(*rows, strict=True))
        return Patches(pictures / 127.5 - 1, masks[..., None], photos / 127.5 - 1)

    def _patch(self, rng: np.random.Generator, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One place of a window, as it is or mirrored: a picture, the mask, the photo."""
        window, corners = self._windows[index]
        y, x = corners[rng.integers(len(corners))]
        step = -1 if rng.random() < 0.5 else 1
        small, large = (
            np.s_[y : y + self._side, x : x + self._side],
            np.s_[2 * y : 2 * (y + self._side), 2 * x : 2 * (x + self._side)],
        )
        return window.picture[small][:, ::step], window.mask[small][:, ::step], window.photo[large][:, ::step]


def _corners(mask: np.ndarray, side: int, least: float) -> np.ndarray:
    """(k, 2) upper left corners of patches that are cloth enough."""
    if min(mask.shape) < side:
        return np.zeros((0, 2), int)
    sums = np.pad(mask.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    shares = (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) / side**2
    return np.argwhere(shares > least)
