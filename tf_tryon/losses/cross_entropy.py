"""Cross-entropy of parsing maps (equation 2-16)."""

from __future__ import annotations

import tensorflow as tf


def cross_entropy(parsing: tf.Tensor, logits: tf.Tensor, weights: tf.Tensor | None = None) -> tf.Tensor:
    """``-1/(HW) sum_pixels w sum_classes S log softmax(logits)``.

    Args:
      parsing: (B, H, W, C) one-hot truth.
      logits: (B, H, W, C), any float type.
      weights: (B, H, W, 1) weight of each pixel, None for 1 everywhere. The divisor stays H * W, so that a weight of 2
        inside the erased box doubles what the box contributes.

    Returns:
      (B,) float32, nats per pixel.
    """
    log_probability = tf.nn.log_softmax(tf.cast(logits, tf.float32))
    per_pixel = -tf.reduce_sum(tf.cast(parsing, tf.float32) * log_probability, axis=-1)
    if weights is not None:
        per_pixel *= weights[..., 0]
    return tf.reduce_mean(per_pixel, axis=(1, 2))
