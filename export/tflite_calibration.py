"""The people from whom the ranges of a quantised file are read: real records, as many for each garment."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tf_tryon.data.boxes import MIN_AREA
from tf_tryon.data.person import Person
from tf_tryon.data.person_crop import PersonCrop
from tf_tryon.data.records import RecordSet
from tf_tryon.data.vocabulary import GARMENT_CLASSES
from tf_tryon.errors import TryOnError
from tf_tryon.export.phone_inputs import Contract, Inputs, build, lay
from tf_tryon.inference.request import check_wears
from tf_tryon.models.contract import Networks


def people(records: RecordSet, split: str, contract: Contract, count: int, seed: int) -> list[tuple[Person, str]]:
    """`count` people of a split with the garment to erase of each, the garments in turn; fewer if there are no more.

    Drawn without reading the whole split, and writing nothing beside it. A person counts who shows the garment, and at
    least one other for context.
    """
    chosen: list[tuple[Person, str]] = []
    numbers = np.random.default_rng(seed).permutation(np.array(records.split(split)))
    for number in numbers:
        if len(chosen) == count:
            break
        person = Person.of(records, int(number))
        garment = contract.garments[len(chosen) % len(contract.garments)]
        person = PersonCrop.around(person.labels, contract.height, contract.width, person.id).person(person)
        shown = sum((person.labels == label).mean() >= MIN_AREA for label in GARMENT_CLASSES)
        try:
            check_wears(person, garment)
        except TryOnError:
            continue
        if shown > 1:
            chosen.append((person, garment))
    if not chosen:
        raise TryOnError(
            f"{records.directory}: nobody in split {split!r} wears {' or '.join(contract.garments)} and another garment"
        )
    return chosen


def draws(
    networks: Networks, chosen: list[tuple[Person, str]], means: np.ndarray, contract: Contract, seed: int
) -> list[tuple[Inputs, np.ndarray]]:
    """Each person's inputs and codes (cells, channels) drawn from the float networks' prior, in true units."""
    encoder = networks.context_encoder
    sample = tf.function(lambda context, noise: networks.share(encoder.sample(context, noise)), autograph=False)
    noise = np.random.default_rng(seed).standard_normal((len(chosen), 1, *contract.grid), np.float32)
    drawn = []
    for (person, garment), own in zip(chosen, noise, strict=True):
        inputs = build(person, garment, means, contract)
        codes = sample(tf.constant(inputs.context[None]), tf.constant(own)).numpy()
        drawn.append((inputs, codes.reshape(contract.cells, -1)))
    return drawn


def laid(inputs: Inputs, codes: np.ndarray, scale: np.ndarray, contract: Contract) -> dict[str, np.ndarray]:
    """What `generate` takes, batch of 1."""
    return {"given": inputs.given[None], "codes": lay(np.clip(codes / scale, -1, 1), inputs, contract)[None]}
