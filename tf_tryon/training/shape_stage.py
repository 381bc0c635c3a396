"""A frozen shape stage inside the texture stage's training.

Some true parsings are replaced by what it completes, which is what the texture stage sees at test time.
"""

from __future__ import annotations

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import latent_shape
from tf_tryon.data import boxes
from tf_tryon.data.alike import check_alike
from tf_tryon.errors import TryOnError
from tf_tryon.models.compositing import complete_labels, with_labels
from tf_tryon.models.contract import Batch
from tf_tryon.models.tasks import ShapeTask
from tf_tryon.training.weights import load_run


class ShapeStage:
    """The networks of `config.train.shape_run`, applied to a fraction of the examples.

    Args:
      config: of the texture run.

    Raises:
      TryOnError: the run is none of the shape stage, or sees people otherwise.
    """

    def __init__(self, config: ConfigDict) -> None:
        path = config.train.shape_run
        self._nets, shape, _ = load_run(path, precision=config.train.precision)
        if not isinstance(self._nets, ShapeTask):
            raise TryOnError(f"config.train.shape_run = {path!r} is a {shape.stage} run: a shape run is needed")
        try:
            check_alike(shape, config)
        except TryOnError as error:
            raise TryOnError(f"config.train.shape_run = {path!r}: {error}") from error
        self._fraction, self._codes = config.train.shape_fraction, latent_shape(shape)

    def replace(self, batch: Batch) -> Batch:
        """The batch with PARSING, APPEARANCE and GARMENT_BOX of some examples replaced; no gradient goes through.

        They are made as a completion makes them (`models/completion.py`). Which ones, and the shape's code, follow from
        the example's noise. Visible pixels keep their class; where the completed parsing shows no target garment, the
        true one stays.
        """
        noise = batch[keys.NOISE]
        seeds = tf.bitcast(tf.reshape(noise, [tf.shape(noise)[0], -1])[:, -2:], tf.int32)
        drawn = tf.map_fn(
            lambda seed: tf.random.stateless_normal(self._codes, seed), seeds, fn_output_signature=tf.float32
        )
        codes = self._nets.sample_prior(batch, drawn)
        logits = self._nets.generate(batch, codes)[-1]
        completed = with_labels(batch, complete_labels(batch, logits, self._nets.config.model.replaces))
        chosen = (low_bits(noise, 3)[:, 2] < self._fraction) & ~boxes.is_empty(completed[keys.GARMENT_BOX])

        def picked(key: str) -> tf.Tensor:
            pick = tf.reshape(chosen, [-1, *(1 for _ in batch[key].shape[1:])])
            return tf.stop_gradient(tf.where(pick, completed[key], batch[key]))

        return {**batch, **{key: picked(key) for key in (keys.PARSING, keys.APPEARANCE, keys.GARMENT_BOX)}}


def low_bits(noise: tf.Tensor, count: int) -> tf.Tensor:
    """(B, count) numbers in [0, 1): the lowest 16 bits of an example's noise, which its values don't tell."""
    flat = tf.reshape(noise, [tf.shape(noise)[0], -1])[:, :count]
    return tf.cast(tf.bitwise.bitwise_and(tf.bitcast(flat, tf.int32), 0xFFFF), tf.float32) / 65536.0
