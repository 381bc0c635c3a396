"""One stage's networks as functions of an exported graph: sampling, scoring, encoding, generating.

Each is traced once and shared by all signatures. The batch size inside is fixed (`chunk`), because oneDNN's and cuDNN's
results depend on it in the last bits, and a request's answer must not depend on what else is asked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import latent_shape
from tf_tryon.inference.noise_graph import latent_noise
from tf_tryon.inference.stage import Stage
from tf_tryon.layers import compat
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.models.contract import Batch
from tf_tryon.models.detail import added
from tf_tryon.stages import SHAPE, TEXTURE

# What generating and sampling read of a batch.
_SHAPE_KEYS = (keys.PARSING, keys.VISIBLE, keys.POSE, keys.BOX, keys.CONTEXT)
_TEXTURE_KEYS = (
    *_SHAPE_KEYS, keys.PHOTO, keys.APPEARANCE, keys.TARGET, keys.GARMENT_BOX,
)  # fmt: skip


class _Means(keras.layers.Layer):
    """Holds a stage's mean garments as a variable, which all signatures share."""

    def __init__(self, means: np.ndarray, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.means = compat.add_weight(self, "means", means.shape, "zeros", trainable=False)
        self.means.assign(means)
        self.built = True


class Codes(NamedTuple):
    """A stage's codes.

    Attributes:
      values: (n, h, w, c).
      score: (n,), log p(codes | context) in nats.
    """

    values: tf.Tensor
    score: tf.Tensor


class StageGraph:
    """A stage in the graph.

    Args:
      stage: as loaded.
      chunk: people of a batch, for every function but `encode` (any number).

    Attributes:
      codes_shape: (h, w, c) of one picture's codes.
      latents: how many variables a code has, each shared one counted once.
      judges: whether `realism` says anything.
    """

    def __init__(self, stage: Stage, chunk: int) -> None:
        self.config, self.chunk = stage.config, chunk
        self.name = str(stage.config.stage)
        self.codes_shape = latent_shape(stage.config)
        nets = stage.networks
        height, width, channels = self.codes_shape
        shared = stage.config.model.latent_shared
        self.latents = height * width * (channels - shared) + shared
        self._pictures = stage.means
        self._means = _Means(stage.means, name=f"{self.name}_means")
        self._keys = {SHAPE: _SHAPE_KEYS, TEXTURE: _TEXTURE_KEYS}[self.name]
        self._nets = nets
        self._draw = tf.function(self._drawn, autograph=False)
        self._prior = tf.function(lambda batch, codes: tuple(nets.prior(batch, codes)), autograph=False)
        self._generate = tf.function(lambda batch, codes: nets.generate(batch, codes)[-1], autograph=False)
        self._encode = tf.function(lambda batch: nets.posterior(batch).mean, autograph=False)
        self._detail = stage.detail
        self._added = tf.function(added, autograph=False)
        self.judges = stage.judges
        self._judge = tf.function(
            lambda pictures: tf.reduce_mean(nets.discriminate(pictures)[0], [1, 2, 3]), autograph=False
        )

    def derives_like(self, other: StageGraph) -> bool:
        """Whether `examples.derive` gives both stages the same (x_s may differ: only the shape stage reads it)."""
        # What they see is alike (`data.alike`), or there would be no such model; mean garments are of each stage's run.
        return np.array_equal(self._pictures, other._pictures)

    @property
    def means(self) -> tf.Tensor:
        return tf.convert_to_tensor(self._means.means)

    def noise(self, seed: tf.Tensor, samples: tf.Tensor, attempt: int | tf.Tensor = 0) -> tf.Tensor:
        """(chunk, h, w, c) for () int64 seed and (chunk,) int64 samples; `latent_noise` of each."""
        return tf.stack(
            [latent_noise(seed, self.name, samples[i], self.codes_shape, attempt) for i in range(self.chunk)]
        )

    def draw(self, batch: Batch, noise: tf.Tensor, temperature: tf.Tensor) -> Codes:
        """From the prior; `batch` of as many people as `noise`, or of one."""
        return self._draw(self._inputs(batch), noise, temperature)

    def around(self, batch: Batch, codes: tf.Tensor, noise: tf.Tensor, spread: tf.Tensor) -> Codes:
        """codes + spread * noise, in units of the prior's standard deviation there."""
        _, std = self._prior(self._inputs(batch), codes)
        return self.scored(batch, codes + spread * std * noise)

    def scored(self, batch: Batch, codes: tf.Tensor) -> Codes:
        """Codes (chunk, h, w, c) with their score."""
        return Codes(codes, self._score(Gaussian(*self._prior(self._inputs(batch), codes)), codes))

    def encode(self, batch: Batch) -> tf.Tensor:
        """The posterior's mean codes (n, h, w, c) of the garments that the batch's people wear."""
        own = self._nets.garment_key
        return self._encode({**self._inputs(batch), own: batch[own]})

    def generate(self, batch: Batch, codes: tf.Tensor) -> tf.Tensor:
        """(chunk, H, W, 8) logits or (chunk, H, W, 3) RGB in [-1, 1]."""
        return self._generate(self._inputs(batch), codes)

    def detail_of(self, rgb: tf.Tensor, labels: tf.Tensor, batch: Batch) -> tf.Tensor | None:
        """(chunk, 2H, 2W, 1), what the detail network adds to the stage's pictures; None without one."""
        if self._detail is None:
            return None
        return self._added(self._detail, rgb, labels, batch[keys.TARGET])

    def realism(self, pictures: tf.Tensor) -> tf.Tensor:
        """The discriminator's mean score (chunk,) of RGB (chunk, H, W, 3) in [-1, 1]: 1 is real; 0 without one."""
        return self._judge(pictures) if self.judges else tf.zeros((self.chunk,))

    def _drawn(self, batch: Batch, noise: tf.Tensor, temperature: tf.Tensor) -> Codes:
        codes, prior = self._nets.draw_prior(batch, noise, temperature)
        return Codes(codes, self._score(prior, codes))

    def _score(self, prior: Gaussian, codes: tf.Tensor) -> tf.Tensor:
        return prior.log_density(codes, self.config.model.latent_shared)

    def _inputs(self, batch: Batch) -> Batch:
        return {key: batch[key] for key in self._keys}
