"""Tiny configurations, and tiny networks that keep the contract."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.layers.gaussian import Gaussian


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, make_data_set: Callable[..., Path]) -> str:
    """A data set's folder: 12 people of 64 px to train on, and one more."""
    return str(make_data_set(tmp_path_factory.mktemp("people"), train=12, test=1))


def _small_config(stage: str, **changes: object) -> ConfigDict:
    """The thesis's configuration at 64 px and a sixteenth of its width; changes like train__steps=3."""
    config = thesis(stage)
    config.data.height = config.data.width = 64
    config.model.width = 1 / 16
    config.model.latent_channels = 4
    config.model.output_scales = 1
    config.loss.perceptual = "none"
    config.train.batch_size = 4
    config.train.steps = 4
    config.train.log_every = 1
    config.train.picture_every = 1000
    for name, value in changes.items():
        *folders, field = name.split("__")
        part = config
        for folder in folders:
            part = part[folder]
        part[field] = value
    return config


class Codes(keras.Model):
    """One number in, mean and std of a (1, 1, 2) code out."""

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(1, 4), initializer=keras.initializers.RandomNormal(seed=1))
        self.u = tf.Variable(0.0, trainable=False, aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA)
        self.built = True

    def call(self, numbers):
        features = tf.matmul(numbers[:, tf.newaxis], tf.convert_to_tensor(self.kernel))
        return Gaussian.from_features(features[:, tf.newaxis, tf.newaxis])


class Pixels(keras.Model):
    """A (1, 1, 2) code in, channels of a constant picture out."""

    def __init__(self, channels, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels

    def build(self, input_shape):
        initializer = keras.initializers.RandomNormal(seed=2)
        self.kernel = self.add_weight(name="kernel", shape=(2, self.channels), initializer=initializer)
        self.built = True

    def call(self, codes):
        return tf.tile(tf.matmul(codes, tf.convert_to_tensor(self.kernel)), [1, 32, 32, 1])


class Judge(keras.Model):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(3, 1), initializer=keras.initializers.RandomNormal(seed=3))
        self.built = True

    def call(self, pictures):
        return tf.matmul(pictures[:, ::16, ::16], tf.convert_to_tensor(self.kernel))


class _FakeNetworks:
    """The contract of `Networks` with four tiny models; x_s and x_c are told by their means."""

    def __init__(self, config: ConfigDict, precision: str = "float32") -> None:
        self.config, self.precision = config, precision
        self.encoder, self.context_encoder = Codes(), Codes()
        self.generator = Pixels(8 if config.stage == "shape" else 3)
        self.discriminator = Judge() if config.model.discriminator else None
        self.models = {"generator": self.generator, "encoder": self.encoder, "context_encoder": self.context_encoder}
        self.inference_models = dict(self.models)
        if self.discriminator is not None:
            self.models["discriminator"] = self.discriminator
        for model in self.models.values():
            model.build(None)
        self.updates = 0
        self.u = self.context_encoder.u

    def posterior(self, batch, training=False):
        own = batch[keys.GARMENT_MASK if self.config.stage == "shape" else keys.GARMENT_RGB]
        own.shape[1:3].assert_is_compatible_with(batch[keys.VISIBLE].shape[1:3])  # the real ones crop both alike
        return self.encoder(tf.reduce_mean(own, axis=(1, 2, 3)))

    def prior(self, batch, codes, training=False):
        return self.context_encoder(tf.reduce_mean(batch[keys.CONTEXT], axis=(1, 2, 3)))

    def sample_prior(self, batch, noise, temperature=1.0):
        return self.prior(batch, None).sample(noise, temperature)

    def generate(self, batch, codes, training=False):
        return [self.generator(codes)]

    def discriminate(self, pictures, training=False):
        return self.discriminator(pictures), []

    def share(self, codes):
        return codes

    def update_spectral_norms(self):
        self.updates += 1
        self.u.assign_add(1.0)

    def spectral_state(self):
        return [self.u]


def _random_batch(count: int, seed: int = 0) -> dict[str, tf.Tensor]:
    """A batch of the contract's shapes at 32 px, with codes of (1, 1, 2)."""
    rng = np.random.default_rng(seed)
    visible = np.ones((count, 32, 32, 1), np.float32)
    visible[:, 8:24, 4:28] = 0
    labels = rng.integers(0, 8, (count, 32, 32))
    arrays = {
        keys.PHOTO: rng.uniform(-1, 1, (count, 32, 32, 3)),
        keys.PARSING: np.eye(8)[labels],
        keys.VISIBLE: visible,
        keys.BOX: np.tile([8.0, 4.0, 24.0, 28.0], (count, 1)),
        keys.GARMENT_BOX: np.tile([8.0, 4.0, 24.0, 28.0], (count, 1)),
        keys.POSE: rng.uniform(-1, 1, (count, 32, 32, 19)),
        keys.APPEARANCE: rng.uniform(-1, 1, (count, 32, 32, 11)),
        keys.GARMENT_MASK: rng.integers(0, 2, (count, 32, 32, 1)),
        keys.GARMENT_RGB: rng.uniform(-1, 1, (count, 32, 32, 3)),
        keys.CONTEXT: rng.uniform(-1, 1, (count, 32, 32, 12)),
        keys.KEYPOINTS: rng.uniform(0, 32, (count, 18, 3)),
        keys.NOISE: rng.normal(size=(count, 2, 1, 1, 2)),
    }
    batch = {key: tf.constant(value, tf.float32) for key, value in arrays.items()}
    batch[keys.TARGET] = tf.constant(rng.integers(1, 3, count), tf.int32)
    batch[keys.ID] = tf.constant([str(i) for i in range(count)])
    return batch


@pytest.fixture(scope="session")
def small_config() -> Callable[..., ConfigDict]:
    return _small_config


@pytest.fixture(scope="session")
def fake_networks() -> type[_FakeNetworks]:
    return _FakeNetworks


@pytest.fixture(scope="session")
def random_batch() -> Callable[..., dict[str, tf.Tensor]]:
    return _random_batch
