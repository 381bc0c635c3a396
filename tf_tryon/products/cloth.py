"""A product's cloth, laid where a garment is worn: its own pixels inside its outline, mirrored beyond it.

A flat garment and a worn one differ in outline, so the cloth goes on past the product's edge: what the worn garment
shows beyond it is the cloth on the other side of that edge. Its pattern keeps its aspect.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image
from scipy import ndimage

from tf_tryon.products.product import Product

_EDGE: Final = 0.012  # of the product's longer side: its rim is half background
_LARGEST: Final = 512  # pixels of the longer side that are kept


class Cloth:
    """A product's cloth, ready to be laid; `Cloth(product).laid(...)`.

    Attributes:
      size: (height, width) of the product in pixels of `picture`.
    """

    def __init__(self, product: Product) -> None:
        rows, columns = np.flatnonzero(product.mask.any(1)), np.flatnonzero(product.mask.any(0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        photo, mask = product.photo[box], product.mask[box]
        scale = min(1.0, _LARGEST / max(mask.shape))
        if scale < 1:
            size = max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale))
            photo = np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))
            mask = np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))
        self.size = mask.shape
        self._small = product.garment in ("hat", "shoes")
        self._filled = _filled(photo, mask)

    def laid(self, box: tuple[float, float, float, float], size: tuple[int, int]) -> np.ndarray:
        """The cloth over a whole picture.

        Args:
          box: (y0, x0, y1, x1) of the worn garment in the picture; the product's height, or for hats and shoes its
            larger side, is scaled to it, and their middles meet.
          size: (height, width) of the picture.

        Returns:
          (height, width, 3) uint8.
        """
        y0, x0, y1, x1 = box
        scale = (y1 - y0) / self.size[0]
        if self._small:
            scale = max(scale, (x1 - x0) / self.size[1])
        scale = max(scale, 1.5 / min(self.size))
        target = max(1, round(self.size[1] * scale)), max(1, round(self.size[0] * scale))
        cloth = np.asarray(Image.fromarray(self._filled).resize(target, Image.Resampling.LANCZOS))
        rows = _mirrored(np.arange(size[0]) - round((y0 + y1 - target[1]) / 2), target[1])
        columns = _mirrored(np.arange(size[1]) - round((x0 + x1 - target[0]) / 2), target[0])
        return cloth[rows[:, None], columns[None]]


def _filled(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8: each pixel outside the mask is the cloth's on the other side of the nearest edge."""
    inner = ndimage.binary_erosion(mask, iterations=max(1, round(_EDGE * max(mask.shape))))
    if not inner.any():
        inner = mask
    nearest = np.stack(ndimage.distance_transform_edt(~inner, return_distances=False, return_indices=True))
    here = np.stack(np.mgrid[: mask.shape[0], : mask.shape[1]])
    across = 2 * nearest - here
    for axis in (0, 1):
        across[axis] = _mirrored(across[axis], mask.shape[axis])
    cloth = inner[across[0], across[1]]
    y, x = np.where(cloth, across, nearest)
    return photo[y, x]


def _mirrored(index: np.ndarray, length: int) -> np.ndarray:
    """Indices beyond [0, length) reflected into it."""
    folded = np.mod(index, 2 * length)
    return np.where(folded < length, folded, 2 * length - 1 - folded)
