"""Instance norms: closed forms, and gradients against those that TensorFlow derives."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.normalization import InstanceNormalization, SpatialNormalization, standardize


def _random(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


def _plain(x):
    mean, variance = tf.nn.moments(x, axes=[1, 2], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-5)


def test_layers(check_layer):
    check_layer(InstanceNormalization, [(2, 8, 16, 5)], (2, 8, 16, 5))
    check_layer(SpatialNormalization, [(2, 8, 16, 5), (2, 8, 16, 3)], (2, 8, 16, 5))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_standardize_is_the_closed_form_with_its_gradient(scale):
    inputs = scale * (3 + _random(2, 4, 6, 3))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        losses = [tf.reduce_sum(_random(2, 4, 6, 3, seed=1) * norm(inputs)) for norm in (standardize, _plain)]
    np.testing.assert_allclose(standardize(inputs), _plain(inputs), atol=2e-5)
    gradients = [tape.gradient(loss, inputs) * scale for loss in losses]
    np.testing.assert_allclose(*gradients, atol=1e-4)


def test_instance_norm_is_the_closed_form_with_its_gradients():
    inputs, layer = _random(2, 4, 6, 3), InstanceNormalization()
    layer.build(inputs.shape)
    layer.gamma.assign([0.5, -2.0, 1.0])
    layer.beta.assign([1.0, 0.0, -3.0])
    weights = [tf.convert_to_tensor(v) for v in (layer.gamma, layer.beta)]
    target = _random(2, 4, 6, 3, seed=1)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([inputs, *weights])
        ours, plain = layer(inputs), _plain(inputs) * weights[0] + weights[1]
        losses = tf.reduce_sum(target * ours), tf.reduce_sum(target * plain)
    np.testing.assert_allclose(ours, plain, atol=1e-5)
    for a, b in zip(
        tape.gradient(losses[0], [inputs, *layer.trainable_weights]),
        tape.gradient(losses[1], [inputs, *weights]),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, atol=1e-4)


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16])
def test_low_precision_survives_large_values(dtype):
    inputs = tf.cast(300 * _random(2, 128, 128, 2) + 1000, dtype)
    result = tf.cast(standardize(inputs), tf.float32)
    np.testing.assert_allclose(result, _plain(tf.cast(inputs, tf.float32)), atol=0.05)


def test_spatial_norm_is_the_closed_form():
    inputs, condition, layer = _random(2, 4, 6, 3), _random(2, 4, 6, 2, seed=1), SpatialNormalization(hidden=4)
    layer.build(inputs.shape, condition.shape)
    layer.modulation.offset.assign(np.arange(6.0))
    gamma, beta = tf.split(layer.modulation(tf.nn.relu(layer.shared(condition))), 2, axis=-1)
    np.testing.assert_allclose(layer(inputs, condition), _plain(inputs) * (1 + gamma) + beta, atol=1e-5)


def test_spatial_norm_needs_the_conditions_shape():
    with pytest.raises(ValueError, match="condition"):
        SpatialNormalization().build((1, 4, 4, 3))
