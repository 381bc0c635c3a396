"""From the networks' input size back into the photo, at the photo's own resolution.

Only the rectangle of the photo that holds the erased region is sampled; every pixel outside the erased region is the
photo's own, bit for bit, and inside it the completion shows by `compositing.opacity`.
"""

from __future__ import annotations

from typing import NamedTuple

from tf_tryon.data import vocabulary
from tf_tryon.geometry import crop, resampling
from tf_tryon.geometry.arrays import Array, library


class Region(NamedTuple):
    """What is erased of a photo.

    Attributes:
      rows: y0, y1 of the rectangle that holds it, () int32 each.
      columns: x0, x1.
      erased: (y1 - y0, x1 - x0) bool, less what is carried.
      source: that rectangle in coordinates of the networks' input.
    """

    rows: tuple[Array, Array]
    columns: tuple[Array, Array]
    erased: Array
    source: crop.Box

    @property
    def size(self) -> tuple[Array, Array]:
        """(height, width) of the rectangle, () int32 each."""
        return self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]


def region(visible: Array, seen: crop.Box, photo: tuple[Array, Array], carried: Array | None = None) -> Region:
    """The erased region of a photo.

    Args:
      visible: (H, W) of the networks' input, 0 where erased.
      seen: the crop, in photo pixels.
      photo: (h, w) of the photo.
      carried: (h, w) bool, what is before all garments and stays: bags, gloves, scarves. The networks, which know no
        class for it, see none of it, and complete what is behind. None: nothing.
    """
    erased, xp = visible < 0.5, library(visible)
    ends, places, source = [], [], []
    for axis in (0, 1):
        length = int(erased.shape[axis])
        start, stop = seen[axis], seen[axis + 2]
        step = length / (stop - start)  # input pixels for one of the photo
        line = xp.some(erased, 1 - axis)
        last_one = length - xp.first(line[::-1], 0)
        first = xp.floor(start + xp.number(xp.first(line, 0)) / step)
        last = xp.ceil(start + xp.number(last_one) / step)
        end = xp.number(photo[axis])
        first, last = xp.cut(first, 0.0, end), xp.cut(last, 0.0, end)
        centres = xp.floats(xp.places(first, last)) + 0.5
        inside = xp.whole(xp.floor((centres - start) * step))
        places.append(xp.cut(inside, 0, length - 1))
        ends.append((xp.whole(first), xp.whole(last)))
        source.append(((first - start) * step, (last - start) * step))
    (top, bottom), (left, right) = source
    mask = xp.take(xp.take(erased, places[0], 0), places[1], 1)
    where = Region(ends[0], ends[1], mask, (top, left, bottom, right))
    return where if carried is None else where._replace(erased=mask & ~_part(carried, where))


def erased_mask(photo: Array, where: Region) -> Array:
    """(h, w) bool for a photo (h, w, 3)."""
    nowhere = photo[..., 0] != photo[..., 0]
    return _replaced(nowhere[None], where.erased[None], where)[0]


def paste_photos(photo: Array, rgb: Array, shows: Array, where: Region, detail: Array | None = None) -> Array:
    """The photo with each completion in place of its erased region.

    Args:
      photo: (h, w, 3) uint8.
      rgb: (n, H, W, 3) in [-1, 1].
      shows: (n, H, W, 1) in [0, 1], `compositing.opacity`.
      where: the erased region.
      detail: (n, k H, k W, 1), added to each colour of `rgb` where it is enlarged (`models.detail`); None: nothing is.

    Returns:
      (n, h, w, 3) uint8.
    """
    xp = library(photo)
    large = _enlarged(xp.joined([(rgb + 1.0) * 127.5, shows]), where)
    share = xp.cut(large[..., 3:], 0.0, 1.0) * xp.floats(where.erased)[None, ..., None]
    new = large[..., :3]
    if detail is not None:
        new = new + _enlarged(detail * 127.5, where, int(detail.shape[1]) // int(rgb.shape[1]))
    old = xp.floats(_part(photo, where))
    return _replaced(photo[None], xp.to_bytes(old + share * (new - old)), where)


def paste_labels(labels: Array, completed: Array, shows: Array, where: Region) -> Array:
    """The photo's classes with each completion's in place where it shows; their outline is smooth, not squares.

    Args:
      labels: (h, w) uint8.
      completed: (n, H, W) uint8.
      shows: as for `paste_photos`.
      where: likewise.

    Returns:
      (n, h, w) uint8.
    """
    xp = library(labels)
    classes = xp.one_hot(completed, len(vocabulary.CLASSES))
    large = _enlarged(xp.joined([classes, shows]), where)
    new = xp.largest(xp.rounded(large[..., :-1] * 255.0))
    taken = where.erased & (large[..., -1] > 0.5)
    return _replaced(labels[None], xp.where(taken, new, _part(labels, where)), where)


def _enlarged(maps: Array, where: Region, times: int = 1) -> Array:
    """(n, k H, k W, c) -> (n, y1 - y0, x1 - x0, c) float32; the maps are k `times` as large as the networks' input."""
    source = where.source if times == 1 else tuple(times * edge for edge in where.source)
    return resampling.resample_maps(library(maps), maps, source, where.size, resampling.CUBIC, resampling.EDGE)


def _part(picture: Array, where: Region) -> Array:
    return picture[where.rows[0] : where.rows[1], where.columns[0] : where.columns[1]]


def _replaced(pictures: Array, patches: Array, where: Region) -> Array:
    """Pictures (1, h, w, ...) n times, with patches (n, ...) in place of the rectangle."""
    xp = library(patches)
    pictures = xp.repeated(pictures, xp.size(patches)[0])
    middle = pictures[:, where.rows[0] : where.rows[1]]
    middle = xp.joined([middle[:, :, : where.columns[0]], patches, middle[:, :, where.columns[1] :]], 2)
    return xp.joined([pictures[:, : where.rows[0]], middle, pictures[:, where.rows[1] :]], 1)
