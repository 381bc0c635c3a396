"""One update of all networks, compiled once.

Per-example losses are summed over the local batch and divided by the *global* batch size, and gradients are summed over
replicas exactly once, here; so N replicas make the update that one with the whole batch makes. A step whose terms or
gradients are not finite changes no weight and no state but float16's loss scale, which answers an overflow; its metrics
show it, and the loop stops the run.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.models.contract import Batch, Networks, each
from tf_tryon.models.model_set import learning_part
from tf_tryon.training import metric_names
from tf_tryon.training.checkpoints import CAME_TRAINED
from tf_tryon.training.ema import Ema
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.loss_scale import LossScale
from tf_tryon.training.objective import Objective
from tf_tryon.training.optimizer import Adam, clip_by_global_norm, learning_rate
from tf_tryon.training.variables import named_variables, network_variables, trainable


@dataclasses.dataclass
class State:
    """All that a training step changes. Make it inside the strategy's scope."""

    nets: Networks
    optimizer: Adam
    discriminator_optimizer: Adam | None
    ema: Ema | None
    kl_weight: KLWeight
    loss_scale: LossScale | None
    constants: dict[str, tf.Variable] = dataclasses.field(default_factory=dict)  # set once, before the first step
    came_trained: tf.Variable | None = None  # 1: the discriminator had learned in the run that this one began from

    @classmethod
    def create(cls, nets: Networks, constants: dict[str, tf.Variable] | None = None) -> State:
        """Fresh state around networks; `constants` are variables that checkpoints hold as well."""
        train, part = nets.config.train, learning_part(nets.config)
        learning = trainable(network_variables(nets, discriminator=False))
        own = {name: variable for name, variable in learning.items() if name.startswith(part)}
        second = None
        if not part and nets.discriminator is not None:
            judged = trainable(named_variables(nets.discriminator, "discriminator"))
            second = Adam(judged, train.beta_1, train.beta_2)
        return cls(
            nets,
            Adam(own, train.beta_1, train.beta_2),
            second,
            Ema(own, train.ema) if train.ema else None,
            KLWeight(nets.config),
            LossScale() if train.precision == "mixed_float16" else None,
            constants or {},
            None if nets.discriminator is None else tf.Variable(0, dtype=tf.int64, trainable=False),
        )

    def variables(self) -> dict[str, tf.Variable]:
        """Everything a checkpoint must hold, by name."""
        parts = {"model": network_variables(self.nets), "optimizer": self.optimizer.state()}
        if self.discriminator_optimizer is not None:
            parts["discriminator_optimizer"] = self.discriminator_optimizer.state()
        if self.ema is not None:
            parts["ema"] = self.ema.averages
        parts["constants"] = self.constants
        parts["kl_weight"] = self.kl_weight.state()
        if self.loss_scale is not None:
            parts["loss_scale"] = self.loss_scale.state()
        named = {f"{part}/{name}": variable for part, names in parts.items() for name, variable in names.items()}
        return named if self.came_trained is None else {**named, CAME_TRAINED: self.came_trained}


class TrainingStep:
    """`step(batch, number) -> metrics`, a float32 vector that `read` explains, the same on each replica.

    Args:
      state: what is trained.
      objective: of the stage.
      strategy: whose scope `state` was made in.
    """

    def __init__(self, state: State, objective: Objective, strategy: tf.distribute.Strategy) -> None:
        self.state, self._objective, self._strategy = state, objective, strategy
        self._config = state.nets.config
        train = self._config.train
        parts = strategy.num_replicas_in_sync * train.accumulate
        if train.batch_size % parts:
            raise ValueError(
                f"config.train.batch_size = {train.batch_size} can't be divided into {strategy.num_replicas_in_sync} "
                f"replicas x {train.accumulate} micro-batches: choose a multiple of {parts}"
            )
        if self._config.model.family == "bicyclegan" and train.batch_size // parts % 2:
            raise ValueError(
                f"config.train.batch_size = {train.batch_size} / {parts} = {train.batch_size // parts}: bicyclegan "
                f"encodes half of each part, so it must be even: choose a multiple of {2 * parts}"
            )
        if self._config.model.spectral_norm == "addons" and strategy.num_replicas_in_sync > 1:
            raise ValueError(
                "spectral_norm = 'addons' overwrites its kernels, which several replicas can't do together; "
                "train on one device, or choose 'native'"
            )
        self._micro_batch = train.batch_size // parts
        self._names: dict[bool, tuple[list[str], list[str]]] = {}
        self._compiled = {
            gan: tf.function(
                self._distributed(gan), jit_compile=train.jit or None, autograph=False, reduce_retracing=True
            )
            for gan in (False, True)
        }

    def adversarial(self, number: int) -> bool:
        """Whether the GAN terms take part in step `number`."""
        return self.state.discriminator_optimizer is not None and number >= self._config.loss.adversarial_start

    def read(self, number: int, metrics: np.ndarray) -> dict[str, tuple[float, float]]:
        """Step `number`'s metrics by name: (sum, how many examples) of terms, (value, 1) of anything else."""
        names, extra = self._names[self.adversarial(number)]
        count = len(names)
        sums = {name: (float(metrics[i]), float(metrics[count + i])) for i, name in enumerate(names)}
        return sums | {name: (float(metrics[2 * count + i]), 1.0) for i, name in enumerate(extra)}

    def __call__(self, batch: Batch, number: int, requests: Sequence[float] = (0.0, 0.0)) -> tf.Tensor:
        """Update once.

        Args:
          batch: the local part of the global batch, as the strategy distributes it.
          number: of the step, 0 first.
          requests: numbers to be summed over all workers; the metrics' last entries.
        """
        known = {key: value for key, value in batch.items() if key != keys.ID}  # XLA knows no strings
        compiled = self._compiled[self.adversarial(number)]
        metrics = compiled(known, tf.constant(number, tf.int64), tf.constant(requests, tf.float32))
        return self._strategy.experimental_local_results(metrics)[0]

    def _distributed(self, gan: bool) -> Callable[..., tf.Tensor]:
        def run(batch: Batch, number: tf.Tensor, requests: tf.Tensor) -> tf.Tensor:
            return self._strategy.run(self._replica, args=(batch, number, requests, gan))

        return run

    def _replica(self, batch: Batch, number: tf.Tensor, requests: tf.Tensor, gan: bool) -> tf.Tensor:
        state, train = self.state, self._config.train
        moving = state.nets.spectral_state()
        before = [tf.identity(variable) for variable in moving]
        state.nets.update_spectral_norms()
        own = list(state.optimizer.variables.values())
        judge = state.discriminator_optimizer if gan else None
        judged = [] if judge is None else list(judge.variables.values())
        gradients: Any = None
        sums: Any = None
        names: list[str] = []
        for index in range(train.accumulate):
            rows = slice(index * self._micro_batch, (index + 1) * self._micro_batch)
            part = each(batch, operator.itemgetter(rows))
            if gradients is not None:  # one after the other: side by side they would need all the memory at once
                with tf.control_dependencies(gradients):
                    part = each(part, tf.identity)
            of_losses, values, names = self._gradients(part, number, gan, own, judged)
            gradients = of_losses if gradients is None else [a + b for a, b in zip(gradients, of_losses, strict=True)]
            sums = values if sums is None else sums + values
        requests = tf.identity(requests)  # a tensor of this replica's device, which an argument is not
        reduced = tf.distribute.get_replica_context().all_reduce(
            tf.distribute.ReduceOp.SUM, [*gradients, sums, requests]
        )
        *gradients, sums, requests = reduced
        if state.loss_scale is not None:
            gradients = [g / state.loss_scale.value for g in gradients]
        first, second = gradients[: len(own)], gradients[len(own) :]
        norms = {metric_names.GRADIENT_NORM: tf.linalg.global_norm(first)}
        if gan:
            norms[metric_names.DISCRIMINATOR_GRADIENT_NORM] = tf.linalg.global_norm(second)
        stacked_norms = tf.stack(list(norms.values()))
        valid = tf.reduce_all(tf.math.is_finite(sums)) & tf.reduce_all(tf.math.is_finite(stacked_norms))

        beta = state.kl_weight.beta(number)
        nats = names.index(self._objective.kl)
        state.kl_weight.observe(sums[0, nats] / sums[1, nats], valid)
        rate = self._rate(train.learning_rate, number)
        first = clip_by_global_norm(first, norms[metric_names.GRADIENT_NORM], train.clip_norm)
        state.optimizer.apply(first, rate, valid)
        if judge is not None:
            judge.apply(second, self._rate(train.discriminator_learning_rate, number), valid)
        for variable, old in zip(moving, before, strict=True):
            variable.assign(tf.where(valid, variable, old))
        if state.ema is not None:
            state.ema.update(number, valid)
        extra = {metric_names.BETA: beta, metric_names.LEARNING_RATE: rate}
        if state.loss_scale is not None:
            extra[metric_names.LOSS_SCALE] = state.loss_scale.update(valid)
        self._names[gan] = names, [*norms, *extra]
        return tf.concat([sums[0], sums[1], stacked_norms, tf.stack(list(extra.values())), requests], axis=0)

    def _gradients(
        self, batch: Batch, number: tf.Tensor, gan: bool, own: list[tf.Variable], judged: list[tf.Variable]
    ) -> tuple[list[tf.Tensor], tf.Tensor, list[str]]:
        """Gradients, and for each metric the sum over examples and their number, (2, M)."""
        state, whole = self.state, self._config.train.batch_size
        with tf.GradientTape(persistent=gan) as tape:
            own_terms, judgement = self._objective(state.nets, batch, state.kl_weight, number, gan)
            losses = {metric_names.LOSS: own_terms.total()}
            if judgement is not None:
                losses[metric_names.DISCRIMINATOR_LOSS] = judgement.total()
            scaled = {name: tf.reduce_sum(loss) / whole for name, loss in losses.items()}
            if state.loss_scale is not None:
                scaled = {name: loss * state.loss_scale.value for name, loss in scaled.items()}
        gradients = tape.gradient(scaled[metric_names.LOSS], own)
        if judgement is not None:
            gradients = gradients + tape.gradient(scaled[metric_names.DISCRIMINATOR_LOSS], judged)
        for variable, gradient in zip([*own, *judged], gradients, strict=True):
            if gradient is None:
                raise ValueError(f"the loss does not depend on {variable.name}: a block is built that never runs")
        terms, subsets = {**losses, **own_terms.terms}, dict(own_terms.subset)
        if judgement is not None:
            terms.update(judgement.terms)
        sums, counts = [], []
        for name, term in terms.items():
            subset = subsets.get(name, tf.ones_like(term))
            sums.append(tf.reduce_sum(term * subset))
            counts.append(tf.reduce_sum(subset))
        return gradients, tf.stack([tf.stack(sums), tf.stack(counts)]), list(terms)

    def _rate(self, peak: float, number: tf.Tensor) -> tf.Tensor:
        train = self._config.train
        return learning_rate(peak, number, train.steps, train.warmup_steps, train.final_learning_rate)
