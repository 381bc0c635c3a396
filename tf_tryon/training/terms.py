"""The named terms of a loss, one value per example each, and how much each counts."""

from __future__ import annotations

import dataclasses

import tensorflow as tf

Weight = float | tf.Tensor


@dataclasses.dataclass
class Terms:
    """Terms of one loss.

    Attributes:
      terms: (B,) float32 by name, unweighted.
      weights: scalars by name; a term without one is only watched.
      subset: (B,) of 0 and 1 by name: which examples a watched term speaks of (all, if it isn't here).
    """

    terms: dict[str, tf.Tensor] = dataclasses.field(default_factory=dict)
    weights: dict[str, Weight] = dataclasses.field(default_factory=dict)
    subset: dict[str, tf.Tensor] = dataclasses.field(default_factory=dict)

    def add(self, name: str, term: tf.Tensor, weight: Weight) -> None:
        """A term that counts."""
        self.terms[name], self.weights[name] = term, weight

    def watch(self, name: str, term: tf.Tensor, subset: tf.Tensor | None = None) -> None:
        """A term that is only logged."""
        self.terms[name] = tf.stop_gradient(term)
        if subset is not None:
            self.subset[name] = tf.cast(subset, tf.float32)

    def total(self) -> tf.Tensor:
        """The weighted sum of the terms that count, (B,) float32."""
        return tf.add_n([weight * self.terms[name] for name, weight in self.weights.items()])


def box_mean(values: tf.Tensor, visible: tf.Tensor) -> tf.Tensor:
    """Mean of (B, H, W, C) values over the erased pixels, (B,)."""
    hidden = 1.0 - visible
    pixels = tf.maximum(tf.reduce_sum(hidden, axis=(1, 2, 3)), 1.0)
    return tf.reduce_sum(tf.reduce_mean(values, axis=-1, keepdims=True) * hidden, axis=(1, 2, 3)) / pixels
