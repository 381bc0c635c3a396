"""Batches from records.

Training is random access: example i of step s has the global index s * batch + i; each epoch permutes the usable
people by `index_shuffle`, and what is drawn for an example (augmentation, target, noise) follows from the seed and
its global index. So a run resumes at any step at no cost, and N workers see together the batch that one would.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.data import augment, examples, view, vocabulary
from tf_tryon.data.mapping import mapped
from tf_tryon.data.mean_garments import mean_garments
from tf_tryon.data.reading import raw_records, read_through
from tf_tryon.data.records import RecordSet, parse
from tf_tryon.data.usable import usable
from tf_tryon.geometry import crop

# Streams of the seed.
_ORDER, _DRAWS, _NOISE = range(3)


def training_dataset(
    records: RecordSet,
    config: ConfigDict,
    start_step: int = 0,
    global_batch: int | None = None,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Endless batches of the split "train", from `start_step` on.

    Args:
      records: the data set.
      config: the run's; `config.seed` decides everything random.
      start_step: the first step.
      global_batch: examples a step over all replicas; None: config.train.batch_size.
      input_context: of `strategy.distribute_datasets_from_function`; batches are then one replica's part.

    Raises:
      ValueError: the pictures' aspect differs from the config's, nobody is usable, or the batch can't be divided.
    """
    _check_aspect(records, config)
    batch = config.train.batch_size if global_batch is None else global_batch
    numbers = usable(records, "train", config)
    mean_tensor = tf.constant(mean_garments(records, config))
    pipelines, pipeline, per_replica = 1, 0, batch
    if input_context is not None:
        pipelines, pipeline = input_context.num_input_pipelines, input_context.input_pipeline_id
        per_replica = input_context.get_per_replica_batch_size(batch)
    if batch % pipelines:
        raise ValueError(f"a batch of {batch} can't be divided among {pipelines} workers: choose a multiple")
    local = batch // pipelines

    def global_index(position: tf.Tensor) -> tf.Tensor:
        return position // local * batch + pipeline * local + position % local

    def person(index: tf.Tensor) -> tf.Tensor:
        epoch, place = index // len(numbers), index % len(numbers)
        seed = tf.cast(_seed(config, _ORDER, epoch), tf.uint32)
        place = tf.random.experimental.index_shuffle(place, seed, len(numbers) - 1)
        return tf.gather(tf.constant(numbers), place)

    augmentation, around_garment = config.data.augment, config.data.crop == crop.GARMENT

    def seen(record: tf.Tensor, index: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
        draws = tf.random.stateless_uniform((augment.DRAWS + 1,), _seed(config, _DRAWS, index))
        person = parse(record, *(records.size or (None, None)))
        if not around_garment:
            target = tf.constant(0)  # what is erased is chosen once augmentation has moved the person
            return view.of_person(person, target, config, records.size is not None), draws, _noise(config, index)
        one = augment.before_crop(view.batched(person), draws[tf.newaxis], augmentation)
        target, _ = examples.choose_target(one["labels"], one["dress"], draws[-1:], config)
        shift, scale = augment.jitter(draws[tf.newaxis], augmentation)
        moved = {name: value[0] for name, value in one.items()}
        person_view = view.of_person(moved, target[0], config, jitter=((shift[0, 0], shift[0, 1]), scale[0]))
        return {**person_view, "target": target[0]}, draws, _noise(config, index)

    def batched(people: dict[str, tf.Tensor], draws: tf.Tensor, noise: tf.Tensor) -> dict[str, tf.Tensor]:
        if around_garment:
            return examples.derive(people, people["target"], noise, mean_tensor, config)
        moved = augment.augment(people, draws, augmentation)
        target, has_target = examples.choose_target(moved["labels"], moved["dress"], draws[:, -1], config)
        if augmentation.translate or augmentation.scale or augmentation.rotate:
            # Where moving has pushed every wanted garment out of the picture, the person stays as photographed.
            kept = {key: augment.choose(has_target, moved[key], people[key]) for key in people}
            still, _ = examples.choose_target(kept["labels"], kept["dress"], draws[:, -1], config)
            moved, target = kept, tf.where(has_target, target, still)
        return examples.derive(moved, target, noise, mean_tensor, config)

    positions = tf.data.Dataset.range(start_step * local, np.iinfo(np.int64).max)
    indices = mapped(positions, global_index)
    dataset = tf.data.Dataset.zip((raw_records(records, mapped(indices, person)), indices))
    dataset = mapped(dataset, seen, parallel=True).batch(per_replica, drop_remainder=True)
    return _finish(mapped(dataset, batched, parallel=True))


def evaluation_dataset(records: RecordSet, split: str, garment: str, config: ConfigDict, batch: int) -> tf.data.Dataset:
    """One pass over a split's usable people who show `garment`, which is the target: in order, nothing augmented.

    The last batch may be smaller. Noise follows from config.seed and the record's number. Raises as `training_dataset`.
    """
    _check_aspect(records, config)
    numbers = tf.data.Dataset.from_tensor_slices(usable(records, split, config, garment))
    mean_tensor = tf.constant(mean_garments(records, config))
    slot = vocabulary.slot_of(garment)

    def seen(record: tf.Tensor, number: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        person = parse(record, *(records.size or (None, None)))
        return view.of_person(person, tf.constant(slot), config, records.size is not None), _noise(config, number)

    def batched(people: dict[str, tf.Tensor], noise: tf.Tensor) -> dict[str, tf.Tensor]:
        return examples.derive(people, tf.fill((tf.shape(noise)[0],), slot), noise, mean_tensor, config)

    dataset = tf.data.Dataset.zip((raw_records(records, numbers), numbers))
    dataset = mapped(dataset, seen, parallel=True).batch(batch)
    return _finish(mapped(dataset, batched, parallel=True))


def evaluation_crops(records: RecordSet, split: str, garment: str, config: ConfigDict) -> np.ndarray:
    """(n, 4) float32: the crop (y0, x0, y1, x1) in photo pixels of each person, in `evaluation_dataset`'s order."""
    slot = vocabulary.slot_of(garment)

    def seen(record: tf.Tensor) -> tf.Tensor:
        person = parse(record, *(records.size or (None, None)))
        sides = view.crop_of(person, tf.constant(slot), config, records.size is not None)
        return tf.stack([tf.cast(side, tf.float32) for side in sides])

    numbers = tf.data.Dataset.from_tensor_slices(usable(records, split, config, garment))
    return np.stack([box.numpy() for box in read_through(mapped(raw_records(records, numbers), seen))])


def _finish(dataset: tf.data.Dataset) -> tf.data.Dataset:
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.ram_budget = 1 << 30
    # The order is already each worker's own part.
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return dataset.prefetch(2).with_options(options)


def _check_aspect(records: RecordSet, config: ConfigDict) -> None:
    if records.size is None or config.data.crop == crop.GARMENT:
        return  # such crops have the input's shape whatever the photo's is
    height, width = records.size
    if height * config.data.width != width * config.data.height:
        raise ValueError(
            f"{records.directory}: pictures of {width}x{height} don't have the shape of config.data "
            f"({config.data.width}x{config.data.height}): choose a size of the same aspect"
        )


def _noise(config: ConfigDict, index: tf.Tensor) -> tf.Tensor:
    return tf.random.stateless_normal(examples.noise_shape(config), _seed(config, _NOISE, index))


def _seed(config: ConfigDict, stream: int, index: tf.Tensor) -> tf.Tensor:
    return tf.stack([tf.constant(config.seed * 8 + stream, tf.int64), index])
