"""Diagonal Gaussians: splitting, sampling, the reparameterised gradient."""

import numpy as np
import tensorflow as tf

from tf_tryon.layers.gaussian import Gaussian, counted, share


def _random(*shape):
    return tf.constant(np.random.default_rng(0).standard_normal(shape), tf.float32)


def test_features_are_split_into_mean_and_softplus_std():
    features = _random(2, 3, 4, 10)
    gaussian = Gaussian.from_features(tf.cast(features, tf.bfloat16))
    assert gaussian.mean.dtype == gaussian.std.dtype == tf.float32
    np.testing.assert_allclose(gaussian.mean, features[..., :5], rtol=0.01)
    np.testing.assert_allclose(gaussian.std, np.log1p(np.exp(features[..., 5:])), rtol=0.02, atol=1e-3)
    assert float(tf.reduce_min(Gaussian.from_features(tf.fill((1, 1, 1, 2), -200.0)).std)) > 0


def test_sample_is_mean_plus_scaled_noise_and_differentiable():
    features, noise = _random(2, 3, 4, 10), _random(2, 3, 4, 5)
    with tf.GradientTape() as tape:
        gaussian = Gaussian.from_features(features)
        tape.watch(gaussian)
        drawn = gaussian.sample(noise, 0.5)
    np.testing.assert_allclose(drawn, gaussian.mean + 0.5 * gaussian.std * noise, rtol=1e-6)
    to_mean, to_std = tape.gradient(drawn, [gaussian.mean, gaussian.std])
    np.testing.assert_allclose(to_mean, np.ones_like(noise))
    np.testing.assert_allclose(to_std, 0.5 * noise, rtol=1e-6)
    np.testing.assert_array_equal(gaussian.sample(noise, 0.0), gaussian.mean)


def test_shared_channels_are_one_value_that_counts_once():
    gaussian = Gaussian.from_features(_random(2, 3, 4, 10))
    for values, averaged, first in zip(gaussian, gaussian.averaged(2), gaussian.of_first_cell(2), strict=True):
        for actual in (averaged, first):
            np.testing.assert_array_equal(actual[..., :3], values[..., :3])
        np.testing.assert_allclose(averaged[:, 1, 2, 3:], np.mean(values, (1, 2))[:, 3:], rtol=1e-5)
        np.testing.assert_array_equal(first[:, 1, 2, 3:], values[:, 0, 0, 3:])
        np.testing.assert_array_equal(share(averaged, 2), averaged)
    np.testing.assert_array_equal(counted(tf.ones((2, 3, 4, 5)), 2), [3 * 4 * 3 + 2] * 2)
    assert share(gaussian.mean, 0) is gaussian.mean
