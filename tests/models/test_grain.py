"""Grain comes from beside in the same row, on arrays as on tensors; edges are not repeated."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.models import grain


def _beside(photo, street):
    made = grain.beside(photo, street)
    np.testing.assert_allclose(grain.beside(tf.constant(photo), tf.constant(street)), made, atol=1e-6)
    return made


@pytest.fixture
def street():
    known = np.ones((1, 64, 64, 1), np.float32)
    known[:, :, 24:40] = 0
    return known


def _asphalt(strength):
    return (strength * np.random.default_rng(0).standard_normal((1, 64, 64, 3))).astype(np.float32)


def test_a_gap_gets_the_grain_of_its_rows(street):
    photo = _asphalt(0.02)
    photo[:, 32:] = 0  # smooth below
    made = _beside(photo, street)
    assert (made[:, :, :24] == 0).all()
    assert (made[:, :, 40:] == 0).all()
    assert 0.012 < made[:, :28, 24:40].std() < 0.02  # a mean's share of it is coarser than grain
    assert np.abs(made[:, 36:, 24:40]).max() < 1e-6


def test_edges_are_not_seen_again_and_without_a_street_there_is_no_grain(street):
    pole = np.zeros((1, 64, 64, 3), np.float32)
    pole[:, :, 16] = 1
    assert np.abs(_beside(pole, street)).max() < 0.05
    assert np.abs(_beside(_asphalt(0.02), street * 0)).max() == 0
