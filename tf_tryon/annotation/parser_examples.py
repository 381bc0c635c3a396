"""The parsing network's training examples: people of several data sets, randomised in the tf.data graph.

Each batch has so many people of each data set. An example is a function of (seed, step, place in the batch), so a run
that resumes sees what it would have seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.draws import Draws
from tf_tryon.annotation.parser_canvas import on_canvas
from tf_tryon.annotation.parser_inputs import network_inputs
from tf_tryon.annotation.parser_people import is_synthetic, trained_on
from tf_tryon.annotation.random_colour import recolour_people
from tf_tryon.annotation.random_place import place_people
from tf_tryon.annotation.random_scene import background, camera, light, mask_like_a_segmenters, occlude
from tf_tryon.data.mapping import mapped
from tf_tryon.data.reading import raw_records
from tf_tryon.data.record_parts import decode_picture, parts_of
from tf_tryon.data.records import RecordSet
from tf_tryon.data.vocabulary import CIHP20

_FEATURES: Final = {
    "photo": tf.io.FixedLenFeature((), tf.string),
    "parsing": tf.io.FixedLenFeature((), tf.string),
    "keypoints": tf.io.FixedLenFeature((18, 3), tf.float32),
}
_SURROUNDINGS: Final = 1.3  # of the annotator's crop: what is seen around it when people are moved
_FINER: Final = 1.15  # than the network's input, so that enlarging them loses little
_RARE: Final = (CIHP20.labels.index("hat"),)  # what few wear
_HELD: Final = CIHP20.labels.index("glove")  # gloves, and the bags of some data sets


def training_examples(sets: list[RecordSet], config: ConfigDict, first_step: int = 0) -> tf.data.Dataset:
    """Endless batches ((picture, pose), labels (B, H, W) int32 of CIHP-20) of the splits "train".

    Args:
      sets: `config.train.batch` says how many people of each are in a batch.
      config: the whole.
      first_step: to begin with.
    """
    parts = [
        _people(records, i, number, config, first_step)
        for i, (records, number) in enumerate(zip(sets, config.train.batch, strict=True))
    ]
    return mapped(tf.data.Dataset.zip(tuple(parts)), _joined).prefetch(2)


def _people(records: RecordSet, place: int, batch: int, config: ConfigDict, first_step: int) -> tf.data.Dataset:
    """Batches of one data set."""
    config = config.copy_and_resolve_references()
    synthetic = is_synthetic(records)
    if not synthetic:
        config.randomise.update(config.photos)
    numbers = trained_on(records, config)
    members = tf.constant(list(numbers) if synthetic else _with_repeats(records, numbers, config.train.rare))
    count, seed, canvas = len(members), config.train.seed, _canvas(config)

    def number(i: tf.Tensor) -> tf.Tensor:
        key = tf.cast(tf.stack([tf.constant(seed + place, tf.int64), i // count]), tf.int32)
        return tf.cast(members[tf.random.experimental.index_shuffle(i % count, key, count - 1)], tf.int64)

    chosen = mapped(tf.data.Dataset.range(first_step * batch, tf.int64.max), number)
    people = mapped(raw_records(records, chosen), lambda r: on_canvas(parse(r), canvas, _SURROUNDINGS))
    steps = tf.data.Dataset.counter(first_step)
    key = tf.constant(seed * 64 + place, tf.int64)
    return mapped(
        tf.data.Dataset.zip(people.batch(batch, drop_remainder=True), steps),
        lambda person, step: randomised(person, tf.stack([key, step]), config),
    )


def _canvas(config: ConfigDict) -> tuple[int, int]:
    factor = _SURROUNDINGS * _FINER
    return round(config.model.height * factor), round(config.model.width * factor)


def _with_repeats(records: RecordSet, numbers: range, repeats: int) -> list[int]:
    """Record numbers, those of people with something rare several times."""
    repeated = []
    for i in numbers:
        parts = parts_of(records.read(i), records.place(i))
        labels = decode_picture(parts.parsing, parts.size, "L", "parsing", records.place(i))
        repeated += [i] * (repeats if np.isin(labels, _RARE).any() else 1)
    return repeated


def _joined(*parts: tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor]) -> tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor]:
    inputs, labels = zip(*parts, strict=True)
    pictures, poses = zip(*inputs, strict=True)
    return (tf.concat(pictures, axis=0), tf.concat(poses, axis=0)), tf.concat(labels, axis=0)


def parse(record: tf.Tensor) -> dict[str, tf.Tensor]:
    """One record: photo (h, w, 3) uint8, labels (h, w) int32 of CIHP-20, keypoints (18, 3)."""
    features = tf.io.parse_single_example(record, _FEATURES)
    photo = tf.io.decode_image(features["photo"], 3, expand_animations=False)
    labels = tf.io.decode_png(features["parsing"], 1)[..., 0]
    return {"photo": photo, "labels": tf.cast(labels, tf.int32), "keypoints": features["keypoints"]}


def randomised(
    people: dict[str, tf.Tensor], seed: tf.Tensor, config: ConfigDict
) -> tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor]:
    """A batch of people on `on_canvas`'s canvas -> (inputs, labels), randomised by a seed (2,) int64."""
    draws, randomise, size = Draws(seed), config.randomise, (config.model.height, config.model.width)
    unit = size[0] * _SURROUNDINGS / people["labels"].shape[1]
    people = place_people(people, draws, randomise, size, unit)
    photo, labels, batch = people["photo"], people["labels"], people["labels"].shape[0]
    photo = recolour_people(photo, labels, draws, randomise)
    photo = background(photo, labels, draws, randomise)
    whole = labels
    photo, labels, covered = occlude(photo, labels, draws, randomise)
    photo = camera(light(photo, draws), draws, randomise)
    # A segmenter takes what is held for a part of the person as often as not.
    masked = tf.where(draws.chance((batch, 1, 1), 0.5) & (covered | (whole == _HELD)), 0, whole)
    mask = mask_like_a_segmenters(masked, draws)
    has_mask = ~draws.chance((batch,), randomise.no_mask)
    points = _shaken(people["keypoints"], draws, randomise, size[0])
    return network_inputs(photo, mask, has_mask, points, config.model.keypoint_radius), labels


def _shaken(points: tf.Tensor, draws: Draws, randomise: ConfigDict, height: int) -> tf.Tensor:
    batch = points.shape[0]
    kept = ~(draws.chance((batch, 1), randomise.no_pose) | draws.chance((batch, 18), randomise.no_point))
    moved = points[..., :2] + draws.normal((batch, 18, 2)) * (randomise.jitter * height)
    confidence = points[..., 2:] * tf.cast(kept, tf.float32)[..., None]
    return tf.concat([moved, confidence], axis=-1)
