"""Known values of a picture carried into what is unknown (pull and push; Gortler et al., "The Lumigraph", 1996).

Means of known pixels are taken over ever larger squares, and what is unknown is filled from the smallest square that
knows something: it goes on from beside, the softer the farther.
"""

from __future__ import annotations

from tf_tryon.geometry import resampling
from tf_tryon.geometry.arrays import Array, library


def filled(sums: Array, weights: Array, levels: int) -> Array:
    """(n, H, W, c) float32: known values, and elsewhere what the nearest of them give; 0 where nothing is known at all.

    Args:
      sums: (n, H, W, c) float32, values times weights.
      weights: (n, H, W, c), or of one channel: 1 where a value is known, 0 where not, and
        less than 1/4 where it is doubtful and gives way to what is known beside it.
      levels: halvings of the picture; as many of them as its sides can be halved are made.
    """
    xp = library(sums)
    pyramid = [(sums, weights)]
    while len(pyramid) <= levels and all(side % 2 == 0 for side in pyramid[-1][0].shape[1:3]):
        pyramid.append((xp.halved(pyramid[-1][0]), xp.halved(pyramid[-1][1])))
    total, weight = pyramid[-1]
    everywhere = xp.mean(total, (1, 2)) / xp.larger(xp.mean(weight, (1, 2)), 1e-9)
    known = total * 0.0 + everywhere
    for total, weight in reversed(pyramid):
        coarse = resized(known, total.shape[1:3])
        mean = total / xp.larger(weight, 1e-9)
        sure = xp.smaller(weight * 4.0, 1.0)  # one known pixel of four is enough
        known = coarse + sure * (mean - coarse)
    return known


def doubled(picture: Array) -> Array:
    """(n, h, w, c) -> (n, 2h, 2w, c), each pixel four times."""
    xp = library(picture)
    rows, columns = (xp.whole(xp.floor(xp.floats(xp.places(0, 2 * side)) * 0.5)) for side in picture.shape[1:3])
    return xp.take(xp.take(picture, rows, 1), columns, 2)


def resized(picture: Array, size: tuple[int, int]) -> Array:
    """(n, h, w, c) -> (n, *size, c), bilinearly."""
    _, height, width, _ = picture.shape
    whole = (0, 0, height, width)
    return resampling.resample_maps(library(picture), picture, whole, size, resampling.TRIANGLE, resampling.EDGE)
