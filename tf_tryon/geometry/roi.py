"""The region of interest (RoI) around a garment's box, in which the networks see it and in which its codes lie.

"Cut to its box, scaled to fit, centred": the RoI is centred on the box, has the picture's aspect, and just holds the
box. Codes on an (h, w) grid over it can be laid back into the picture, so that a cell describes the same part of the
garment for the encoder and for the generator. Batched, of tensors or of numpy arrays, in pixels of the networks' input.
"""

from __future__ import annotations

from tf_tryon.geometry import crop as crops_of_photos
from tf_tryon.geometry.arrays import Array, Arrays, library


def around(box: Array, size: tuple[int, int]) -> Array:
    """The RoI of `box` (B, 4) float (y0, x0, y1, x1), in a picture of `size` (height, width): (B, 4) float32.

    An empty box gives the whole picture.
    """
    xp = library(box)
    y0, x0, y1, x1 = (xp.floats(box)[:, side] for side in range(4))
    scale = xp.larger((y1 - y0) / size[0], (x1 - x0) / size[1])
    empty, whole = scale <= 0, scale * 0.0
    y = xp.where(empty, whole + size[0] / 2, (y0 + y1) / 2)
    x = xp.where(empty, whole + size[1] / 2, (x0 + x1) / 2)
    return xp.stacked(list(crops_of_photos.around(xp, y, x, xp.where(empty, whole + 1.0, scale), size)))


def crop(pictures: Array, roi: Array, size: tuple[int, int], outside: float = 0.0) -> Array:
    """Samples `pictures` (B, H, W, C) in `roi` (B, 4) bilinearly, to (B, *size, C); beyond them lies `outside`.

    Nothing is averaged: where a RoI has more than two pixels for one of `size`, some are skipped. At half the picture's
    size that is none; at a quarter, as encoders with pooled inputs have it in a doubled configuration
    (`derived.doubled`), only a RoI of at most half the picture's sides keeps all.
    """
    xp = library(pictures)
    rows = _sampling(xp, roi[:, 0], roi[:, 2], pictures.shape[1], size[0])
    columns = _sampling(xp, roi[:, 1], roi[:, 3], pictures.shape[2], size[1])
    return _weighted(xp, rows, columns, pictures - outside) + outside


def lay(codes: Array, roi: Array, size: tuple[int, int]) -> Array:
    """Codes (B, h, w, c) over `roi` (B, 4) -> map (B, *size, c), bilinear.

    Beyond the outermost cells' centres the nearest cell is repeated.
    """
    xp = library(codes)
    rows = _laying(xp, roi[:, 0], roi[:, 2], size[0], codes.shape[1])
    columns = _laying(xp, roi[:, 1], roi[:, 3], size[1], codes.shape[2])
    return _weighted(xp, rows, columns, codes)


def _weighted(xp: Arrays, rows: Array, columns: Array, pictures: Array) -> Array:
    """(B, H, h) and (B, W, w) weights of (B, h, w, C): (B, H, W, C)."""
    rows, columns = xp.like(rows, pictures), xp.like(columns, pictures)
    count, height, width, channels = xp.size(pictures)
    picked = xp.product(rows, xp.shaped(pictures, (count, height, width * channels)))
    return xp.product(columns[:, None], xp.shaped(picked, (count, rows.shape[1], width, channels)))


def _sampling(xp: Arrays, start: Array, stop: Array, source: int, target: int) -> Array:
    """(B, target, source) weights of linear interpolation that sample [start, stop); less than 1 in all outside."""
    step = (stop - start)[:, None] / target
    position = start[:, None] + _centres(xp, target) * step - 0.5
    return _near(xp, position, source)


def _laying(xp: Arrays, start: Array, stop: Array, size: int, cells: int) -> Array:
    """(B, size, cells) weights of each cell at each pixel; rows sum to 1."""
    position = (_centres(xp, size) - start[:, None]) / (stop - start)[:, None] * cells - 0.5
    return _near(xp, xp.cut(position, 0.0, cells - 1.0), cells)


def _centres(xp: Arrays, count: int) -> Array:
    return xp.floats(xp.places(0, count))[None] + 0.5


def _near(xp: Arrays, position: Array, count: int) -> Array:
    return xp.larger(1.0 - xp.absolute(position[:, :, None] - xp.floats(xp.places(0, count))), 0.0)
