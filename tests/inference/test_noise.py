"""Noise is a function of seed, stage and sample, the same eagerly and in a graph."""

import itertools

import numpy as np
import tensorflow as tf

from tf_tryon.inference.noise import MAX_SEED, latent_noise

SHAPE = (8, 8, 16)


def test_a_graph_draws_what_python_draws() -> None:
    @tf.function(input_signature=[tf.TensorSpec((), tf.int64), tf.TensorSpec((), tf.int32)])
    def draw(seed: tf.Tensor, sample: tf.Tensor) -> tf.Tensor:
        return latent_noise(seed, "texture", sample, SHAPE)

    for seed, sample in ((0, 0), (7, 3), (MAX_SEED, 1023)):
        np.testing.assert_array_equal(draw(seed, sample), latent_noise(seed, "texture", sample, SHAPE))


def test_every_key_has_its_own_standard_normal() -> None:
    keys = itertools.product((0, 1), ("shape", "texture"), (0, 1))
    draws = np.stack([latent_noise(seed, stage, sample, SHAPE).numpy().ravel() for seed, stage, sample in keys])
    correlations = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlations).max() < 0.15  # 1024 values: a standard deviation of 0.03
    assert abs(draws.mean()) < 0.05
    assert abs(draws.std() - 1) < 0.05
