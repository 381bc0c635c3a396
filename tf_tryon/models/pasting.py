"""From the networks' input size back into the photo, at the photo's own resolution.

Only the rectangle of the photo that holds the erased region is sampled; every pixel outside the erased region is the
photo's own, bit for bit, and inside it the completion shows by `compositing.opacity`.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from tf_tryon.data import vocabulary
from tf_tryon.geometry import crop, resampling
from tf_tryon.geometry import tensor_arrays as xp


class Region(NamedTuple):
    """What is erased of a photo.

    Attributes:
      rows: y0, y1 of the rectangle that holds it, () int32 each.
      columns: x0, x1.
      erased: (y1 - y0, x1 - x0) bool.
      source: that rectangle in coordinates of the networks' input.
    """

    rows: tuple[tf.Tensor, tf.Tensor]
    columns: tuple[tf.Tensor, tf.Tensor]
    erased: tf.Tensor
    source: crop.Box

    @property
    def size(self) -> tuple[tf.Tensor, tf.Tensor]:
        """(height, width) of the rectangle, () int32 each."""
        return self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]


def region(visible: tf.Tensor, seen: crop.Box, photo: tuple[tf.Tensor, tf.Tensor]) -> Region:
    """The erased region of a photo.

    Args:
      visible: (H, W) of the networks' input, 0 where erased.
      seen: the crop, in photo pixels.
      photo: (h, w) of the photo.
    """
    erased = visible < 0.5
    ends, places, source = [], [], []
    for axis in (0, 1):
        length = int(erased.shape[axis])
        start, stop = seen[axis], seen[axis + 2]
        step = length / (stop - start)  # input pixels for one of the photo
        line = tf.where(tf.reduce_any(erased, axis=1 - axis))[:, 0]
        first = tf.floor(start + tf.cast(tf.reduce_min(line), tf.float32) / step)
        last = tf.math.ceil(start + tf.cast(tf.reduce_max(line) + 1, tf.float32) / step)
        end = xp.number(photo[axis])
        first, last = tf.clip_by_value(first, 0.0, end), tf.clip_by_value(last, 0.0, end)
        centres = tf.range(first, last) + 0.5
        inside = tf.cast(tf.floor((centres - start) * step), tf.int32)
        places.append(tf.clip_by_value(inside, 0, length - 1))
        ends.append((tf.cast(first, tf.int32), tf.cast(last, tf.int32)))
        source.append(((first - start) * step, (last - start) * step))
    (top, bottom), (left, right) = source
    mask = tf.gather(tf.gather(erased, places[0]), places[1], axis=1)
    return Region(ends[0], ends[1], mask, (top, left, bottom, right))


def erased_mask(photo: tf.Tensor, where: Region) -> tf.Tensor:
    """(h, w) bool for a photo (h, w, 3)."""
    empty = tf.zeros(tf.shape(photo)[:2], tf.bool)
    return _replaced(empty[tf.newaxis], where.erased[tf.newaxis], where)[0]


def paste_photos(photo: tf.Tensor, rgb: tf.Tensor, shows: tf.Tensor, where: Region) -> tf.Tensor:
    """The photo with each completion in place of its erased region.

    Args:
      photo: (h, w, 3) uint8.
      rgb: (n, H, W, 3) in [-1, 1].
      shows: (n, H, W, 1) in [0, 1], `compositing.opacity`.
      where: the erased region.

    Returns:
      (n, h, w, 3) uint8.
    """
    large = _enlarged(tf.concat([(rgb + 1.0) * 127.5, shows], axis=-1), where)
    share = tf.clip_by_value(large[..., 3:], 0.0, 1.0) * tf.cast(where.erased, tf.float32)[tf.newaxis, ..., tf.newaxis]
    old = tf.cast(_part(photo, where), tf.float32)
    return _replaced(photo[tf.newaxis], xp.to_bytes(old + share * (large[..., :3] - old)), where)


def paste_labels(labels: tf.Tensor, completed: tf.Tensor, shows: tf.Tensor, where: Region) -> tf.Tensor:
    """The photo's classes with each completion's in place where it shows; their outline is smooth, not squares.

    Args:
      labels: (h, w) uint8.
      completed: (n, H, W) uint8.
      shows: as for `paste_photos`.
      where: likewise.

    Returns:
      (n, h, w) uint8.
    """
    classes = tf.one_hot(completed, len(vocabulary.CLASSES))
    large = _enlarged(tf.concat([classes, shows], axis=-1), where)
    new = xp.largest(tf.round(large[..., :-1] * 255.0))
    taken = where.erased & (large[..., -1] > 0.5)
    return _replaced(labels[tf.newaxis], tf.where(taken, new, _part(labels, where)), where)


def _enlarged(maps: tf.Tensor, where: Region) -> tf.Tensor:
    """(n, H, W, c) -> (n, y1 - y0, x1 - x0, c) float32: all samples' maps are sampled at once, as channels."""
    count, height, width, channels = xp.size(maps)
    flat = tf.reshape(tf.transpose(maps, (1, 2, 0, 3)), (height, width, count * channels))
    large = resampling.resample(xp, flat, where.source, where.size, resampling.CUBIC, resampling.EDGE)
    return tf.transpose(tf.reshape(large, (*where.size, count, channels)), (2, 0, 1, 3))


def _part(picture: tf.Tensor, where: Region) -> tf.Tensor:
    return picture[where.rows[0] : where.rows[1], where.columns[0] : where.columns[1]]


def _replaced(pictures: tf.Tensor, patches: tf.Tensor, where: Region) -> tf.Tensor:
    """Pictures (1, h, w, ...) n times, with patches (n, ...) in place of the rectangle."""
    count = tf.shape(patches)[0]
    pictures = tf.repeat(pictures, count, axis=0)
    middle = pictures[:, where.rows[0] : where.rows[1]]
    middle = tf.concat([middle[:, :, : where.columns[0]], patches, middle[:, :, where.columns[1] :]], axis=2)
    return tf.concat([pictures[:, : where.rows[0]], middle, pictures[:, where.rows[1] :]], axis=1)
