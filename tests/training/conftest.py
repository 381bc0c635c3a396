"""Tiny configurations, and tiny networks that keep the contract."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import latent_shape, thesis
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.models.model_set import ModelSet
from tf_tryon.models.tasks import CONTEXT_CHANNELS, ShapeTask, TextureTask


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, make_data_set: Callable[..., Path]) -> str:
    """A data set's folder: 12 people of 64 px to train on, and one more."""
    return str(make_data_set(tmp_path_factory.mktemp("people"), train=12, test=1))


def _small_config(stage: str, **changes: object) -> ConfigDict:
    """The thesis's configuration at 64 px and a sixteenth of its width; changes like train__steps=3."""
    config = thesis(stage)
    config.data.height = config.data.width = 64
    config.model.width = 1 / 16
    config.model.latent_channels = 2
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
    """One number in, mean and std of a code (h, w, c) out, the same in each cell."""

    def __init__(self, code, **kwargs):
        super().__init__(**kwargs)
        self.code = code

    def build(self, input_shape):
        shape, start = (1, 2 * self.code[-1]), keras.initializers.RandomNormal(seed=1)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=start)
        self.u = tf.Variable(0.0, trainable=False, aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA)
        self.built = True

    def call(self, numbers):
        features = tf.matmul(numbers[:, tf.newaxis], tf.convert_to_tensor(self.kernel))[:, tf.newaxis, tf.newaxis]
        return Gaussian.from_features(tf.tile(features, [1, *self.code[:2], 1]))


class Pixels(keras.Model):
    """A code in, channels of a picture out that is constant over each of its cells."""

    def __init__(self, code, cell, channels, **kwargs):
        super().__init__(**kwargs)
        self.code, self.cell, self.channels = code, cell, channels

    def build(self, input_shape):
        shape, start = (self.code[-1], self.channels), keras.initializers.RandomNormal(seed=2)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=start)
        self.built = True

    def call(self, codes):
        made = tf.matmul(codes, tf.convert_to_tensor(self.kernel))
        return tf.repeat(tf.repeat(made, self.cell, axis=1), self.cell, axis=2)


class Judge(keras.Model):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(3, 1), initializer=keras.initializers.RandomNormal(seed=3))
        self.built = True

    def call(self, pictures, training=False):
        features = pictures[:, ::16, ::16]
        return tf.matmul(features, tf.convert_to_tensor(self.kernel)), [features]


class _FakeNetworks(ModelSet):
    """`Networks` around four tiny models; x_s and x_c tell by their means.

    They refuse every shape that the real ones refuse: pictures of another size or depth than the configuration's, codes
    of another grid, and parts of a batch that are not of one length.
    """

    def __init__(self, config: ConfigDict, precision: str = "float32") -> None:
        self.precision, self.updates = precision, 0
        self.code = latent_shape(config)
        judge = Judge() if config.model.discriminator else None
        generator = Pixels(self.code, config.model.latent_stride, self.output_channels)
        super().__init__(config, generator, Codes(self.code), Codes(self.code), judge)
        for model in self.models.values():
            model.build(None)
        self.u = self.context_encoder.u

    def posterior(self, batch, training=False):
        own = self._taken(batch, self.garment_key, self.garment_channels)
        return self.encoder(tf.reduce_mean(own, axis=(1, 2, 3)))

    def prior(self, batch, codes, training=False):
        context = self._taken(batch, keys.CONTEXT, CONTEXT_CHANNELS)
        self._same(codes.shape, (context.shape[0], *self.code), "codes")
        return self.context_encoder(tf.reduce_mean(context, axis=(1, 2, 3)))

    def sample_prior(self, batch, noise, temperature=1.0):
        return self.prior(batch, noise).sample(noise, temperature)

    def generate(self, batch, codes, training=False):
        self._taken(batch, keys.VISIBLE, 1)
        given = self.given(batch)  # needs each of its parts in one size
        self._same(codes.shape, (given.shape[0], *self.code), "codes")
        self._same(given.shape, (None, *self._size(), self.given_channels(self.config)), "given")
        return [self.generator(codes)]

    def discriminate(self, pictures, training=False):
        self._same(pictures.shape, (None, *self._size(), 3), "pictures")
        return super().discriminate(pictures, training)

    def update_spectral_norms(self):
        self.updates += 1
        self.u.assign_add(1.0)

    def spectral_state(self):
        return [self.u]

    def _size(self):
        return self.config.data.height, self.config.data.width

    def _taken(self, batch, key, channels):
        self._same(batch[key].shape, (None, *self._size(), channels), key)
        return batch[key]

    @staticmethod
    def _same(shape, wanted, what):
        if not tf.TensorShape(shape).is_compatible_with(wanted):
            raise ValueError(f"{what} is {shape}, not {wanted}")


class FakeShapeNetworks(ShapeTask, _FakeNetworks):
    pass


class FakeTextureNetworks(TextureTask, _FakeNetworks):
    pass


def _fake_networks(config: ConfigDict, precision: str = "float32") -> FakeShapeNetworks | FakeTextureNetworks:
    return {"shape": FakeShapeNetworks, "texture": FakeTextureNetworks}[config.stage](config, precision)


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
def fake_networks() -> Callable[..., FakeShapeNetworks | FakeTextureNetworks]:
    return _fake_networks


@pytest.fixture(scope="session")
def random_batch() -> Callable[..., dict[str, tf.Tensor]]:
    return _random_batch
