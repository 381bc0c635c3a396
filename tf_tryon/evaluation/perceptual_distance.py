"""Distance of pictures as VGG-16 sees them.

    d(a, b) = mean_l mean_positions | phi_l(a) / |phi_l(a)| - phi_l(b) / |phi_l(b)| |^2

over conv1_2, 2_2, 3_2, 4_2 and 5_2 after ReLU: LPIPS (Zhang et al., The Unreasonable Effectiveness of Deep Features
as a Perceptual Metric, CVPR 2018) without its learnt weights of channels. So it is named by its network, and is no
LPIPS.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tf_tryon.losses.perceptual import Perceptual

_TINY = 1e-10


class PerceptualDistance:
    """Args: network: VGG with its weights."""

    def __init__(self, network: Perceptual) -> None:
        self.name = network.name

        def features(pictures: tf.Tensor) -> list[tf.Tensor]:
            return [_unit(layer) for layer in network.features(pictures)]

        @tf.function(autograph=False, reduce_retracing=True)
        def distance(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
            each = [
                tf.reduce_sum(tf.math.squared_difference(a, b), axis=-1)
                for a, b in zip(features(first), features(second), strict=True)
            ]
            return tf.add_n([tf.reduce_mean(layer, axis=(1, 2)) for layer in each]) / len(each)

        @tf.function(autograph=False, reduce_retracing=True)
        def spread(samples: tf.Tensor) -> tf.Tensor:
            # sum_{i<j} |a_i - a_j|^2 = K sum |a_i|^2 - |sum a_i|^2: no pair need be looked at.
            count = tf.cast(tf.shape(samples)[0], tf.float32)
            total = tf.zeros([])
            layers = features(samples)
            for layer in layers:
                squares = count * tf.reduce_sum(tf.square(layer), axis=[0, 3])
                summed = tf.reduce_sum(tf.square(tf.reduce_sum(layer, axis=0)), axis=-1)
                total += tf.reduce_mean(squares - summed)
            return total / len(layers) / (count * (count - 1) / 2)

        self._distance, self._spread = distance, spread

    def __call__(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) float32 in [0, 1], twice -> (B,)."""
        return self._distance(_signed(first), _signed(second)).numpy()

    def diversity(self, samples: np.ndarray) -> float:
        """Mean distance over the pairs of one person's samples (K, H, W, 3), K at least 2."""
        return float(self._spread(_signed(samples)).numpy())


def _unit(layer: tf.Tensor) -> tf.Tensor:
    layer = tf.cast(layer, tf.float32)
    return layer * tf.math.rsqrt(tf.reduce_sum(tf.square(layer), axis=-1, keepdims=True) + _TINY)


def _signed(pictures: np.ndarray) -> tf.Tensor:
    return tf.constant(pictures * 2 - 1, tf.float32)
