"""Kullback-Leibler divergences of diagonal Gaussians, in nats, summed over all latents (equations 2-15, 2-18, 2-20)."""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.layers.gaussian import Gaussian, counted


def kl(q: Gaussian, p: Gaussian, shared: int = 0) -> tf.Tensor:
    """``KL(q || p) = sum log(s_p / s_q) + (s_q^2 + (m_q - m_p)^2) / (2 s_p^2) - 1/2``.

    Args:
      q: a Gaussian with mean and std of shape (B, h, w, c).
      p: the same.
      shared: how many of the last channels all cells share; they count once.

    Returns:
      (B,) float32 nats.

    Raises:
      ValueError: the shapes of q and p differ.
    """
    return counted(kl_terms(q, p), shared)


def kl_terms(q: Gaussian, p: Gaussian) -> tf.Tensor:
    """The terms of `kl`, one a latent: (B, h, w, c)."""
    q.mean.shape.assert_is_compatible_with(p.mean.shape)  # else they would broadcast
    ratio = tf.square(q.std / p.std)
    distance = tf.square((q.mean - p.mean) / p.std)
    return 0.5 * (ratio + distance - 1.0 - tf.math.log(ratio))


def kl_from_standard(q: Gaussian, shared: int = 0) -> tf.Tensor:
    """``KL(N(0, I) || q)``, the original experiments' second KL term: it keeps N(0, I)'s samples inside q.

    Returns:
      (B,) float32 nats.
    """
    inverse = 1.0 / tf.square(q.std)
    return counted(0.5 * (inverse * (1.0 + tf.square(q.mean)) - 1.0 - tf.math.log(inverse)), shared)
