"""Adam and its learning-rate schedule.

Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015. `keras.optimizers.Adam` is not used because in a
replica context Keras 3 always sums the gradients over replicas once more, and Keras 2.15 by default; here the step sums
them once, itself, and `apply` only applies. All state lives in plain variables that the checkpoint names.
"""

from __future__ import annotations

import math

import tensorflow as tf

_EPSILON = 1e-8


class Adam:
    """Adam with bias correction; state `m`, `v` and `iterations`. Make it inside the strategy's scope.

    Args:
      variables: trainable variables by name.
      beta_1, beta_2: decays of the two moments.
    """

    def __init__(self, variables: dict[str, tf.Variable], beta_1: float, beta_2: float) -> None:
        self.variables = variables
        self._beta_1, self._beta_2 = beta_1, beta_2
        self.m = {name: tf.Variable(tf.zeros(v.shape), trainable=False) for name, v in variables.items()}
        self.v = {name: tf.Variable(tf.zeros(v.shape), trainable=False) for name, v in variables.items()}
        self.iterations = tf.Variable(
            0, dtype=tf.int64, trainable=False, aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA
        )

    def state(self) -> dict[str, tf.Variable]:
        """Everything a checkpoint must hold."""
        return {
            "iterations": self.iterations,
            **{f"m/{name}": m for name, m in self.m.items()},
            **{f"v/{name}": v for name, v in self.v.items()},
        }

    def apply(self, gradients: list[tf.Tensor], learning_rate: tf.Tensor, valid: tf.Tensor) -> None:
        """One update, in a replica context.

        Args:
          gradients: in the order of `variables`, the same on each replica (already summed).
          learning_rate: scalar float32.
          valid: scalar bool; False leaves variables and state as they are (NaN, or a float16 overflow).
        """
        self.iterations.assign_add(tf.cast(valid, tf.int64))
        count = tf.cast(tf.maximum(self.iterations, 1), tf.float32)
        one = tf.ones([])
        # With decays of 1, rate 0 and zero gradients the fused kernel changes nothing; a branch could not hold the
        # merge_call below.
        decays = [tf.where(valid, decay, one) for decay in (self._beta_1, self._beta_2)]
        powers = [tf.where(valid, tf.pow(decay, count), 0.0) for decay in (self._beta_1, self._beta_2)]
        rate = tf.where(valid, learning_rate, 0.0)
        gradients = [tf.where(valid, g, tf.zeros_like(g)) for g in gradients]

        def merged(strategy: tf.distribute.Strategy, *arguments: tf.Tensor) -> None:
            *local, rate, decay_1, decay_2, power_1, power_2 = arguments
            for (name, variable), gradient in zip(self.variables.items(), local, strict=True):
                scalars = (rate, decay_1, decay_2, power_1, power_2)
                strategy.extended.update(
                    variable, _update, args=(self.m[name], self.v[name], gradient, *scalars), group=False
                )

        tf.__internal__.distribute.interim.maybe_merge_call(
            merged, tf.distribute.get_strategy(), *gradients, rate, *decays, *powers
        )


def _update(
    variable: tf.Variable,
    m: tf.Variable,
    v: tf.Variable,
    gradient: tf.Tensor,
    rate: tf.Tensor,
    decay_1: tf.Tensor,
    decay_2: tf.Tensor,
    power_1: tf.Tensor,
    power_2: tf.Tensor,
) -> None:
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle, m=m.handle, v=v.handle, beta1_power=power_1, beta2_power=power_2, lr=rate,
        beta1=decay_1, beta2=decay_2, epsilon=_EPSILON, grad=gradient, use_locking=True,
    )  # fmt: skip


def learning_rate(peak: float, step: tf.Tensor, steps: int, warmup: int, final: float) -> tf.Tensor:
    """Linear warm-up to `peak`, then cosine decay to `final * peak` at the last step; constant when final is 1.

    Args:
      peak: learning rate.
      step: scalar integer, 0 for the first update.
      steps: of the whole run.
      warmup: steps of the warm-up, 0 for none.
      final: factor reached at the last step.
    """
    step = tf.cast(step, tf.float32)
    rate = tf.constant(peak, tf.float32)
    if final != 1.0:
        done = tf.clip_by_value((step - warmup) / max(steps - 1 - warmup, 1), 0.0, 1.0)
        rate *= final + (1.0 - final) * 0.5 * (1.0 + tf.cos(math.pi * done))
    if warmup:
        rate *= tf.minimum((step + 1.0) / warmup, 1.0)
    return rate


def clip_by_global_norm(gradients: list[tf.Tensor], norm: tf.Tensor, limit: float) -> list[tf.Tensor]:
    """Gradients scaled so that their global norm is at most `limit`; 0 is no limit."""
    if not limit:
        return gradients
    factor = tf.minimum(1.0, limit / (norm + 1e-12))
    return [g * factor for g in gradients]
