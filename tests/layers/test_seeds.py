"""Initial weights follow from the seed and the name, and drawing them moves nobody's random state."""

import random

import keras
import numpy as np
import pytest

from tf_tryon.layers import seeds
from tf_tryon.layers.autoregressive import AutoregressiveGaussian
from tf_tryon.layers.blocks import ResBlock


def _weights(layer, shape, seed):
    seeds.build(layer, shape, seed)
    return layer.get_weights()


@pytest.mark.parametrize(
    "make",
    [lambda name: ResBlock(8, 8, name=name), lambda name: AutoregressiveGaussian(2, width=8, depth=1, name=name)],
    ids=["convolutions", "dense"],
)
def test_weights_follow_from_seed_and_name(make):
    shape = (None, 4, 4, 8)
    first = _weights(make("one"), shape, 3)
    random.random()
    keras.initializers.GlorotUniform()((2, 2))  # draws a seed from Python's random state
    again, other_seed, other_name = (
        _weights(make("one"), shape, 3),
        _weights(make("one"), shape, 4),
        _weights(make("two"), shape, 3),
    )
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    for different in (other_seed, other_name):
        same = [np.array_equal(a, b) for a, b in zip(first, different, strict=True) if np.ptp(a) > 0]
        assert same
        assert not any(same)


def test_no_two_kernels_of_a_layer_are_alike():
    kernels = [w for w in _weights(ResBlock(8, 8, name="block"), (None, 4, 4, 8), 0) if w.shape == (3, 3, 8, 8)]
    assert len(kernels) == 2
    assert not np.array_equal(*kernels)


def test_no_random_state_moves():
    before = random.getstate()
    _weights(AutoregressiveGaussian(2, width=8, depth=1, name="cells"), (None, 4, 4, 8), 0)
    assert random.getstate() == before  # numpy's is compared in tests/test_globals.py


def test_outside_a_stream_seeds_are_keras_s_own():
    assert seeds.following() is None
    with seeds.stream(1, "name"):
        first = seeds.following()
    with seeds.stream(1, "name"):
        assert seeds.following() == first
    assert seeds.following() is None
