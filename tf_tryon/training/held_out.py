"""The stage's loss on people who are not trained on: each garment in turn, nothing augmented, nothing updated.

Dresses, where they are trained on, are measured by themselves: `loss_dress` and its like stand beside the means over
people whose garments are no dresses, which so mean the same in every run.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.data.examples import target_weights
from tf_tryon.data.pipeline import evaluation_dataset
from tf_tryon.data.reading import read_through
from tf_tryon.data.records import RecordSet
from tf_tryon.data.usable import usable_if_any
from tf_tryon.models.contract import Batch
from tf_tryon.training import metric_names
from tf_tryon.training.objective import Objective
from tf_tryon.training.step import State

SPLIT = "test"


class HeldOut:
    """Measures the first people of the split "test". Make one for the whole run: its graph is traced once.

    Args:
      records: the data set.
      state: what is trained; its weights are taken as they are, not averaged.
      objective: of the stage. Its adversarial terms are left out: they compare with a discriminator that changes.
    """

    def __init__(self, records: RecordSet, state: State, objective: Objective) -> None:
        self._records, self._state, self._objective = records, state, objective
        self._names: list[str] = []
        self._whole: list[str] = []  # those that speak of everybody
        self._sums = tf.function(self._batch_sums, autograph=False, reduce_retracing=True)

    def measure(self, done: int) -> dict[str, float]:
        """Means over people of the loss and its terms after `done` steps, of `train.evaluate_people` a garment.

        Dresses have means of their own, where the split has any and they are trained on.
        """
        config = self._state.nets.config
        weights = zip(vocabulary.GARMENTS, target_weights(config), strict=True)
        garments = [garment for garment, weight in weights if weight]
        means = self._means([self._people(garment, done) for garment in garments])
        trained_on = config.data.dresses and "bottom" in garments
        if trained_on and len(usable_if_any(self._records, SPLIT, config, vocabulary.DRESS)):
            of_dresses = self._means([self._people(vocabulary.DRESS, done)])
            means |= {metric_names.of(name, vocabulary.DRESS): of_dresses[name] for name in self._whole}
        return means

    def _people(self, garment: str, done: int) -> np.ndarray:
        """`_batch_sums` of all people of one garment, (2 M,)."""
        config = self._state.nets.config
        wanted, size = config.train.evaluate_people, config.train.batch_size // config.train.accumulate
        total, seen = np.zeros(1), 0
        for batch in read_through(evaluation_dataset(self._records, SPLIT, garment, config, size)):
            people = {key: value[: wanted - seen] for key, value in batch.items() if key != keys.ID}
            total = total + self._sums(people, tf.constant(done, tf.int64)).numpy()
            seen += len(people[keys.BOX])
            if seen >= wanted:
                break
        return total

    def _means(self, sums_of_garments: list[np.ndarray]) -> dict[str, float]:
        sums, counts = np.sum(sums_of_garments, axis=0).reshape(2, -1)
        means = zip(self._names, sums, counts, strict=True)
        return {name: float(value / count) for name, value, count in means if count}

    def _batch_sums(self, batch: Batch, step: tf.Tensor) -> tf.Tensor:
        """Sums of all terms, then how many examples each has: (2 M,)."""
        moving = self._state.nets.spectral_state()  # tensorflow-addons' layers change theirs in each training call
        before = [tf.identity(variable) for variable in moving]
        terms, _ = self._objective(self._state.nets, batch, self._state.kl_weight, step, False)
        values = {metric_names.LOSS: terms.total(), **terms.terms}
        self._names, self._whole = list(values), [name for name in values if name not in terms.subset]
        counted = [terms.subset.get(name, tf.ones_like(value)) for name, value in values.items()]
        sums = [tf.reduce_sum(value * own) for value, own in zip(values.values(), counted, strict=True)]
        with tf.control_dependencies(sums):
            for variable, old in zip(moving, before, strict=True):
                variable.assign(old)
        return tf.stack([*sums, *map(tf.reduce_sum, counted)])
