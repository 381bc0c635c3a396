"""The causal prior: no cell sees itself or later ones, and drawing agrees with teacher forcing."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.autoregressive import AutoregressiveGaussian, CausalBlock
from tf_tryon.layers.gaussian import share

SHAPE = (2, 2, 3, 4)  # pictures, cells, features


def _random(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.fixture(scope="module", params=[0, 2], ids=["", "shared"])
def prior(request):
    layer = AutoregressiveGaussian(5, width=16, head_std=0.5, shared=request.param)
    layer.build(SHAPE)
    rng = np.random.default_rng(7)
    for weight in layer.trainable_weights:
        weight.assign(rng.normal(0, 0.3, weight.shape))
    return layer


def test_layers(check_layer):
    check_layer(functools.partial(CausalBlock, 2), [(2, 6, 16)], (2, 6, 16))
    make = functools.partial(AutoregressiveGaussian, 5, width=16)
    check_layer(make, [SHAPE, (2, 2, 3, 5)], (2, 2, 3, 5), built_from=[SHAPE], exact=False)


def test_a_cell_depends_on_earlier_cells_only_and_on_all_of_them(prior):
    features, codes = _random(*SHAPE), _random(2, 2, 3, 5)
    before = np.reshape(prior(features, codes).mean, (2, 6, 5))
    for cell in range(6):
        flat = np.reshape(codes, (2, 6, 5)).copy()
        flat[:, cell] += 1
        after = np.reshape(prior(features, tf.constant(flat.reshape(2, 2, 3, 5))).mean, (2, 6, 5))
        changed = np.abs(after - before)[..., : 5 - prior.shared].max(axis=(0, 2)) > 1e-6
        assert changed.tolist() == [False] * (cell + 1) + [True] * (5 - cell)


def test_every_cell_sees_the_whole_context(prior):
    features, codes = _random(*SHAPE), _random(2, 2, 3, 5)
    changed = np.array(features)
    changed[:, 1, 2] += 1  # the last cell's
    assert np.all(np.abs(prior(features, codes).mean - prior(tf.constant(changed), codes).mean).max(axis=(0, 3)) > 1e-6)


def test_shared_channels_are_drawn_with_the_first_cell(prior):
    codes = np.array(prior.sample(_random(*SHAPE), _random(2, 2, 3, 5), 1.0))
    alike = np.ptp(codes.reshape(2, 6, 5), axis=1).max(axis=0) == 0
    assert alike.tolist() == [False] * (5 - prior.shared) + [True] * prior.shared


@pytest.mark.parametrize("temperature", [1.0, 0.5, 0.0])
def test_drawn_codes_are_what_teacher_forcing_gives_for_them(prior, temperature):
    features, noise = _random(*SHAPE), _random(2, 2, 3, 5, seed=1)
    codes = tf.function(prior.sample)(features, noise, temperature)
    assert codes.shape == noise.shape
    taught = share(prior(features, codes).sample(noise, temperature), prior.shared)
    np.testing.assert_allclose(codes, taught, atol=1e-5)
    if temperature == 0:
        np.testing.assert_allclose(codes, prior(features, codes).mean, atol=1e-5)
        np.testing.assert_allclose(codes, prior.sample(features, -noise, 0.0), atol=1e-5)
