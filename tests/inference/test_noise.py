"""Noise is a function of seed, stage and sample, the same eagerly, in a graph and without TensorFlow."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.inference.noise import MAX_SEED, numpy_noise
from tf_tryon.inference.noise_graph import latent_noise

SHAPE = (8, 8, 16)


def test_a_graph_draws_what_python_draws() -> None:
    @tf.function(input_signature=[tf.TensorSpec((), tf.int64), tf.TensorSpec((), tf.int32)])
    def draw(seed: tf.Tensor, sample: tf.Tensor) -> tf.Tensor:
        return latent_noise(seed, "texture", sample, SHAPE)

    for seed, sample in ((0, 0), (7, 3), (MAX_SEED, 1023)):
        np.testing.assert_array_equal(draw(seed, sample), latent_noise(seed, "texture", sample, SHAPE))


@pytest.mark.parametrize("shape", [SHAPE, (3, 3, 3), (1, 1, 1)])
def test_numpy_draws_the_same_numbers(shape: tuple[int, ...]) -> None:
    for key in ((0, "shape", 0), (7, "texture", 3), (2**40 + 5, "shape", 12), (MAX_SEED, "texture", 1023)):
        np.testing.assert_allclose(numpy_noise(*key, shape), latent_noise(*key, shape), atol=5e-6)


def test_every_key_has_its_own_standard_normal() -> None:
    keys = itertools.product((0, 1), ("shape", "texture"), (0, 1))
    draws = np.stack([numpy_noise(seed, stage, sample, SHAPE).ravel() for seed, stage, sample in keys])
    correlations = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlations).max() < 0.15  # 1024 values: a standard deviation of 0.03
    assert abs(draws.mean()) < 0.05
    assert abs(draws.std() - 1) < 0.05
