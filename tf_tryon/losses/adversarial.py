"""Least-squares adversarial losses, and matching of what D makes of two pictures (equations 2-25 to 2-28)."""

from __future__ import annotations

import tensorflow as tf


def least_squares(scores: tf.Tensor, target: float) -> tf.Tensor:
    """``mean (D - target)^2``: target 1 for the generator (2-26) and for D on photos, 0 for D on generated ones (2-28).

    Args:
      scores: (B, h, w, 1), no sigmoid.

    Returns:
      (B,) float32.
    """
    return _mean(tf.square(tf.cast(scores, tf.float32) - target))


def feature_matching(real: tf.Tensor, generated: tf.Tensor) -> tf.Tensor:
    """``mean (f_D(I_bar) - f_D(I))^2`` (2-25); no gradient goes through what D makes of the photo.

    Args:
      real: (B, h, w, C), what a layer of D makes of the photo. The texture stage gives D's output, the scores
        (B, h, w, 1) of (2-26), and none of its inner features.
      generated: the same.

    Returns:
      (B,) float32.
    """
    goal = tf.stop_gradient(tf.cast(real, tf.float32))
    return _mean(tf.math.squared_difference(tf.cast(generated, tf.float32), goal))


def _mean(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(values, axis=list(range(1, values.shape.rank)))
