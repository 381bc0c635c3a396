"""Boxes of garments and the mask of what stays visible. All in TensorFlow, batched.

A box is float32 (y0, x0, y1, x1) in pixels, end exclusive; a garment that isn't there has the box (0, 0, 0, 0).
The erased box holds the garment *and the skin it may uncover*: leaving the arms visible would tell the sleeve's length
(docs/method.md, section 3). With `dresses`, a dress as the bottom uncovers the arms as well.
"""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tf_tryon.data import vocabulary

# A garment counts as shown from this part of the picture's area on (33 pixels at 256x256): less is the parser's speck.
MIN_AREA: Final = 0.0005


def class_boxes(one_hot: tf.Tensor) -> tf.Tensor:
    """Bounding box of each class.

    Args:
      one_hot: (B, H, W, C), positive where a pixel has the class.

    Returns:
      (B, C, 4) float32.
    """
    rows = tf.reduce_max(one_hot, axis=2) > 0
    columns = tf.reduce_max(one_hot, axis=1) > 0
    y0, y1 = _extent(rows)
    x0, x1 = _extent(columns)
    return tf.stack([y0, x0, y1, x1], axis=-1)


def label_boxes(labels: tf.Tensor) -> tf.Tensor:
    """`class_boxes` of classes (B, h, w) uint8, which for photos of a million pixels is much cheaper than one-hot."""
    is_class = [labels == label for label in range(len(vocabulary.CLASSES))]
    y0, y1 = _extent(tf.stack([tf.reduce_any(mask, axis=2) for mask in is_class], axis=-1))
    x0, x1 = _extent(tf.stack([tf.reduce_any(mask, axis=1) for mask in is_class], axis=-1))
    return tf.stack([y0, x0, y1, x1], axis=-1)


def garment_areas(labels: tf.Tensor) -> tf.Tensor:
    """(B, h, w) uint8 classes -> (B, 4) float32: each garment's part of the picture."""
    counts = [tf.reduce_sum(tf.cast(labels == label, tf.float32), axis=[1, 2]) for label in vocabulary.GARMENT_CLASSES]
    return tf.stack(counts, axis=-1) / tf.cast(tf.shape(labels)[1] * tf.shape(labels)[2], tf.float32)


def garment_boxes(boxes: tf.Tensor) -> tf.Tensor:
    """(B, 8, 4) class boxes -> (B, 4, 4) own boxes of hat, top, bottom, shoes."""
    return tf.gather(boxes, vocabulary.GARMENT_CLASSES, axis=1)


def shown(labels: tf.Tensor) -> tf.Tensor:
    """(B, h, w) uint8 classes -> (B, 4) bool: which garments the person shows (at least `MIN_AREA`)."""
    return garment_areas(labels) >= MIN_AREA


def erased_boxes(boxes: tf.Tensor, dress: tf.Tensor, height: int, width: int, widen: float) -> tf.Tensor:
    """The box to erase for each garment as target.

    Args:
      boxes: (B, 8, 4) from `class_boxes`.
      dress: (B,) bool, the bottom is a dress.
      height: of the picture; boxes are clipped to it.
      width: likewise.
      widen: factor in x about the box's centre, 1.1 in the thesis.

    Returns:
      (B, 4, 4) float32; zeros for a garment that the person doesn't show (skin alone makes no box).
    """
    own = garment_boxes(boxes)
    skins = [own[:, slot] if skin is None else boxes[:, skin] for slot, skin in enumerate(vocabulary.UNCOVERED)]
    box = union(own, tf.stack(skins, axis=1))
    with_arms = union(box[:, 2], boxes[:, vocabulary.UPPER_SKIN])
    bottom = tf.where(dress[:, tf.newaxis], with_arms, box[:, 2])
    box = tf.stack([box[:, 0], box[:, 1], bottom, box[:, 3]], axis=1)
    box = widened(box, height, width, widen)
    return tf.where(is_empty(own)[..., tf.newaxis], 0.0, box)


def union(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """(..., 4) the smallest box around both; an empty box adds nothing."""
    both = tf.concat(
        [tf.minimum(first[..., :2], second[..., :2]), tf.maximum(first[..., 2:], second[..., 2:])], axis=-1
    )
    either = tf.where(is_empty(first)[..., tf.newaxis], second, first)
    return tf.where((is_empty(first) | is_empty(second))[..., tf.newaxis], either, both)


def widened(box: tf.Tensor, height: int, width: int, widen: float) -> tf.Tensor:
    """(..., 4) box, its width multiplied about its centre, clipped to the picture."""
    y0, x0, y1, x1 = tf.unstack(box, axis=-1)
    centre, half = (x0 + x1) / 2, (x1 - x0) / 2 * widen
    return tf.stack(
        [
            tf.clip_by_value(y0, 0, height),
            tf.clip_by_value(centre - half, 0, width),
            tf.clip_by_value(y1, 0, height),
            tf.clip_by_value(centre + half, 0, width),
        ],
        axis=-1,
    )


def visible_mask(box: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """(B, 4) boxes -> (B, H, W, 1) float32: 0 where a pixel's centre lies in the box, else 1."""
    y = tf.range(height, dtype=tf.float32)[tf.newaxis] + 0.5
    x = tf.range(width, dtype=tf.float32)[tf.newaxis] + 0.5
    y0, x0, y1, x1 = tf.split(box, 4, axis=-1)
    inside_y = tf.cast((y >= y0) & (y < y1), tf.float32)
    inside_x = tf.cast((x >= x0) & (x < x1), tf.float32)
    return 1.0 - inside_y[:, :, tf.newaxis, tf.newaxis] * inside_x[:, tf.newaxis, :, tf.newaxis]


def is_empty(box: tf.Tensor) -> tf.Tensor:
    """(..., 4) -> (...) bool: no area."""
    return (box[..., 2] <= box[..., 0]) | (box[..., 3] <= box[..., 1])


def _extent(present: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(B, N, C) bool -> first and one past the last True along N, (B, C) float32 each; zeros if there is none."""
    count = tf.shape(present)[1]
    flags = tf.cast(present, tf.int32)
    first = tf.argmax(flags, axis=1, output_type=tf.int32)
    last = count - tf.argmax(flags[:, ::-1], axis=1, output_type=tf.int32)
    some = tf.reduce_any(present, axis=1)
    return tf.cast(tf.where(some, first, 0), tf.float32), tf.cast(tf.where(some, last, 0), tf.float32)
