"""Masked attention against a loop written from equations 2-30 to 2-32."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.attention import MaskedAttention


def _random(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


def _layer(memory, shape):
    layer = MaskedAttention(memory)
    layer.build(shape)
    layer.query.kernel.assign(_random(*layer.query.kernel.shape, seed=3))
    layer.gamma_d.assign(0.7)
    if memory:
        layer.gamma_e.assign(-0.4)
    return layer


def _loop(layer, features, memory, visible):
    """The two maps before the fusion, position by position."""
    batch, _, width, channels = features.shape
    kernel = np.asarray(layer.query.kernel)[0, 0].astype(np.float64)
    short, long = np.zeros(features.shape), np.zeros(features.shape)
    for b in range(batch):
        f_d = np.asarray(features[b], np.float64).reshape(-1, channels)
        f_e = np.asarray(memory[b], np.float64).reshape(-1, channels)
        mask = np.asarray(visible[b], np.float64).reshape(-1)
        query = f_d @ kernel
        for j in range(len(f_d)):
            energy = np.array([query[i] @ query[j] for i in range(len(f_d))])
            beta = np.exp(energy - energy.max())
            beta /= beta.sum()
            y, x = divmod(j, width)
            short[b, y, x] = 0.7 * sum(beta[i] * f_d[i] for i in range(len(f_d))) + f_d[j]
            long[b, y, x] = -0.4 * (1 - mask[j]) * sum(beta[i] * f_e[i] for i in range(len(f_d))) + mask[j] * f_e[j]
    return short, long


def test_layer(check_layer):
    check_layer(functools.partial(MaskedAttention, False), [(2, 4, 8, 8)], (2, 4, 8, 8))
    shapes = [(2, 4, 8, 8), (2, 4, 8, 8), (2, 8, 16, 1)]
    check_layer(functools.partial(MaskedAttention, True), shapes, (2, 4, 8, 8), built_from=shapes[:1])


def test_is_the_loop_of_the_equations():
    features, memory = _random(2, 3, 4, 8), _random(2, 3, 4, 8, seed=1)
    visible = tf.constant(np.random.default_rng(2).integers(0, 2, (2, 3, 4, 1)), tf.float32)
    layer = _layer(True, features.shape)
    short, long = _loop(layer, features, memory, visible)
    np.testing.assert_allclose(_layer(False, features.shape)(features), short, atol=1e-4)
    expected = layer.fusion(tf.constant(np.concatenate([short, long], -1), tf.float32))
    np.testing.assert_allclose(layer(features, memory, visible), expected, atol=1e-4)


def test_weights_of_each_position_sum_to_one():
    layer = _layer(False, (1, 4, 4, 8))
    np.testing.assert_allclose(tf.reduce_sum(layer.weights_of(_random(1, 4, 4, 8)), -1), np.ones((1, 16)), rtol=1e-5)


def test_mask_is_resized_by_area_and_1_is_visible():
    features, memory = _random(1, 2, 2, 8), _random(1, 2, 2, 8, seed=1)
    layer = _layer(True, features.shape)
    large = np.zeros((1, 4, 4, 1), np.float32)
    large[0, :2, :2] = 1
    large[0, :2, 2] = 1  # half of the second cell
    small = np.array([[1.0, 0.5], [0.0, 0.0]], np.float32).reshape(1, 2, 2, 1)
    np.testing.assert_allclose(layer(features, memory, large), layer(features, memory, small), atol=1e-6)


def test_starts_as_identity_without_memory():
    layer = MaskedAttention(False)
    features = _random(1, 4, 4, 8)
    layer.build(features.shape)
    np.testing.assert_array_equal(layer(features), features)


def test_memory_without_mask_is_refused():
    with pytest.raises(ValueError, match="visible"):
        _layer(True, (1, 2, 2, 8))(_random(1, 2, 2, 8))
