"""Garments cut out, scaled to fit and centred: the nets' x_s, x_a and x_c.

A crop shows a frame (the garment's own box, or the erased box) as large as it fits into H x W, its aspect kept, its
centre in the middle. Frames lie inside the picture, so a crop only ever enlarges: bilinear sampling needs no
antialiasing. Pictures are cut out first, so whatever a crop shows besides its frame is empty.
"""

from __future__ import annotations

import tensorflow as tf


def mask_crops(masks: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """(B, H, W) bool masks and (B, 4) frames -> (B, H, W, 1) float32, 0 or 1."""
    soft = fit(tf.cast(masks[..., tf.newaxis], tf.float32), frames, 0.0)
    return tf.cast(soft >= 0.5, tf.float32)


def rgb_crops(photos: tf.Tensor, labels: tf.Tensor, frames: tf.Tensor, classes: tuple[int, ...]) -> tf.Tensor:
    """The crops of several classes, each on white.

    Args:
      photos: (B, H, W, 3) float32 in [-1, 1].
      labels: (B, H, W) uint8 classes 0..7.
      frames: (B, C, 4) boxes, one for each of `classes`.
      classes: C of them, background not among them.

    Returns:
      (C * B, H, W, 3) float32 in [-1, 1], all people of the first class first; white where a class is absent.
    """
    photos, planes = _margin(photos, 1.0), in_three(_margin(labels[..., tf.newaxis], 0))
    cut = tf.concat([cut_out(photos, planes, label) for label in classes], axis=0)
    return _fit(cut, tf.reshape(tf.transpose(frames, (1, 0, 2)), (-1, 4)), 1.0)


def in_three(labels: tf.Tensor) -> tf.Tensor:
    """(B, H, W, 1) -> (B, H, W, 3), to compare with RGB without broadcasting, which TensorFlow does slowly."""
    return tf.tile(labels, (1, 1, 1, 3))


def cut_out(photos: tf.Tensor, planes: tf.Tensor, label: int) -> tf.Tensor:
    """(B, H, W, 3) float32 photos in [-1, 1], white except where `planes` (from `in_three`) is `label`."""
    # The maximum with 1 elsewhere is what tf.where gives, in a third of the time.
    return tf.maximum(photos, tf.cast(planes != label, tf.float32) * 2.0 - 1.0)


def fit(pictures: tf.Tensor, frames: tf.Tensor, fill: float) -> tf.Tensor:
    """Each picture's frame, enlarged to fit and centred.

    Args:
      pictures: (B, H, W, C) float32, `fill` wherever nothing is to be seen.
      frames: (B, 4) boxes in pixels; an empty one gives `fill` everywhere.
      fill: the value beyond the picture.

    Returns:
      (B, H, W, C) float32 in the pictures' units.
    """
    return _fit(_margin(pictures, fill), frames, fill)


def _fit(pictures: tf.Tensor, frames: tf.Tensor, fill: float) -> tf.Tensor:
    """`fit` of pictures (B, H + 2, W + 2, C) that have a margin of one pixel of `fill` already.

    With it a garment at the picture's edge ends like one inside. Frames are of the picture without its margin.
    """
    height, width = pictures.shape[1] - 2, pictures.shape[2] - 2
    y0, x0, y1, x1 = tf.unstack(tf.cast(frames, tf.float32), axis=-1)
    scale = tf.minimum(height / tf.maximum(y1 - y0, 1.0), width / tf.maximum(x1 - x0, 1.0))
    half_y, half_x = (height - 1) / 2 / scale, (width - 1) / 2 / scale
    # Centres of the crop's first and last pixels as pixel indices, which the op wants divided by the last index.
    # A pixel's centre is its index + 0.5, and the margin adds 1.
    centre_y, centre_x = (y0 + y1) / 2 + 0.5, (x0 + x1) / 2 + 0.5
    window = tf.stack([centre_y - half_y, centre_x - half_x, centre_y + half_y, centre_x + half_x], axis=-1)
    window /= tf.constant([height + 1, width + 1, height + 1, width + 1], tf.float32)
    return tf.image.crop_and_resize(
        pictures, window, tf.range(tf.shape(pictures)[0]), (height, width), extrapolation_value=fill
    )


def _margin(pictures: tf.Tensor, value: float) -> tf.Tensor:
    return tf.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=tf.cast(value, pictures.dtype))
