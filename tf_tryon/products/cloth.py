"""A product's cloth, laid where a garment is worn: its own pixels inside its outline, mirrored beyond it.

A flat garment and a worn one differ in outline, so the cloth goes on past the product's edge: what the worn garment
shows beyond it is the cloth on the other side of that edge. Its pattern keeps its aspect.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image
from scipy import ndimage

from tf_tryon.geometry import numpy_arrays
from tf_tryon.geometry.arrays import Array, Arrays, library
from tf_tryon.geometry.resampling import LANCZOS, REFLECT, resample
from tf_tryon.products.product import Product

LARGEST: Final = 512  # pixels of the longer side that are kept
_WIDEST: Final = 16  # of the picture's side: no cloth is so oblong, but what a client sends may be
_EDGE: Final = 0.012  # of the product's longer side: its rim is half background


def cloth_of(product: Product) -> np.ndarray:
    """(h, w, 3) uint8, ready to be `laid`: the box around a product, at most LARGEST high and wide, all of it cloth."""
    rows, columns = np.flatnonzero(product.mask.any(1)), np.flatnonzero(product.mask.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    photo, mask = product.photo[box], product.mask[box]
    scale = min(1.0, LARGEST / max(mask.shape))
    if scale < 1:
        size = max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale))
        photo = np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))
        mask = np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))
    return _filled(photo, mask)


def laid(cloth: Array, box: tuple[Array, ...], size: tuple[int, int], small: Array) -> Array:
    """The cloth over a whole picture, by the library whose array it is.

    Args:
      cloth: (h, w, 3) uint8 of `cloth_of`.
      box: (y0, x0, y1, x1) of the worn garment in the picture; the product's height is scaled to it, and their middles
        meet.
      size: (height, width) of the picture.
      small: bool, of hats and shoes: whichever of height and width needs the larger scale is scaled to the box.

    Returns:
      (height, width, 3) float32 in [0, 255].
    """
    xp = library(cloth)
    height, width, _ = xp.size(cloth)
    y0, x0, y1, x1 = (xp.number(side) for side in box)
    tall, wide = xp.number(height), xp.number(width)
    scale = (y1 - y0) / tall
    scale = xp.where(small, xp.larger(scale, (x1 - x0) / wide), scale)
    scale = xp.larger(scale, 1.5 / xp.smaller(tall, wide))
    target = [
        xp.whole(xp.cut(xp.rounded(side * scale), 1.0, float(_WIDEST * most)))
        for side, most in zip((tall, wide), size, strict=True)
    ]
    whole = resample(xp, cloth, (0.0, 0.0, tall, wide), (target[0], target[1]), LANCZOS, REFLECT)
    for axis, middle in ((0, (y0 + y1) / 2), (1, (x0 + x1) / 2)):
        start = xp.whole(xp.rounded(middle - xp.number(target[axis]) / 2))
        whole = xp.take(whole, _mirrored(xp, xp.places(0, size[axis]) - start, target[axis]), axis)
    return xp.cut(whole, 0.0, 255.0)


def _filled(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8: each pixel outside the mask is the cloth's on the other side of the nearest edge."""
    inner = ndimage.binary_erosion(mask, iterations=max(1, round(_EDGE * max(mask.shape))))
    if not inner.any():
        inner = mask
    nearest = np.stack(ndimage.distance_transform_edt(~inner, return_distances=False, return_indices=True))
    here = np.stack(np.mgrid[: mask.shape[0], : mask.shape[1]])
    across = 2 * nearest - here
    for axis in (0, 1):
        across[axis] = _mirrored(numpy_arrays, across[axis], mask.shape[axis])
    cloth = inner[across[0], across[1]]
    y, x = np.where(cloth, across, nearest)
    return photo[y, x]


def _mirrored(xp: Arrays, index: Array, length: Array) -> Array:
    """Indices beyond [0, length) reflected into it."""
    folded = index % (2 * length)
    return xp.smaller(folded, 2 * length - 1 - folded)
