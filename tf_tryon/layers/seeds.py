"""Initial weights that follow from a seed alone.

    seeds.build(generator, shape, config.seed)

Meanwhile the n-th initialiser that is made here takes the n-th number of a stream of its own. So the weights that a
network starts with follow from the seed, the network's name and its own code: whatever else draws random numbers or is
built before changes nothing, and no random state of the process is touched. Otherwise initialisers are Keras's,
unseeded.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from contextvars import ContextVar

import keras
import numpy as np

_numbers: ContextVar[np.random.Generator | None] = ContextVar("seeds of initial weights", default=None)


def build(model: keras.Model, input_shape: tuple[int | None, ...], seed: int) -> None:
    """`model.build(input_shape)`, with weights that follow from `seed` (0 or more) and the model's name."""
    with stream(seed, model.name):
        model.build(input_shape)


@contextlib.contextmanager
def stream(seed: int, name: str) -> Iterator[None]:
    """What is made inside takes its seeds, in order, from a stream of (seed, name)."""
    token = _numbers.set(np.random.default_rng([seed, zlib.crc32(name.encode())]))
    try:
        yield
    finally:
        _numbers.reset(token)


def normal(stddev: float) -> keras.initializers.Initializer:
    """N(0, stddev^2)."""
    return keras.initializers.RandomNormal(stddev=stddev, seed=following())


def glorot_uniform() -> keras.initializers.Initializer:
    """What Keras's dense layers start with (Glorot and Bengio, AISTATS 2010)."""
    return keras.initializers.GlorotUniform(seed=following())


def he_normal() -> keras.initializers.Initializer:
    """For layers before a ReLU (He et al., ICCV 2015)."""
    return keras.initializers.HeNormal(seed=following())


def following() -> int | None:
    """The stream's next seed; None outside a stream."""
    numbers = _numbers.get()
    return None if numbers is None else int(numbers.integers(2**31 - 1))
