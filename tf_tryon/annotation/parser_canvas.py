"""A person of any photo on a canvas of one size, as the parsing network sees one, in the graph of its training."""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tf_tryon.annotation.parser_crop import MARGIN

_BOX_LABELS: Final = 1  # a person's labels begin here


def on_canvas(person: dict[str, tf.Tensor], size: tuple[int, int], surroundings: float) -> dict[str, tf.Tensor]:
    """A person of any photo on a canvas of one size, in the graph.

    Args:
      person: photo (h, w, 3) uint8, labels (h, w) int32 of CIHP-20, keypoints (18, 3).
      size: of the canvas.
      surroundings: the canvas shows this many times the crop's height and width.

    Returns:
      photo (H, W, 3) float32 in [0, 1], labels (H, W) int32, 0 beyond the photo, keypoints (18, 3).
    """
    photo, labels, points = person["photo"], person["labels"], person["keypoints"]
    y0, x0, y1, x1 = tf.unstack(_box(labels, points))
    shape = tf.constant(size, tf.float32)
    height = tf.maximum(y1 - y0, (x1 - x0) * size[0] / size[1]) * (1 + 2 * MARGIN) * surroundings
    scale = size[0] / tf.maximum(height, 8.0)
    extent = tf.cast(tf.shape(labels), tf.float32)
    # Made small first, each pixel the mean of those that it stands for; then moved.
    resized = tf.maximum(tf.cast(tf.round(extent * scale), tf.int32), 1)
    small = tf.image.resize(photo, resized, antialias=True) / 255
    factor = tf.cast(resized, tf.float32) / extent
    middle = tf.stack([(y0 + y1) / 2, (x0 + x1) / 2])
    # A canvas pixel p shows the small picture at p + corner, the labels at (p + 0.5 + corner) / factor - 0.5.
    corner = middle * factor - shape / 2
    one, nought = tf.ones(()), tf.zeros(())
    move = tf.stack([one, nought, corner[1], nought, one, corner[0], nought, nought])
    back = 1 / factor
    shift = (0.5 + corner) * back - 0.5
    find = tf.stack([back[1], nought, shift[1], nought, back[0], shift[0], nought, nought])
    moved = tf.concat([points[:, :2] * factor[::-1] - corner[::-1], points[:, 2:]], axis=-1)
    return {
        "photo": _moved(small, move, size, "BILINEAR", "NEAREST"),
        "labels": tf.cast(
            _moved(tf.cast(labels, tf.float32)[..., None], find, size, "NEAREST", "CONSTANT")[..., 0], tf.int32
        ),
        "keypoints": tf.where(points[:, 2:] > 0, moved, 0.0),
    }


def _box(labels: tf.Tensor, points: tf.Tensor) -> tf.Tensor:
    """(4,) y0, x0, y1, x1 around a person's labels and keypoints; the whole picture without any."""
    shown = points[:, 2] > 0
    places = tf.concat([tf.where(labels >= _BOX_LABELS), tf.where(labels >= _BOX_LABELS) + 1], axis=0)
    places = tf.concat([tf.cast(places, tf.float32), tf.boolean_mask(points[:, 1::-1], shown)], axis=0)
    whole = tf.concat([tf.zeros((2,)), tf.cast(tf.shape(labels), tf.float32)], axis=0)
    box = tf.concat([tf.reduce_min(places, axis=0), tf.reduce_max(places, axis=0)], axis=0)
    return tf.where(tf.shape(places)[0] > 0, box, whole)


def _moved(picture: tf.Tensor, transform: tf.Tensor, size: tuple[int, int], kind: str, fill: str) -> tf.Tensor:
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=picture[None], transforms=transform[None], output_shape=size, fill_value=0.0, interpolation=kind,
        fill_mode=fill,
    )  # fmt: skip
    return tf.ensure_shape(moved[0], (*size, picture.shape[-1]))
