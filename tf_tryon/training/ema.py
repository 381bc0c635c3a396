"""Exponential moving average of the trained weights: evaluation and export use the average.

Not Keras's `use_ema`, which is an optimiser's own: the step's optimiser is none of Keras's (`optimizer.py`).
"""

from __future__ import annotations

import tensorflow as tf


class Ema:
    """``average = d * average + (1 - d) * weight``, ``d = min(decay, (1 + n) / (10 + n))`` after n updates.

    The smaller decay of the first updates keeps the initial weights from lingering. Make it in the strategy's scope.
    """

    def __init__(self, variables: dict[str, tf.Variable], decay: float) -> None:
        self.variables, self._decay = variables, decay
        self.averages = {name: tf.Variable(tf.convert_to_tensor(v), trainable=False) for name, v in variables.items()}

    def restart(self) -> None:
        """Take the weights as they are now (after other weights were loaded)."""
        for name, variable in self.variables.items():
            self.averages[name].assign(tf.convert_to_tensor(variable))

    def update(self, step: tf.Tensor, valid: tf.Tensor) -> None:
        """One update, in a replica context. `step` is a scalar integer, 0 first; `valid` False changes nothing."""
        count = tf.cast(step, tf.float32)
        decay = tf.where(valid, tf.minimum(self._decay, (1.0 + count) / (10.0 + count)), 1.0)

        def merged(strategy: tf.distribute.Strategy, decay: tf.Tensor) -> None:
            for name, average in self.averages.items():
                strategy.extended.update(average, _update, args=(self.variables[name], decay), group=False)

        tf.__internal__.distribute.interim.maybe_merge_call(merged, tf.distribute.get_strategy(), decay)


def _update(average: tf.Variable, variable: tf.Variable, decay: tf.Tensor) -> None:
    average.assign(average * decay + variable * (1.0 - decay))
