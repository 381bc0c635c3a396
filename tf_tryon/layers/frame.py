"""The garment's frame: a square-ish window around a box, in which crops and aligned codes live.

A crop is "cut to its box, scaled to fit, centred": the window is centred on the box, has the picture's aspect, and just
holds the box. Codes on an (h, w) grid over that window can be laid back into the picture, so that a cell describes the
same part of the garment for the encoder and for the generator.
"""

from __future__ import annotations

import tensorflow as tf


def window(box: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """The frame of `box` (B, 4) float (y0, x0, y1, x1), in pixels: (B, 4), of the picture's aspect, centred on the box.

    An empty box gives the whole picture.
    """
    y0, x0, y1, x1 = tf.unstack(tf.cast(box, tf.float32), axis=-1)
    scale = tf.maximum((y1 - y0) / height, (x1 - x0) / width)
    empty = scale <= 0
    scale = tf.where(empty, 1.0, scale)
    centre_y = tf.where(empty, height / 2, (y0 + y1) / 2)
    centre_x = tf.where(empty, width / 2, (x0 + x1) / 2)
    half_y, half_x = scale * height / 2, scale * width / 2
    return tf.stack([centre_y - half_y, centre_x - half_x, centre_y + half_y, centre_x + half_x], axis=-1)


def crop_to_window(pictures: tf.Tensor, frame: tf.Tensor, pool: int = 1, outside: float = 0.0) -> tf.Tensor:
    """Samples `pictures` (B, H, W, C) in `frame` (B, 4) bilinearly, to (B, H / pool, W / pool, C).

    `outside` is the value beyond the picture. A frame is mostly smaller than the picture: pooling by 2 skips little.
    """
    height, width, channels = pictures.shape[1], pictures.shape[2], pictures.shape[3]
    rows = tf.cast(_sampling(frame[:, 0], frame[:, 2], height, height // pool), pictures.dtype)
    columns = tf.cast(_sampling(frame[:, 1], frame[:, 3], width, width // pool), pictures.dtype)
    size = tf.shape(pictures)[0]
    shifted = tf.reshape(pictures - outside, [size, height, width * channels])
    picked = tf.reshape(tf.matmul(rows, shifted), [size, height // pool, width, channels])
    return tf.matmul(columns[:, None], picked) + outside


def lay_into_picture(codes: tf.Tensor, frame: tf.Tensor, height: int, width: int, scale: int = 1) -> tf.Tensor:
    """Codes (B, h, w, c) over `frame` -> map (B, height, width, c) of a picture of scale * that size, bilinear.

    Beyond the outermost cell centres the nearest cell is repeated.
    """
    rows = _laying(frame[:, 0] / scale, frame[:, 2] / scale, height, codes.shape[1])
    columns = _laying(frame[:, 1] / scale, frame[:, 3] / scale, width, codes.shape[2])
    rows, columns = tf.cast(rows, codes.dtype), tf.cast(columns, codes.dtype)
    return tf.einsum("byh,bxw,bhwc->byxc", rows, columns, codes)


def _sampling(start: tf.Tensor, stop: tf.Tensor, source: int, target: int) -> tf.Tensor:
    """Rows of linear interpolation weights (B, target, source) that sample [start, stop); 0 weight outside."""
    step = (stop - start)[:, None] / target
    position = start[:, None] + (tf.range(target, dtype=tf.float32)[None] + 0.5) * step - 0.5
    distance = tf.abs(position[:, :, None] - tf.range(source, dtype=tf.float32))
    return tf.maximum(0.0, 1.0 - distance)


def _laying(start: tf.Tensor, stop: tf.Tensor, size: int, cells: int) -> tf.Tensor:
    """Weights (B, size, cells) of each cell at each pixel; rows sum to 1."""
    pixel = tf.range(size, dtype=tf.float32)[None] + 0.5
    position = (pixel - start[:, None]) / (stop - start)[:, None] * cells - 0.5
    position = tf.clip_by_value(position, 0.0, cells - 1.0)
    return tf.maximum(0.0, 1.0 - tf.abs(position[:, :, None] - tf.range(cells, dtype=tf.float32)))
