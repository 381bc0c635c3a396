"""Encoders: the code's shape follows the stride, for both kinds of prior."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers import seeds
from tf_tryon.models.encoder import Encoder


def _random(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.mark.parametrize("stride", [4, 8, 32])
def test_code_is_the_picture_by_the_stride(check_model, stride):
    model = Encoder(5, stride=stride, width=0.125, spectral=stride != 8)
    model.build((None, 64, 96, 3))
    code = (2, 64 // stride, 96 // stride, 5)
    mean, std = check_model(model, [_random(2, 64, 96, 3)], [code, code], reload=stride == 32)
    assert mean.dtype == std.dtype == tf.float32
    assert float(tf.reduce_min(std)) > 0


def test_autoregressive_prior(check_model):
    model = Encoder(5, autoregressive=True, width=0.125)
    model.build((None, 64, 96, 3))
    inputs, noise = _random(2, 64, 96, 3), _random(2, 2, 3, 5)
    check_model(model, [inputs, noise], [(2, 2, 3, 5)] * 2)
    codes = model.sample(inputs, noise, 0.5)
    np.testing.assert_allclose(codes, model(inputs, codes).sample(noise, 0.5), atol=1e-5)
    with pytest.raises(ValueError, match="codes"):
        model(inputs)


def test_sample_of_an_independent_prior_is_the_gaussians():
    model = Encoder(5, width=0.125)
    model.build((None, 32, 32, 3))
    inputs, noise = _random(2, 32, 32, 3), _random(2, 1, 1, 5)
    np.testing.assert_allclose(model.sample(inputs, noise, 0.7), model(inputs).sample(noise, 0.7), atol=1e-6)


def test_a_small_head_starts_near_one_gaussian_for_all():
    spread = {}
    for std in (0.02, 0.002):
        model = Encoder(5, width=0.125, spectral=False, head_std=std, name="encoder")
        seeds.build(model, (None, 32, 32, 3), 0)  # both bodies alike
        spread[std] = float(tf.math.reduce_std(model(_random(8, 32, 32, 3)).mean))
    assert spread[0.002] < 0.3 * spread[0.02]
