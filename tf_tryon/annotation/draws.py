"""Random numbers that are a function of a seed, however often and on however many machines they are drawn."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


class Draws:
    """A sequence of draws in a graph; the n-th call gives the same numbers whenever the seed is the same.

    Args:
      seed: (2,) int64.
    """

    def __init__(self, seed: tf.Tensor) -> None:
        self._seed, self._count = tf.cast(seed, tf.int64), 0

    def uniform(self, shape: Any, low: float = 0.0, high: float = 1.0) -> tf.Tensor:
        """Uniform float32 in [low, high)."""
        return tf.random.stateless_uniform(shape, self._next(), low, high)

    def normal(self, shape: Any) -> tf.Tensor:
        """Standard normal float32."""
        return tf.random.stateless_normal(shape, self._next())

    def chance(self, shape: Any, probability: float) -> tf.Tensor:
        """bool, true with that probability."""
        return self.uniform(shape) < probability

    def _next(self) -> tf.Tensor:
        self._count += 1
        return tf.random.experimental.stateless_fold_in(self._seed, self._count)
