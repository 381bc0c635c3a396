"""A tiny data set of people of rectangles, tiny configurations, and tiny networks that keep the contract."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.data import records
from tf_tryon.layers.gaussian import Gaussian

# CIHP-20 labels on a 64x64 grid: label, y0, y1, x0, x1.
PARTS = ((13, 6, 14, 28, 36), (10, 14, 18, 30, 34), (5, 18, 36, 22, 42), (14, 20, 30, 16, 22), (15, 20, 30, 42, 48))
LEGS = ((9, 36, 50, 24, 40), (16, 50, 56, 25, 39), (18, 56, 60, 24, 40))


def _person(index: int) -> bytes:
    rng = np.random.default_rng(index)
    labels = np.zeros((64, 64), np.uint8)
    wide, long = rng.integers(-3, 4), rng.integers(-4, 5)
    for label, y0, y1, x0, x1 in PARTS:
        labels[y0:y1, x0 - wide : x1 + wide] = label
    for label, y0, y1, x0, x1 in LEGS:
        labels[y0 + (label == 16) * long : y1 + (label == 9) * long, x0:x1] = label
    photo = rng.integers(0, 255, (20, 3))[labels].astype(np.uint8)
    points = np.concatenate([rng.uniform(8, 56, (18, 2)), np.ones((18, 1))], axis=1)
    return records.encode(photo, labels, points, "cihp20", f"person-{index}")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data set's folder: 12 people of 64 px."""
    folder = tmp_path_factory.mktemp("people")
    with records.RecordWriter(folder, size=(64, 64), generator="test", seed=0, overwrite=True) as writer:
        for index in range(12):
            writer.write(_person(index), split="train")
        writer.write(_person(12), split="test")
    return str(folder)


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


@pytest.fixture(autouse=True)
def _float32() -> Iterator[None]:
    yield
    keras.mixed_precision.set_global_policy("float32")


class Codes(keras.Model):
    """One number in, mean and std of a (1, 1, 2) code out."""

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(1, 4), initializer=keras.initializers.RandomNormal(seed=1))
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

    def __init__(self, config: ConfigDict) -> None:
        self.config = config
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

    def posterior(self, batch, training=False):
        own = keys.GARMENT_MASK if self.config.stage == "shape" else keys.GARMENT_RGB
        return self.encoder(tf.reduce_mean(batch[own], axis=(1, 2, 3)))

    def prior(self, batch, codes, training=False):
        return self.context_encoder(tf.reduce_mean(batch[keys.CONTEXT], axis=(1, 2, 3)))

    def sample_prior(self, batch, noise, temperature=1.0):
        return self.prior(batch, None).sample(noise, temperature)

    def generate(self, batch, codes, training=False):
        return [self.generator(codes)]

    def discriminate(self, pictures, training=False):
        return self.discriminator(pictures), []

    def update_spectral_norms(self):
        self.updates += 1


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
