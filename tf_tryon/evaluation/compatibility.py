"""How well a model tells which garment belongs to a person, by the likelihood of its own codes.

    score(garment, person) = log p(z | the person's other garments),   z = the mean code of the garment

- **fill in the blank**: the person's own garment against three of other people: how often it scores best; by chance .25
  (Han et al., Learning Fashion Compatibility with Bidirectional LSTMs, ACM Multimedia 2017).
- **AUC**: how often it scores better than one of another person; by chance .5.

Every garment is encoded in this person's place: what encoder and prior see of pose and box is the person's own.
The erased box is the own garment's, which tells its size; that is the task's, and alike for all models.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import sampling
from tf_tryon.models.contract import Batch, Networks

CHOICES = 4
GROUP = 20  # people whose garments are each other's alternatives


def garment_scores(networks: Networks, people: Batch, garments: tf.Tensor) -> tf.Tensor:
    """Scores (B,) float32 in nats of `garments`, which stand for the batch's own at `networks.garment_key`."""
    batch = {**people, networks.garment_key: garments}
    codes = networks.posterior(batch).mean
    return networks.prior(batch, codes).log_density(codes, networks.config.model.latent_shared)


def choice_scores(
    networks: Networks, records: RecordSet, config: ConfigDict, garment: str, count: int = 500, split: str = "test"
) -> np.ndarray:
    """Scores (people, CHOICES) of each person's own garment, first, and of three other people's.

    Alternatives are the next people's of the same group of `GROUP`; a rest of fewer than CHOICES people has NaN. So two
    stages' scores of the same people can be added.
    """

    @tf.function(autograph=False, reduce_retracing=True)
    def scores(people: Batch) -> tf.Tensor:
        own = people[networks.garment_key]
        return tf.stack([garment_scores(networks, people, tf.roll(own, -k, axis=0)) for k in range(CHOICES)], axis=1)

    by_choice = []
    for _, people in sampling.people(records, split, garment, config, count, GROUP):
        size = len(people[keys.BOX])
        by_choice.append(scores(people).numpy() if size >= CHOICES else np.full((size, CHOICES), np.nan, np.float32))
    return np.concatenate(by_choice)


def fill_in_the_blank(scores: np.ndarray) -> np.ndarray:
    """(people, choices) -> (people,): 1 where the own garment scores best, shared where others score the same."""
    best = scores >= scores.max(axis=1, keepdims=True)
    right = best[:, 0] / best.sum(axis=1).clip(1)
    return np.where(np.isnan(scores).any(axis=1), np.nan, right)


def auc(scores: np.ndarray) -> np.ndarray:
    """(people, choices) -> (people,): share of the others that score less, ties half."""
    less = (scores[:, :1] > scores[:, 1:]) + 0.5 * (scores[:, :1] == scores[:, 1:])
    return np.where(np.isnan(scores).any(axis=1), np.nan, less.mean(axis=1))


def columns(scores: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Measures (people,) of each stage's scores, and of their sum if there are two."""
    parts = dict(scores)
    if len(parts) > 1:
        parts["both"] = np.sum(list(scores.values()), axis=0)
    columns_by_name = {}
    for name, values in parts.items():
        columns_by_name[f"{name}_fill_in_the_blank_of_{CHOICES}"] = fill_in_the_blank(values)
        columns_by_name[f"{name}_auc"] = auc(values)
    return columns_by_name
