"""One checker for all networks: outputs, gradients, weights on disk; and batches of random content."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.layers import compat


def random(*shape: int, seed: int = 0) -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.fixture
def check_model(tmp_path: Path) -> Callable[..., Any]:
    """(model, inputs, expected shapes): runs a built model in a graph and reloads it from a `.keras` file.

    Every output is float32 unless it is a feature map, finite, and of the expected shape; every trained weight gets a
    gradient; the reloaded model has the same weights and gives the same. Returns the outputs, flat.
    """

    def check(
        model: keras.Model, inputs: Sequence[tf.Tensor], expected: Sequence[tuple[int, ...]], reload: bool = True
    ) -> list[tf.Tensor]:
        rng = np.random.default_rng(1)
        for weight in model.trainable_weights:
            if weight.shape == ():  # the attention's gammas start at 0, which hides what lies behind them
                weight.assign(rng.uniform(0.5, 1))

        @tf.function
        def step(*given: tf.Tensor) -> tuple[list[tf.Tensor], list[Any]]:
            with tf.GradientTape() as tape:
                outputs = tf.nest.flatten(model(*given))
                flat = tf.concat([tf.reshape(tf.cast(x, tf.float32), [-1]) for x in outputs], axis=0)
                loss = tf.reduce_sum(flat * tf.sin(tf.range(tf.size(flat), dtype=tf.float32)))
            return outputs, tape.gradient(loss, [compat.raw(w) for w in model.trainable_weights])

        outputs, gradients = step(*inputs)
        assert [tuple(x.shape) for x in outputs] == list(expected)
        assert all(np.isfinite(tf.cast(x, tf.float32)).all() for x in outputs)
        for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
            assert gradient is not None, weight.name
            assert np.isfinite(gradient).all(), weight.name
            assert np.any(gradient), weight.name
        if reload:
            file = tmp_path / "model.keras"
            with warnings.catch_warnings():  # Keras itself calls np.array(variable), which numpy 2 frowns upon
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                model.save(file)
                again = keras.models.load_model(file, custom_objects={type(model).__name__: type(model)})
            for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
                np.testing.assert_array_equal(old, new)
            for old, new in zip(outputs, tf.nest.flatten(again(*inputs)), strict=True):
                np.testing.assert_allclose(tf.cast(old, tf.float32), tf.cast(new, tf.float32), atol=1e-5)
        return outputs

    return check


@pytest.fixture
def make_batch() -> Callable[..., dict[str, tf.Tensor]]:
    """(config[, size of the batch]) -> a batch as docs/architecture.md has it, with random pictures."""

    def make(config: ConfigDict, count: int = 2) -> dict[str, tf.Tensor]:
        height, width = config.data.height, config.data.width
        rng = np.random.default_rng(0)
        visible = np.ones((count, height, width, 1), np.float32)
        visible[:, height // 4 : height // 2, width // 4 : width // 2] = 0
        box = np.array([[height / 4, width / 4, height / 2, width / 2]] * count, np.float32)
        maps = {keys.PHOTO: 3, keys.POSE: 19, keys.APPEARANCE: 11, keys.GARMENT_MASK: 1, keys.GARMENT_RGB: 3}
        batch = {key: random(count, height, width, depth, seed=depth) for key, depth in maps.items()}
        return {
            **batch,
            keys.CONTEXT: random(count, height, width, 12, seed=12),
            keys.PARSING: tf.one_hot(rng.integers(0, 8, (count, height, width)), 8),
            keys.VISIBLE: tf.constant(visible),
            keys.BOX: tf.constant(box),
            keys.GARMENT_BOX: tf.constant(box + [[2, 2, -2, -2]], tf.float32),
            keys.TARGET: tf.constant([1, 2] * (count // 2) + [1] * (count % 2), tf.int32),
        }

    return make


@pytest.fixture(autouse=True)
def float32_policy() -> Any:
    """Tests that set a policy don't leave it behind."""
    yield
    keras.mixed_precision.set_global_policy("float32")
