"""What a layer does otherwise in an export to eight bits, where each tensor has one scale of 256 steps.

The float result is the same but for `LEAST_VARIANCE`; an export sets `eight_bits` of norms and attention blocks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import tensorflow as tf

# Least variance of a normalised channel: below, 1 / std would leave nothing for the other channels.
LEAST_VARIANCE: Final = 3e-4
BEHIND: Final = 40.0  # what a later cell's score lies below all earlier ones: e^-40 is nothing


class Standardize:
    """Zero mean and unit variance of one picture (1, H, W, C) over positions, times a factor for each channel.

    Variances are matrix products, whose sums stay exact in 32 bits. What reads a factor's channel takes it back.

    Attributes:
      factors: (C,) float32.
      least_variance: of a channel.
    """

    def __init__(self, channels: int) -> None:
        self.factors = np.ones(channels, np.float32)
        self.least_variance = LEAST_VARIANCE

    def __call__(self, x: tf.Tensor, epsilon: float) -> tf.Tensor:
        _, height, width, channels = x.shape
        centred = x - tf.reduce_mean(x, axis=[1, 2], keepdims=True)
        rows = tf.transpose(tf.reshape(centred, (height * width, channels)))
        variance = tf.matmul(rows[:, None], rows[:, :, None]) / (height * width)
        scale = tf.math.rsqrt(tf.maximum(variance, self.least_variance) + epsilon)
        return centred * (tf.reshape(scale, (1, 1, 1, channels)) * self.factors)
