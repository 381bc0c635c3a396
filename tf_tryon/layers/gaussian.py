"""Diagonal Gaussians over the spatial latent code, and the reparameterised sample."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf


class Gaussian(NamedTuple):
    """N(mean, diag(std^2)); both (B, h, w, c) float32, std > 0."""

    mean: tf.Tensor
    std: tf.Tensor

    @classmethod
    def from_features(cls, features: tf.Tensor) -> Gaussian:
        """Splits (B, h, w, 2c) into mean and softplus-std."""
        mean, raw = tf.split(tf.cast(features, tf.float32), 2, axis=-1)
        return cls(mean, tf.math.softplus(raw) + 1e-4)

    def sample(self, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """mean + temperature * std * noise, differentiable in mean and std (the reparameterisation trick)."""
        return self.mean + temperature * self.std * noise
