"""beta, the weight of the KL, and its schedules.

beta is in ELBO units. The losses are means over pixels, so the KL, in nats per person, is divided by the pixels:

    total = reconstruction mean over pixels + beta * KL / pixels

which for the shape stage is (summed cross-entropy + beta * KL) / pixels, an ELBO at beta = 1. In the texture stage
the reconstruction is ``config.loss.appearance * L_app``, which is no log-likelihood: there beta = 1 only means the same
cost of a nat, and the KL target is the setting that carries over.

Schedules: constant; annealed (linear from 0 over kl_anneal_steps); free_bits (a person's KL below kl_free_nats costs
nothing); target: a controller steers beta until the mean KL is kl_target_nats (docs/method.md, section 11):

    KL_ema <- .9 KL_ema + .1 KL,     beta <- beta * 1.02 ** clip(3 ln(KL_ema / target), -1, 1)
"""

from __future__ import annotations

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.training.checkpoints import local_value

_EMA, _RATE, _GAIN = 0.9, 1.02, 3.0


class KLWeight:
    """beta as a function of the step, or of the KL seen so far. Make it inside the strategy's scope."""

    def __init__(self, config: ConfigDict) -> None:
        self._loss = config.loss
        self._steered = config.loss.kl_schedule == "target" and config.train.networks == "all"
        self._pixels = configuration.elbo_weights(config)
        first = tf.VariableAggregation.ONLY_FIRST_REPLICA
        self._beta = tf.Variable(float(config.loss.beta), trainable=False, aggregation=first)
        self._ema = tf.Variable(-1.0, trainable=False, aggregation=first)  # negative: nothing seen yet

    def state(self) -> dict[str, tf.Variable]:
        """Everything a checkpoint must hold."""
        return {"beta": self._beta, "kl_ema": self._ema}

    @property
    def steered(self) -> float | None:
        """What beta was steered to, here or in the run that this one began from; None where nothing steers it."""
        return float(local_value(self._beta)) if self._loss.kl_schedule == "target" else None

    def go_on(self, beta: float, pixels: int) -> float:
        """Begin with the beta that a run with pictures of so many pixels came to; returns it for this run's.

        A nat costs beta / pixels beside means over pixels, which are much the same in pictures of any size: the cost is
        what was steered, and it stays.
        """
        beta *= self._pixels / pixels
        self._beta.assign(beta)
        return beta

    def beta(self, step: tf.Tensor) -> tf.Tensor:
        """beta of this step, scalar float32."""
        beta = tf.convert_to_tensor(self._beta)
        if self._loss.kl_schedule == "annealed":
            beta *= tf.minimum((tf.cast(step, tf.float32) + 1.0) / max(self._loss.kl_anneal_steps, 1), 1.0)
        return beta

    def weight(self, step: tf.Tensor) -> tf.Tensor:
        """What a nat costs: beta / pixels."""
        return self.beta(step) / self._pixels

    def cost(self, nats: tf.Tensor) -> tf.Tensor:
        """The part of each person's KL that is paid for, (B,)."""
        if self._loss.kl_schedule == "free_bits":
            return tf.nn.relu(nats - self._loss.kl_free_nats)
        return nats

    def observe(self, nats: tf.Tensor, valid: tf.Tensor) -> None:
        """Tell the controller the mean KL of the global batch (scalar), in a replica context."""
        if not self._steered:
            return
        ema = tf.where(self._ema < 0.0, nats, _EMA * self._ema + (1.0 - _EMA) * nats)
        error = tf.math.log(tf.maximum(ema, 1e-6) / self._loss.kl_target_nats)
        factor = tf.pow(_RATE, tf.clip_by_value(_GAIN * error, -1.0, 1.0))
        self._beta.assign(tf.where(valid, self._beta * factor, self._beta))
        self._ema.assign(tf.where(valid, ema, self._ema))
