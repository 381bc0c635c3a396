"""Spectral normalisation: sigma against an SVD, its gradient, and u's one iteration for each update."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.spectral_norm import SpectralNormalization, spectral_layers, update_spectral_norms


def _layer(transposed=False, filters=5, channels=4, iterations=0):
    keras.utils.set_random_seed(0)
    layer = SpectralNormalization(Convolution(filters, transposed=transposed, bias=True, init_std=1.0))
    layer.build((None, 8, 8, channels))
    layer.update(iterations) if iterations else None
    return layer


def _make(dtype):
    return SpectralNormalization(Convolution(5, bias=True, dtype=dtype), dtype=dtype)


def test_layer(check_layer):
    check_layer(_make, [(2, 8, 16, 4)], (2, 8, 16, 5))


@pytest.mark.parametrize(("transposed", "rows"), [(False, 5), (True, 4)])
def test_sigma_is_the_largest_singular_value(transposed, rows):
    layer = _layer(transposed, iterations=300)
    assert layer.u.shape == (rows,)
    kernel = np.asarray(layer.layer.kernel, np.float64)
    matrix = kernel.reshape(-1, rows)
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    np.testing.assert_allclose(layer.sigma(), largest, rtol=1e-4)
    np.testing.assert_allclose(layer.normalized_kernel(), kernel / largest, rtol=1e-3, atol=1e-6)


def test_forward_uses_the_normalized_kernel_and_leaves_the_raw_one():
    layer = _layer(iterations=5)
    before = layer.get_weights()
    inputs = tf.constant(np.random.default_rng(0).standard_normal((1, 8, 8, 4)), tf.float32)
    expected = tf.nn.conv2d(inputs, layer.normalized_kernel(), 1, "SAME")
    for training in (True, False):
        np.testing.assert_allclose(layer(inputs, training=training), expected, atol=1e-6)
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_gradient_goes_through_sigma():
    layer = _layer(iterations=3)
    kernel = np.asarray(layer.layer.kernel, np.float64)
    target = np.random.default_rng(1).standard_normal(kernel.shape)
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_sum(target * layer.normalized_kernel())
        derived = tf.reduce_sum(target * (tf.convert_to_tensor(layer.layer.kernel) / layer.sigma()))
    gradient = tape.gradient(loss, layer.trainable_weights)[0]
    np.testing.assert_allclose(gradient, tape.gradient(derived, layer.trainable_weights)[0], atol=1e-6)

    # The docstring's closed form, with u and v as constants.
    u = np.asarray(layer.u, np.float64)
    v = kernel.reshape(-1, 5) @ u
    v /= np.linalg.norm(v)
    sigma = v @ kernel.reshape(-1, 5) @ u
    outer = np.outer(v, u).reshape(kernel.shape)
    closed = (target - np.sum(target * kernel / sigma) * outer) / sigma
    np.testing.assert_allclose(gradient, closed, atol=1e-6)

    # Finite differences of the loss in some entries.
    def value(changed):
        return np.sum(target * changed) / (v @ changed.reshape(-1, 5) @ u)

    for index in ((0, 0, 0, 0), (1, 2, 3, 4), (2, 1, 0, 3)):
        step = np.zeros_like(kernel)
        step[index] = 1e-5
        np.testing.assert_allclose(
            gradient.numpy()[index], (value(kernel + step) - value(kernel - step)) / 2e-5, rtol=1e-4
        )


def test_each_update_is_one_power_iteration_and_they_converge():
    layer = _layer()
    matrix = np.asarray(layer.layer.kernel, np.float64).reshape(-1, 5)
    u = np.asarray(layer.u, np.float64)
    for _ in range(3):
        v = matrix @ (u / np.linalg.norm(u))
        u = matrix.T @ (v / np.linalg.norm(v))
        u /= np.linalg.norm(u)
        layer.update()
        np.testing.assert_allclose(layer.u, u, atol=1e-5)
    layer.update(300)
    before = np.asarray(layer.u)
    layer.update()
    np.testing.assert_allclose(layer.u, before, atol=1e-5)


def test_every_layer_inside_a_model_is_found_once():
    inner = [SpectralNormalization(Convolution(2, name=f"conv_{i}")) for i in range(3)]
    model = keras.Sequential(inner)
    model.build((None, 8, 8, 2))
    actual = spectral_layers(model, None)
    assert [id(layer) for layer in actual] == [id(layer) for layer in inner]
    before = [np.asarray(layer.u) for layer in actual]
    update_spectral_norms(model, None)
    assert all(not np.allclose(old, layer.u) for old, layer in zip(before, actual, strict=True))


_REPLICAS = """
import tensorflow as tf, keras, numpy as np
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from tf_tryon.layers import compat
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.spectral_norm import SpectralNormalization
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras.utils.set_random_seed(0)
with strategy.scope():
    layer = SpectralNormalization(Convolution(3, init_std=1.0))
    layer.build((None, 8, 8, 2))
single = SpectralNormalization(Convolution(3, init_std=1.0))
single.build((None, 8, 8, 2))
single.set_weights(layer.get_weights())

@tf.function
def step(x):
    def replica(x):
        layer.update()
        return layer(x)
    return strategy.run(replica, args=(x,))

for _ in range(3):
    step(tf.ones((1, 8, 8, 2)))
    single.update()
values = [v.numpy() for v in strategy.experimental_local_results(compat.raw(layer.u))]
assert len(values) == 2, values
np.testing.assert_array_equal(values[0], values[1])
np.testing.assert_allclose(values[0], np.asarray(single.u), atol=1e-5)
"""


@pytest.mark.slow
def test_two_replicas_keep_one_u():
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", _REPLICAS], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr


def test_config_holds_the_wrapped_layer():
    layer = SpectralNormalization(Convolution(5, rescale="down", name="conv"))
    again = SpectralNormalization.from_config(layer.get_config())
    assert again.layer.get_config() == layer.layer.get_config()
    assert again.name == "conv"


def test_bias_is_not_normalized():
    layer = _layer()
    layer.layer.offset.assign(np.full(5, 2.0))
    np.testing.assert_allclose(layer(tf.zeros((1, 4, 4, 4))), np.full((1, 4, 4, 5), 2.0))


@pytest.mark.parametrize("way", ["fold", "scale_inputs"])
def test_an_exports_ways_change_nothing_but_where_sigma_stands(way):
    layer, inputs = _layer(iterations=3), tf.random.stateless_normal((2, 8, 8, 4), (1, 2))
    raw, before = np.asarray(layer.layer.kernel), layer(inputs)
    getattr(layer, way)()
    np.testing.assert_allclose(layer(inputs), before, atol=1e-5)
    assert np.array_equal(layer.layer.kernel, raw) == (way == "scale_inputs")
