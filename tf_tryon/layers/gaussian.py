"""Diagonal Gaussians over the spatial latent code, the reparameterised sample, and channels that all cells share.

With `shared` = k, the last k channels of a code (B, h, w, c) are one variable each for the whole picture, such as the
length of both sleeves: every cell holds the same value, the first cell's, and it counts once.
"""

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

    def log_density(self, codes: tf.Tensor, shared: int = 0) -> tf.Tensor:
        """log N(codes; mean, std^2) in nats, summed over all latents, each shared one once: (B,) float32."""
        terms = tf.square((codes - self.mean) / self.std) + 2 * tf.math.log(self.std) + math.log(2 * math.pi)
        return -0.5 * counted(terms, shared)

    def averaged(self, shared: int) -> Gaussian:
        """The Gaussian whose shared channels have the mean and std that its cells have on average."""

        def average(values: tf.Tensor) -> tf.Tensor:
            return tf.reduce_mean(values, axis=[1, 2], keepdims=True)

        return Gaussian(*(_with_shared(values, average(values), shared) for values in self))

    def of_first_cell(self, shared: int) -> Gaussian:
        """The Gaussian whose shared channels are those of its first cell."""
        return Gaussian(*(share(values, shared) for values in self))


def share(codes: tf.Tensor, shared: int) -> tf.Tensor:
    """Codes (B, h, w, c) whose shared channels have the first cell's values in every cell."""
    return _with_shared(codes, codes[:, :1, :1], shared)


def centred(codes: tf.Tensor, shared: int) -> tf.Tensor:
    """Codes (B, h, w, c) whose channels that are not shared have mean 0 over the cells.

    What all cells have alike, such as the garment's lightness, is then left to the shared ones.
    """
    own = codes.shape[-1] - shared
    mean = tf.reduce_mean(codes[..., :own], axis=[1, 2], keepdims=True)
    return tf.concat([codes[..., :own] - mean, codes[..., own:]], axis=-1)


def counted(nats: tf.Tensor, shared: int) -> tf.Tensor:
    """Sum of (B, h, w, c) terms over all latents, each shared one counted once: (B,)."""
    return tf.reduce_sum(counted_by_channel(nats, shared), axis=1)


def counted_by_channel(nats: tf.Tensor, shared: int = 0) -> tf.Tensor:
    """`counted` for each channel alone: (B, c)."""
    own = nats.shape[-1] - shared
    return tf.concat([tf.reduce_sum(nats[..., :own], axis=[1, 2]), nats[:, 0, 0, own:]], axis=1)


def _with_shared(values: tf.Tensor, one: tf.Tensor, shared: int) -> tf.Tensor:
    if not shared:
        return values
    own = values.shape[-1] - shared
    spread = tf.broadcast_to(one[..., own:], tf.concat([tf.shape(values)[:3], [shared]], axis=0))
    return tf.concat([values[..., :own], spread], axis=-1)
