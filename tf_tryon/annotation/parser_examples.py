"""The parsing network's training examples: Studio people, randomised in the tf.data graph.

An example is a function of (seed, step, place in the batch), so a run that resumes sees what it would have seen.
"""

from __future__ import annotations

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.draws import Draws
from tf_tryon.annotation.parser_inputs import network_inputs
from tf_tryon.annotation.random_colour import recolour_people
from tf_tryon.annotation.random_place import place_people
from tf_tryon.annotation.random_scene import background, camera, light, mask_like_a_segmenters, occlude
from tf_tryon.data.reading import raw_records
from tf_tryon.data.records import RecordSet

_FEATURES = {
    "photo": tf.io.FixedLenFeature((), tf.string),
    "parsing": tf.io.FixedLenFeature((), tf.string),
    "keypoints": tf.io.FixedLenFeature((18, 3), tf.float32),
}


def training_examples(records: RecordSet, config: ConfigDict, first_step: int = 0) -> tf.data.Dataset:
    """Endless batches (inputs (B, S, S, 22) float32, labels (B, S, S) int32, CIHP-20) of the split "train"."""
    members, batch, seed = records.split("train"), config.train.batch_size, config.train.seed

    def number(i: tf.Tensor) -> tf.Tensor:
        epoch, place = i // len(members), i % len(members)
        key = tf.stack([tf.cast(seed, tf.int64), epoch])
        return members.start + tf.random.experimental.index_shuffle(place, tf.cast(key, tf.int32), len(members) - 1)

    numbers = tf.data.Dataset.range(first_step * batch, tf.int64.max).map(number)
    people = raw_records(records, numbers).map(lambda r: parse(r, records.size)).batch(batch, drop_remainder=True)
    steps = tf.data.Dataset.counter(first_step)
    return (
        tf.data.Dataset.zip(people, steps)
        .map(lambda person, step: randomised(person, tf.stack([tf.cast(seed, tf.int64), step]), config))
        .prefetch(2)
    )


def parse(record: tf.Tensor, size: tuple[int, int]) -> dict[str, tf.Tensor]:
    """One record: photo (H, W, 3) float32 in [0, 1], labels (H, W) int32 of CIHP-20, keypoints (18, 3)."""
    features = tf.io.parse_single_example(record, _FEATURES)
    photo = tf.ensure_shape(tf.io.decode_image(features["photo"], 3, expand_animations=False), (*size, 3))
    labels = tf.ensure_shape(tf.io.decode_png(features["parsing"], 1), (*size, 1))[..., 0]
    return {
        "photo": tf.cast(photo, tf.float32) / 255,
        "labels": tf.cast(labels, tf.int32),
        "keypoints": features["keypoints"],
    }


def randomised(people: dict[str, tf.Tensor], seed: tf.Tensor, config: ConfigDict) -> tuple[tf.Tensor, tf.Tensor]:
    """A batch of people -> (inputs, labels), randomised by a seed (2,) int64."""
    draws, randomise, size = Draws(seed), config.randomise, config.model.size
    people = place_people(people, draws, randomise, size)
    photo, labels, batch = people["photo"], people["labels"], people["labels"].shape[0]
    photo = recolour_people(photo, labels, draws, randomise)
    photo = background(photo, labels, draws, randomise)
    whole = labels
    photo, labels, covered = occlude(photo, labels, draws, randomise)
    photo = camera(light(photo, draws), draws, randomise)
    # A segmenter takes what is held for a part of the person as often as not.
    masked = tf.where(draws.chance((batch, 1, 1), 0.5) & covered, 0, whole)
    mask = mask_like_a_segmenters(masked, draws)
    has_mask = ~draws.chance((batch,), randomise.no_mask)
    points = _shaken(people["keypoints"], draws, randomise, size)
    return network_inputs(photo, mask, has_mask, points, config.model.keypoint_radius), labels


def _shaken(points: tf.Tensor, draws: Draws, randomise: ConfigDict, size: int) -> tf.Tensor:
    batch = points.shape[0]
    kept = ~(draws.chance((batch, 1), randomise.no_pose) | draws.chance((batch, 18), randomise.no_point))
    moved = points[..., :2] + draws.normal((batch, 18, 2)) * (randomise.jitter * size)
    confidence = points[..., 2:] * tf.cast(kept, tf.float32)[..., None]
    return tf.concat([moved, confidence], axis=-1)
