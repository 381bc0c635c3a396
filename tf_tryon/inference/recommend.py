"""Which garments of a catalogue go with what a person wears: ranked by the compatibility prior.

    score(garment, person) = log p(z_s | x_c) + log p(z_a | x_c)

z_s and z_a are the mean codes of the garment, encoded in this person's place; x_c are the person's other garments.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import worn_targets
from tf_tryon.inference.request import check_garment, check_wears
from tf_tryon.inference.stage import Stage, repeat
from tf_tryon.inference.tryon import TryOn
from tf_tryon.models.contract import Batch

_CHUNK = 16  # garments that go through the nets at once


@dataclasses.dataclass(frozen=True)
class Ranked:
    """A garment of the catalogue.

    Attributes:
      person: who wears it there.
      score: log-likelihood of its codes in nats, all stages together.
      scores: by stage.
    """

    person: Person
    score: float
    scores: dict[str, float]


def recommend(model: TryOn, person: Person, garment: str, catalogue: Sequence[Person]) -> list[Ranked]:
    """The catalogue, best first.

    Args:
      model: whose prior judges.
      person: whose `garment` is to be replaced; must wear one, since its box tells where.
      garment: slot.
      catalogue: people who wear such a garment (`people_wearing` finds them).

    Raises:
      TryOnError: a person doesn't wear the garment, or the model doesn't know it.
    """
    check_garment(garment, model.garments)
    for one in (person, *catalogue):
        check_wears(one, garment)
    stages = [stage for stage in (model.shape, model.texture) if stage is not None]
    own = {stage.config.stage: stage.batch(person, garment) for stage in stages}
    entries: list[Ranked] = []
    for start in range(0, len(catalogue), _CHUNK):
        part = catalogue[start : start + _CHUNK]
        by_stage = {stage.config.stage: _scores(stage, own[stage.config.stage], part, garment) for stage in stages}
        for i, other in enumerate(part):
            scores = {name: float(values[i]) for name, values in by_stage.items()}
            entries.append(Ranked(other, sum(scores.values()), scores))
    return sorted(entries, key=lambda ranked: -ranked.score)


def people_wearing(people: Iterator[Person], garment: str) -> Iterator[Person]:
    """Those of whom `complete` takes the garment as `like`: no speck of it, and a dress is no bottom."""
    return (person for person in people if garment in worn_targets(person.labels, person.dress))


def _scores(stage: Stage, own: Batch, others: Sequence[Person], garment: str) -> np.ndarray:
    """(n,) nats; always _CHUNK rows go through, so that one graph serves all."""
    index = np.minimum(np.arange(_CHUNK), len(others) - 1)
    key = stage.networks.garment_key
    batch = {**repeat(own, _CHUNK), key: tf.gather(stage.batch_of(list(others), garment)[key], index)}
    return stage.log_prior(batch, stage.encode(batch))[: len(others)]
