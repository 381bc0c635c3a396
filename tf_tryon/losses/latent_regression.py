"""Latent regression (BicycleGAN): the code that made a picture can be read from it again."""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.layers.gaussian import Gaussian


def latent_regression(codes: tf.Tensor, posterior: Gaussian) -> tf.Tensor:
    """``mean |z - mean of E(G(z))|``; the code is a constant.

    Args:
      codes: (B, h, w, c), the random codes that made the pictures.
      posterior: E's Gaussian of those pictures.

    Returns:
      (B,) float32.

    Raises:
      ValueError: the codes' shape is not the posterior's.
    """
    codes.shape.assert_is_compatible_with(posterior.mean.shape)  # else they would broadcast
    difference = tf.abs(posterior.mean - tf.stop_gradient(codes))
    return tf.reduce_mean(difference, axis=list(range(1, difference.shape.rank)))
