"""Studio's grey behind the person, as weights trained on Studio know it, and the photo's own background put back."""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tf_tryon.data import vocabulary

GREY: Final = 205 / 127.5 - 1.0  # about the mean of Studio's backdrops, of [-1, 1]
_LEVELS: Final = 6  # halvings: enough to carry colours across a garment


def on_grey(photo: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """(n, H, W, 3) in [-1, 1]: the person of a photo (n, H, W, 3) with classes (n, H, W) before plain grey."""
    person = tf.nn.avg_pool2d(_person(labels), 3, 1, "SAME")
    return GREY + person * (photo - GREY)


def before_background(picture: tf.Tensor, labels: tf.Tensor, behind: tf.Tensor) -> tf.Tensor:
    """A completed person that was made on grey before another background.

    The grey has spread into the person's outermost pixels, so the person begins half a pixel further in.

    Args:
      picture: (n, H, W, 3) in [-1, 1].
      labels: (n, H, W) classes of the completed person.
      behind: (n, H, W, 3), from `continued`.
    """
    share = tf.nn.avg_pool2d(_person(labels), 3, 1, "SAME")
    return behind + tf.clip_by_value(2.0 * share - 1.0, 0.0, 1.0) * (picture - behind)


def continued(photo: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """The background, also where the person hid it: there it goes on from beside, the softer the farther.

    Pull and push: the mean of known pixels is taken over ever larger squares, and what is unknown is filled from the
    smallest square that knows something.

    Args:
      photo: (n, H, W, 3) in [-1, 1]; H and W are multiples of 32.
      labels: (n, H, W) classes of the photo.
    """
    known = 1.0 - tf.nn.max_pool2d(_person(labels), 3, 1, "SAME")  # the person's edge has spread, too
    levels = [(photo * known, known)]
    while len(levels) <= _LEVELS and min(levels[-1][0].shape[1:3]) > 1:
        levels.append(tuple(tf.nn.avg_pool2d(value, 2, 2, "SAME") for value in levels[-1]))
    total, weight = levels[-1]
    everywhere = tf.reduce_sum(total, [1, 2], keepdims=True) / tf.maximum(
        tf.reduce_sum(weight, [1, 2], keepdims=True), 1e-6
    )
    filled = tf.broadcast_to(everywhere, tf.shape(total))
    for total, weight in reversed(levels):
        coarse = tf.image.resize(filled, total.shape[1:3])
        mean = total / tf.maximum(weight, 1e-6)
        sure = tf.minimum(weight * 4.0, 1.0)  # one known pixel of four is enough
        filled = coarse + sure * (mean - coarse)
    return filled


def _person(labels: tf.Tensor) -> tf.Tensor:
    return tf.cast(labels != vocabulary.BACKGROUND, tf.float32)[..., tf.newaxis]
