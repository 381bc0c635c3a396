"""L1 between pictures, with a weight for each pixel."""

from __future__ import annotations

import tensorflow as tf


def l1(truth: tf.Tensor, picture: tf.Tensor, weights: tf.Tensor | None = None) -> tf.Tensor:
    """Mean of ``|truth - picture|`` over pixels and channels.

    Args:
      truth: (B, H, W, 3).
      picture: the same.
      weights: (B, H, W, 1), None for 1 everywhere. The divisor stays H * W.

    Returns:
      (B,) float32.
    """
    difference = tf.reduce_mean(tf.abs(tf.cast(truth, tf.float32) - tf.cast(picture, tf.float32)), axis=-1)
    if weights is not None:
        difference *= weights[..., 0]
    return tf.reduce_mean(difference, axis=(1, 2))


def box_weights(visible: tf.Tensor, extra: float) -> tf.Tensor:
    """Weights that emphasise the erased box, with mean 1 over each picture so that the loss keeps its scale.

    Args:
      visible: (B, H, W, 1), 1 visible, 0 erased.
      extra: a pixel inside the box weighs ``1 + extra`` times one outside.

    Returns:
      (B, H, W, 1) float32.
    """
    weights = 1.0 + extra * (1.0 - visible)
    return weights / tf.reduce_mean(weights, axis=(1, 2, 3), keepdims=True)


def pooled(picture: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    """Average-pool a picture to the size of a coarser output (the truth of the generator's earlier outputs)."""
    factor = picture.shape[1] // like.shape[1]
    return picture if factor == 1 else tf.nn.avg_pool2d(picture, factor, factor, "VALID")
