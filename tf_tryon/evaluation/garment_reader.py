"""Reads kind and colour family of a garment from a picture: a small classifier trained on Studio's photos.

It looks at the erased box only, cut out and enlarged to 64 px, with a channel that tells what lies in the box; so
pictures of every model, with or without a parsing, are read alike. Half of what it learns from is blurred, so that it
reads soft pictures too. It errs: `confusion`, measured on people that it never saw, says how, and known distributions
are passed through that before they are compared with what it reads.
"""

from __future__ import annotations

import os
import pathlib
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.data import vocabulary
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.reading import read_through
from tf_tryon.data.records import RecordSet, save_arrays
from tf_tryon.evaluation import sampling
from tf_tryon.evaluation.outfit_truth import COLOURS, KINDS, metadata_by_id, worn
from tf_tryon.files.array_file import Form, names_of, read_arrays
from tf_tryon.geometry import roi
from tf_tryon.layers import compat, seeds
from tf_tryon.models.contract import Batch
from tf_tryon.training import loop, metric_names, run_folder, run_inputs
from tf_tryon.training.checkpoints import Checkpoints
from tf_tryon.training.optimizer import Adam, learning_rate
from tf_tryon.training.run_log import RunLog

SIDE: Final = 64
_FILTERS: Final = (32, 64, 128, 128)
_RATE: Final = 1e-3
_LOG_EVERY, _SAVE_EVERY, _EVALUATE_EVERY = 50, 500, 500
_HELD_OUT: Final = "test"  # the split that is measured as it learns
_FLOAT32: Final[dict[str, Any]] = {"dtype": "float32"}  # whatever the global policy
_HEADS: Final = {f"{garment}_{what}": len(names) for garment, kinds in KINDS.items()
                 for what, names in (("kind", kinds), ("colour", COLOURS))}  # fmt: skip


class GarmentReader:
    """The classifier. `read(batch, pictures)` gives kinds and colours of a batch's target garments.

    Attributes:
      confusion: by head ("top_kind", ...), (names, names): P(read j | worn i), rows sum to 1; set by `examine`.
      accuracy: by head, share read rightly of photos that it never saw; set by `examine`.
    """

    def __init__(self, seed: int = 0) -> None:
        with seeds.stream(seed, "garment reader"):
            self._net = _network()
        self.confusion: dict[str, np.ndarray] = {}
        self.accuracy: dict[str, float] = {}
        self._logits = tf.function(lambda x: self._net(x, training=False), autograph=False, reduce_retracing=True)

    def read(self, batch: Batch, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(B, H, W, 3) float32 pictures in [0, 1] of a batch with one target -> (B,) kinds and (B,) colours."""
        garment = vocabulary.GARMENTS[int(batch[keys.TARGET][0])]
        seen = look(tf.constant(pictures * 2 - 1, tf.float32), batch[keys.VISIBLE], batch[keys.BOX])
        logits = self._logits(seen)
        kinds, colours = (np.argmax(logits[f"{garment}_{what}"].numpy(), axis=-1) for what in ("kind", "colour"))
        return kinds, colours

    def train(
        self,
        records: RecordSet,
        size: int,
        steps: int,
        batch: int,
        folder: str | os.PathLike[str],
        seed: int = 0,
        evaluate_every: int = _EVALUATE_EVERY,
    ) -> int:
        """Learn from the people of the split "train", at pictures of this size, or go on with the folder's training.

        Every `evaluate_every` steps (0: never), and after the last, the log has the loss of people of the split "test"
        and the share of their kinds and colours that is read rightly.

        Returns:
          The exit code: 0, or 143 (SIGTERM) or 130 (SIGINT) where it was stopped after saving.

        Raises:
          TryOnError: a loss became NaN or infinite, another process trains in the folder, or it holds another training.
        """
        folder, config = pathlib.Path(folder), reader_config(size, batch, seed)
        config.train.steps, config.train.evaluate_every = steps, evaluate_every
        inputs = run_inputs.inputs_of(records, config)
        run_folder.check(folder, config, inputs)
        with loop.stoppable() as stop, run_folder.held(folder):
            run_folder.save(folder, config, inputs)
            learner = _Learner(self._net, records, config, folder)
            schedule = loop.Schedule(
                steps, _LOG_EVERY, _SAVE_EVERY, evaluate_every=evaluate_every, remedy="Try another seed"
            )
            with RunLog(folder, steps, batch, learner.done) as log:
                return loop.run(learner, schedule, learner.done, log, stop, "garment reader")

    def examine(self, records: RecordSet, size: int, split: str = "test", count: int = 10_000, batch: int = 50) -> None:
        """Measure accuracy and confusion on photos of people of another split."""
        known = metadata_by_id(records, split)
        config = reader_config(size, batch, 0)
        for garment in KINDS:
            counts = {what: np.zeros((_HEADS[f"{garment}_{what}"],) * 2) for what in ("kind", "colour")}
            for _, people in sampling.people(records, split, garment, config, count, batch):
                read = self.read(people, sampling.true_photo(people))
                for what, predicted, true in zip(counts, read, _truths(people, known), strict=True):
                    np.add.at(counts[what], (true, predicted), 1)
            for what, table in counts.items():
                head = f"{garment}_{what}"
                self.accuracy[head] = float(np.trace(table) / max(table.sum(), 1))
                # A kind that is rarely worn: a little of reading it rightly, so that every row is a distribution.
                table = table + 0.5 * np.eye(len(table))
                self.confusion[head] = table / table.sum(axis=1, keepdims=True)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write weights, accuracy and confusion as one .npz."""
        arrays = {f"weight_{i:02d}": w for i, w in enumerate(self._net.get_weights())}
        arrays |= {f"confusion/{head}": table for head, table in self.confusion.items()}
        arrays |= {f"accuracy/{head}": np.float64(value) for head, value in self.accuracy.items()}
        save_arrays(pathlib.Path(path), **arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> GarmentReader:
        """A reader that `save` wrote; MissingFileError or BadFileError names a file that isn't one."""
        reader, remedy = cls(), "train the garment reader again"
        weights = {f"weight_{i:02d}": Form("f", w.shape) for i, w in enumerate(reader._net.get_weights())}
        examined = {head: names for head, names in _HEADS.items() if f"accuracy/{head}" in names_of(path, remedy)}
        tables = {f"confusion/{head}": Form("f", (names, names)) for head, names in examined.items()}
        shares = {f"accuracy/{head}": Form("f", ()) for head in examined}
        arrays = read_arrays(path, remedy, {**weights, **tables, **shares})
        reader._net.set_weights([arrays[name] for name in weights])
        reader.confusion = {head: arrays[f"confusion/{head}"] for head in examined}
        reader.accuracy = {head: float(arrays[f"accuracy/{head}"]) for head in examined}
        return reader


class _Learner(loop.Alone):
    """The reader's network and its training, as the folder's newest checkpoint has them, or fresh.

    Attributes:
      done: steps that were made.
    """

    def __init__(self, net: keras.Model, records: RecordSet, config: ConfigDict, folder: pathlib.Path) -> None:
        self._net, self._records, self._config = net, records, config
        self._known = metadata_by_id(records, "train")
        self._adam = Adam({f"{i:02d}": compat.raw(v) for i, v in enumerate(net.trainable_variables)}, 0.9, 0.999)
        # Dropout's generators too: a training that goes on draws what it would have drawn.
        self._state = {f"model/{i:02d}": compat.raw(v) for i, v in enumerate(net.variables)}
        self._state |= {f"adam/{name}": variable for name, variable in self._adam.state().items()}
        self._checkpoints = Checkpoints(folder / "checkpoints")
        self.done = max(self._checkpoints.steps(), default=0)
        if self.done:
            self._checkpoints.restore(self.done, self._state)
        self._people = read_through(training_dataset(records, config, self.done))
        self._seed, self._steps = config.seed, config.train.steps
        self._compiled = tf.function(self._update, autograph=False)
        self._sums = tf.function(self._held_out_sums, autograph=False, reduce_retracing=True)

    def step(self, number: int, wishes: loop.Wishes) -> dict[str, tf.Tensor]:
        """One step."""
        del wishes
        people = next(self._people)
        kinds, colours = _truths(people, self._known)
        needed = {key: people[key] for key in _NEEDED}
        return self._compiled(needed, tf.constant(kinds), tf.constant(colours), tf.constant(number))

    def evaluate(self, done: int) -> dict[str, float]:
        """Loss, and shares read rightly, of the first `train.evaluate_people` of each garment whom it never sees."""
        del done
        known, wanted = metadata_by_id(self._records, _HELD_OUT), self._config.train.evaluate_people
        sums, seen = np.zeros(3), 0
        for garment in KINDS:
            batch = self._config.train.batch_size
            for _, people in sampling.people(self._records, _HELD_OUT, garment, self._config, wanted, batch):
                needed = {key: people[key] for key in _NEEDED}
                sums += self._sums(needed, *map(tf.constant, _truths(people, known))).numpy()
                seen += len(people[keys.BOX])
        if not seen:
            return {}
        loss, kinds, colours = sums / seen
        return {metric_names.LOSS: loss, "kind_accuracy": kinds, "colour_accuracy": colours}

    def save(self, done: int) -> pathlib.Path:
        """A checkpoint."""
        return self._checkpoints.save(done, self._state)

    def _update(
        self, people: dict[str, tf.Tensor], kinds: tf.Tensor, colours: tf.Tensor, number: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        photos = people[keys.PHOTO]
        drawn = tf.random.stateless_uniform([tf.shape(photos)[0], 1, 1, 1], tf.stack([self._seed, number]))
        photos = tf.where(drawn < 0.5, _blurred(photos), photos)
        seen = look(photos, people[keys.VISIBLE], people[keys.BOX])
        with tf.GradientTape() as tape:
            losses, _ = _read_against(self._net(seen, training=True), people[keys.TARGET], kinds, colours)
            total = tf.reduce_mean(losses)
        gradients = tape.gradient(total, list(self._adam.variables.values()))
        norm = tf.linalg.global_norm(gradients)
        valid = tf.math.is_finite(total) & tf.math.is_finite(norm)
        self._adam.apply(gradients, learning_rate(_RATE, number, self._steps, 0, 0.0), valid)
        return {metric_names.LOSS: total, metric_names.GRADIENT_NORM: norm}

    def _held_out_sums(self, people: dict[str, tf.Tensor], kinds: tf.Tensor, colours: tf.Tensor) -> tf.Tensor:
        """(3,) sums over people: the loss, and kinds and colours read rightly."""
        seen = look(people[keys.PHOTO], people[keys.VISIBLE], people[keys.BOX])
        losses, right = _read_against(self._net(seen, training=False), people[keys.TARGET], kinds, colours)
        return tf.reduce_sum(tf.concat([losses[:, tf.newaxis], right], axis=1), axis=0)


def _read_against(
    logits: dict[str, tf.Tensor], target: tf.Tensor, kinds: tf.Tensor, colours: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Each person's loss (B,), and (B, 2) float32: whether kind and colour of the target garment are read rightly."""
    losses, right = tf.zeros(tf.shape(target)), []
    for what, truth in (("kind", kinds), ("colour", colours)):
        hits = tf.zeros(tf.shape(target))
        for garment in KINDS:
            of_garment = logits[f"{garment}_{what}"]
            mine = tf.equal(target, vocabulary.slot_of(garment))
            wanted = tf.where(mine, truth, 0)  # another garment's index may not exist here
            weight = tf.cast(mine, tf.float32)
            losses += weight * tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, of_garment)
            hits += weight * tf.cast(tf.equal(tf.argmax(of_garment, axis=-1, output_type=tf.int32), wanted), tf.float32)
        right.append(hits)
    return losses, tf.stack(right, axis=1)


_NEEDED: Final = (keys.PHOTO, keys.VISIBLE, keys.BOX, keys.TARGET)


def look(pictures: tf.Tensor, visible: tf.Tensor, box: tf.Tensor) -> tf.Tensor:
    """The erased box as the reader sees it.

    Args:
      pictures: (B, H, W, 3) float32 in [-1, 1].
      visible: (B, H, W, 1), 0 in the box.
      box: (B, 4) in pixels.

    Returns:
      (B, 64, 64, 4): RGB, 0 outside the box, and 1 inside.
    """
    height, width = pictures.shape[1], pictures.shape[2]
    inside = 1.0 - visible
    cut = tf.concat([pictures * inside, inside], axis=-1)
    pool = max(1, height // SIDE)
    seen = roi.crop(cut, roi.around(box, (height, width)), (height // pool, width // pool))
    return tf.image.resize(seen, (SIDE, SIDE))


def reader_config(size: int, batch: int, seed: int) -> ConfigDict:
    """What the data pipeline needs to know."""
    config = thesis("shape")
    config.seed = seed
    config.data.height = config.data.width = size
    config.data.augment.translate, config.data.augment.scale, config.data.augment.rotate = 0.03, 0.05, 3.0
    config.train.batch_size = batch
    return config


def _network() -> keras.Model:
    layers = keras.layers
    given = keras.Input((SIDE, SIDE, 4), dtype="float32")
    x = given
    for filters in _FILTERS:
        start = seeds.he_normal()
        x = layers.Conv2D(filters, 3, strides=2, padding="same", kernel_initializer=start, **_FLOAT32)(x)
        x = layers.LayerNormalization(**_FLOAT32)(x)
        x = layers.ReLU(**_FLOAT32)(x)
    x = layers.Dropout(0.2, seed=seeds.following(), **_FLOAT32)(layers.Flatten(**_FLOAT32)(x))
    x = layers.Dense(256, activation="relu", kernel_initializer=seeds.he_normal(), **_FLOAT32)(x)
    x = layers.Dropout(0.3, seed=seeds.following(), **_FLOAT32)(x)
    heads = {
        head: layers.Dense(count, kernel_initializer=seeds.glorot_uniform(), **_FLOAT32)(x)
        for head, count in _HEADS.items()
    }
    return keras.Model(given, heads)


def _blurred(pictures: tf.Tensor) -> tf.Tensor:
    return tf.nn.avg_pool2d(tf.nn.avg_pool2d(pictures, 3, 1, "SAME"), 3, 1, "SAME")


def _truths(people: Batch, known: dict[str, dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """(B,) kinds and (B,) colours that a batch's people wear."""
    pairs = [
        worn(known[identity.decode()], vocabulary.GARMENTS[int(slot)])
        for identity, slot in zip(people[keys.ID].numpy(), people[keys.TARGET].numpy(), strict=True)
    ]
    kinds, colours = np.array(pairs, np.int32).T
    return kinds, colours
