"""Dynamic loss scale for mixed_float16: as large as gradients allow, so that small ones don't underflow.

Not Keras's LossScaleOptimizer: it wraps an optimiser of Keras's, and the step's is none (`optimizer.py`).
"""

from __future__ import annotations

import tensorflow as tf

_GROW_AFTER = 2000  # valid steps


class LossScale:
    """Halved (to 1 at least) after a step that overflowed, doubled after 2000 that did not."""

    def __init__(self, initial: float = 2.0**15) -> None:
        first = tf.VariableAggregation.ONLY_FIRST_REPLICA
        self.value = tf.Variable(initial, trainable=False, aggregation=first)
        self._good = tf.Variable(0, dtype=tf.int64, trainable=False, aggregation=first)

    def state(self) -> dict[str, tf.Variable]:
        """Everything a checkpoint must hold."""
        return {"value": self.value, "good_steps": self._good}

    def update(self, valid: tf.Tensor) -> tf.Tensor:
        """Tell how the step went, in a replica context; returns the scale that this step used."""
        used = tf.identity(self.value)
        good = tf.where(valid, self._good + 1, 0)
        grow = good >= _GROW_AFTER
        change = tf.where(valid, tf.where(grow, 2.0, 1.0), 0.5)
        self.value.assign(tf.maximum(used * change, 1.0))
        self._good.assign(tf.where(grow, tf.zeros_like(good), good))
        return used
