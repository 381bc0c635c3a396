"""Diagonal Gaussians over the spatial latent code, and the reparameterised sample."""

from __future__ import annotations

import math
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

    def log_density(self, codes: tf.Tensor) -> tf.Tensor:
        """log N(codes; mean, std^2) in nats, summed over all latents: (B,) float32."""
        terms = tf.square((codes - self.mean) / self.std) + 2 * tf.math.log(self.std) + math.log(2 * math.pi)
        return -0.5 * tf.reduce_sum(terms, axis=[1, 2, 3])
