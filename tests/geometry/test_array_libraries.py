"""Each function that both array libraries have gives the same in both."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.geometry import numpy_arrays, tensor_arrays
from tf_tryon.geometry.arrays import library

MAPS = np.random.default_rng(0).standard_normal((2, 6, 8, 3)).astype(np.float32)
CALLS = {
    "cut": lambda xp, x: xp.cut(x, -0.5, 0.5),
    "highest": lambda xp, x: xp.highest(x, 1),
    "some": lambda xp, x: xp.some(x > 1.0, 2),
    "first": lambda xp, x: xp.first(x > 1.0, 1),
    "mean": lambda xp, x: xp.mean(x, (1, 2)),
    "stacked": lambda xp, x: xp.stacked([x, x + 1.0], 0),
    "joined": lambda xp, x: xp.joined([x, x + 1.0], 2),
    "repeated": lambda xp, x: xp.repeated(x[:1], 3),
    "turned": lambda xp, x: xp.turned(x, (2, 0, 3, 1)),
    "around": lambda xp, x: xp.around(x),
    "halved": lambda xp, x: xp.halved(x),
}


@pytest.mark.parametrize("name", list(CALLS))
def test_both_libraries_agree(name: str) -> None:
    ours, theirs = CALLS[name](numpy_arrays, MAPS), CALLS[name](tensor_arrays, tf.constant(MAPS)).numpy()
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_the_library_is_told_from_what_is_given() -> None:
    assert library(MAPS) is library(MAPS[0, 0, 0, 0]) is numpy_arrays
    assert library(tf.constant(MAPS)) is tensor_arrays
