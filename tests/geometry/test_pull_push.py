import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.geometry import pull_push


def _filled(values, weights, levels=5):
    made = pull_push.filled(values * weights, weights, levels)
    other = pull_push.filled(tf.constant(values * weights), tf.constant(weights), levels)
    np.testing.assert_allclose(other, made, atol=1e-5)
    return made


def _some(share, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.random((2, 32, 48, 1)) < share).astype(np.float32)


def test_what_is_known_stays_and_one_value_is_carried_everywhere():
    values = np.full((2, 32, 48, 3), 0.3, np.float32)
    np.testing.assert_allclose(_filled(values, _some(0.01)), values, atol=1e-5)
    values = np.random.default_rng(1).random((2, 32, 48, 3)).astype(np.float32)
    known = _some(0.5)
    np.testing.assert_allclose(_filled(values, known) * known, values * known, atol=1e-5)


def test_what_is_unknown_is_filled_from_beside():
    slope = np.broadcast_to(np.linspace(0, 1, 48, dtype=np.float32)[:, None], (1, 32, 48, 1))
    known = np.ones_like(slope)
    known[:, 8:24, 16:32] = 0
    assert np.abs(_filled(slope, known) - slope).max() < 0.15


@pytest.mark.parametrize("levels", [0, 3])
def test_a_picture_that_knows_nothing_is_0(levels):
    nothing = np.zeros((1, 32, 48, 2), np.float32)
    assert not _filled(nothing + 1, nothing, levels).any()
