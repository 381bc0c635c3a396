"""Sampling a box of a picture at any size: the one way from a photo to the networks' pixels and back.

Pixel i covers [i, i + 1) and has its centre at i + 1/2. Output pixel o of n over the box [a, b) looks at

    x_o = a + (o + 1/2) (b - a) / n - 1/2         in pixel indices of the source
    y_o = sum_i k((i - x_o) / s) v_i / sum_i k((i - x_o) / s),        s = max((b - a) / n, 1)

with kernel k: it widens with s where pictures shrink, so nothing aliases. Rows and columns are sampled one after the
other, as two matrix products. Where the box reaches beyond the picture, `beyond` says what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from tf_tryon.geometry.arrays import Array, Arrays

_PI: Final = 3.14159265
REFLECT, EDGE, ZERO = "reflect", "edge", "zero"  # the picture mirrored, its edge going on, or zeros


class Kernel(NamedTuple):
    """A kernel k(x), zero for |x| > support."""

    support: float
    value: Callable[[Arrays, Array], Array]


def _box(xp: Arrays, x: Array) -> Array:
    return xp.floats(xp.absolute(x) <= 0.5)


def _triangle(xp: Arrays, x: Array) -> Array:
    return xp.larger(1.0 - xp.absolute(x), 0.0)


def _cubic(xp: Arrays, x: Array) -> Array:
    """Keys's cubic convolution, a = -1/2."""
    d = xp.absolute(x)
    near, far = (1.5 * d - 2.5) * d * d + 1.0, ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    return xp.where(d < 1.0, near, xp.where(d < 2.0, far, xp.floats(d * 0.0)))


def _lanczos(xp: Arrays, x: Array) -> Array:
    """sinc(x) sinc(x / 3)."""
    turned = xp.larger(xp.absolute(x), 1e-6) * _PI
    return xp.where(turned < 3 * _PI, 3.0 * xp.sine(turned) * xp.sine(turned / 3.0) / (turned * turned), turned * 0.0)


BOX, TRIANGLE = Kernel(0.5, _box), Kernel(1.0, _triangle)
CUBIC, LANCZOS = Kernel(2.0, _cubic), Kernel(3.0, _lanczos)


class Line(NamedTuple):
    """How one axis is sampled: (n, m) float32 weights of the m source pixels whose (m,) int32 indices these are."""

    weights: Array
    indices: Array


def line(xp: Arrays, start: Array, stop: Array, target: Array, source: Array, kernel: Kernel, beyond: str) -> Line:
    """One axis's sampling of [start, stop) with `target` pixels, from `source` pixels."""
    start, stop = xp.number(start), xp.number(stop)
    step = (stop - start) / xp.number(target)
    stretch = xp.larger(step, 1.0)
    reach = kernel.support * stretch
    near = xp.places(xp.floor(start - reach) - 1.0, xp.ceil(stop + reach) + 1.0)
    centres = start + (xp.floats(xp.places(0, target)) + 0.5) * step - 0.5
    away = xp.shaped(xp.floats(near), (1, -1)) - xp.shaped(centres, (-1, 1))
    weights = kernel.value(xp, away / stretch)
    weights = weights / xp.total(weights, 1)
    if beyond == ZERO:
        inside = (near >= 0) & (near < source)
        weights = weights * xp.shaped(xp.floats(inside), (1, -1))
    if beyond == REFLECT:
        turn = near % (2 * source)
        return Line(weights, xp.smaller(turn, 2 * source - 1 - turn))
    return Line(weights, xp.larger(xp.smaller(near, source - 1), 0))


def resample(
    xp: Arrays, picture: Array, box: tuple[Array, ...], size: tuple[Array, Array], kernel: Kernel, beyond: str
) -> Array:
    """A box of a picture at another size.

    Args:
      xp: the array library.
      picture: (h, w, c), any type.
      box: y0, x0, y1, x1 in its pixels; may reach beyond it (for REFLECT by less than its own size).
      size: (height, width) of the result.
      kernel: for instance LANCZOS to shrink photos, CUBIC to enlarge them.
      beyond: REFLECT, EDGE or ZERO.

    Returns:
      (height, width, c) float32.
    """
    rows, columns = _lines(xp, picture, box, size, kernel, beyond)
    return _sampled(xp, _seen(xp, picture, rows, columns), rows, columns, size)


def resample_maps(
    xp: Arrays, maps: Array, box: tuple[Array, ...], size: tuple[Array, Array], kernel: Kernel, beyond: str
) -> Array:
    """The same box of n maps (n, h, w, c), all at once, as channels of one picture: (n, height, width, c) float32."""
    count, height, width, channels = xp.size(maps)
    flat = xp.shaped(xp.turned(maps, (1, 2, 0, 3)), (height, width, count * channels))
    made = resample(xp, flat, box, size, kernel, beyond)
    return xp.turned(xp.shaped(made, (*size, count, channels)), (2, 0, 1, 3))


def _lines(
    xp: Arrays, picture: Array, box: tuple[Array, ...], size: tuple[Array, Array], kernel: Kernel, beyond: str
) -> tuple[Line, Line]:
    """How the rows and the columns of a picture (h, w, ...) are sampled."""
    height, width = xp.size(picture)[:2]
    rows = line(xp, box[0], box[2], size[0], height, kernel, beyond)
    return rows, line(xp, box[1], box[3], size[1], width, kernel, beyond)


def _seen(xp: Arrays, picture: Array, rows: Line, columns: Line) -> Array:
    """The part of a picture (h, w, ...) that is looked at."""
    return xp.take(xp.take(picture, rows.indices, 0), columns.indices, 1)


def _sampled(xp: Arrays, seen: Array, rows: Line, columns: Line, size: tuple[Array, Array]) -> Array:
    """(height, width, c) float32 of what is looked at (h, w, c)."""
    count_y, count_x, channels = xp.size(seen)
    flat = xp.product(rows.weights, xp.shaped(xp.floats(seen), (count_y, count_x * channels)))
    turned = xp.swapped(xp.shaped(flat, (size[0], count_x, channels)))
    flat = xp.product(columns.weights, xp.shaped(turned, (count_x, size[0] * channels)))
    return xp.swapped(xp.shaped(flat, (size[1], size[0], channels)))


def resample_labels(
    xp: Arrays,
    labels: Array,
    box: tuple[Array, ...],
    size: tuple[Array, Array],
    count: int,
    beyond: str,
    kernel: Kernel = BOX,
) -> Array:
    """The label with the largest share of each pixel; of equal shares the smaller label's.

    Args:
      xp: the array library.
      labels: (h, w) uint8, 0..count - 1; 0 beyond the picture with ZERO.
      box: as for `resample`.
      size: likewise.
      count: of labels.
      beyond: likewise.
      kernel: BOX counts pixels; CUBIC draws a smooth outline where labels are enlarged.

    Returns:
      (height, width) uint8.
    """
    rows, columns = _lines(xp, labels, box, size, kernel, beyond)
    # Label by label: a large photo's labels one-hot would be some 80 bytes a pixel at once.
    seen = _seen(xp, labels, rows, columns)[..., None]
    shares = xp.joined([_sampled(xp, seen == label, rows, columns, size) for label in range(count)])
    # Shares to 1/255, so that what is equal but for rounding is equal.
    return xp.largest(xp.rounded(shares * 255.0))
