"""Garments cut out and shown in their RoI (`geometry.roi`): the nets' x_s, x_a and x_c.

A RoI is of a box (the garment's own, or the erased one) that lies inside the picture, so a crop only ever enlarges:
bilinear sampling needs no antialiasing. Pictures are cut out first, so whatever a crop shows besides its box is empty.
What `roi.crop` does with matrices is done by one operation here, since training crops five pictures of each person.
"""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.geometry import roi


def mask_crops(masks: tf.Tensor, boxes: tf.Tensor) -> tf.Tensor:
    """(B, H, W) bool masks and (B, 4) boxes -> (B, H, W, 1) float32, 0 or 1."""
    soft = fit(tf.cast(masks[..., tf.newaxis], tf.float32), boxes, 0.0)
    return tf.cast(soft >= 0.5, tf.float32)


def rgb_crops(photos: tf.Tensor, labels: tf.Tensor, boxes: tf.Tensor, classes: tuple[int, ...]) -> tf.Tensor:
    """The crops of several classes, each on white.

    Args:
      photos: (B, H, W, 3) float32 in [-1, 1].
      labels: (B, H, W) uint8 classes 0..7.
      boxes: (B, C, 4), one for each of `classes`.
      classes: C of them, background not among them.

    Returns:
      (C * B, H, W, 3) float32 in [-1, 1], all people of the first class first; white where a class is absent.
    """
    photos, planes = _margin(photos, 1.0), in_three(_margin(labels[..., tf.newaxis], 0))
    cut = tf.concat([cut_out(photos, planes, label) for label in classes], axis=0)
    return _fit(cut, tf.reshape(tf.transpose(boxes, (1, 0, 2)), (-1, 4)), 1.0)


def in_three(labels: tf.Tensor) -> tf.Tensor:
    """(B, H, W, 1) -> (B, H, W, 3), to compare with RGB without broadcasting, which TensorFlow does slowly."""
    return tf.tile(labels, (1, 1, 1, 3))


def cut_out(photos: tf.Tensor, planes: tf.Tensor, label: int) -> tf.Tensor:
    """(B, H, W, 3) float32 photos in [-1, 1], white except where `planes` (from `in_three`) is `label`."""
    # The maximum with 1 elsewhere is what tf.where gives, in a third of the time.
    return tf.maximum(photos, tf.cast(planes != label, tf.float32) * 2.0 - 1.0)


def fit(pictures: tf.Tensor, boxes: tf.Tensor, fill: float) -> tf.Tensor:
    """The RoI of a box of each picture.

    Args:
      pictures: (B, H, W, C) float32, `fill` wherever nothing is to be seen.
      boxes: (B, 4) in pixels; an empty one gives the whole picture.
      fill: the value beyond the picture.

    Returns:
      (B, H, W, C) float32 in the pictures' units.
    """
    return _fit(_margin(pictures, fill), boxes, fill)


def _fit(pictures: tf.Tensor, boxes: tf.Tensor, fill: float) -> tf.Tensor:
    """`fit` of pictures (B, H + 2, W + 2, C) that have a margin of one pixel of `fill` already.

    With it a garment at the picture's edge ends like one inside. Boxes are of the picture without its margin.
    """
    height, width = pictures.shape[1] - 2, pictures.shape[2] - 2
    sides = tf.constant([height, width, height, width], tf.float32)
    seen = roi.around(boxes, (height, width))
    # The op wants the centres of the first and last pixel seen as pixel indices, divided by the last index. A pixel's
    # centre is its index + 0.5, and the margin adds 1.
    pixel = tf.tile((seen[:, 2:] - seen[:, :2]) / sides[:2], (1, 2))
    ends = seen + pixel * tf.constant([0.5, 0.5, -0.5, -0.5]) + 0.5
    return tf.image.crop_and_resize(
        pictures, ends / (sides + 1), tf.range(tf.shape(pictures)[0]), (height, width), extrapolation_value=fill
    )


def _margin(pictures: tf.Tensor, value: float) -> tf.Tensor:
    return tf.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=tf.cast(value, pictures.dtype))
