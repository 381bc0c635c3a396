"""Samples go through the networks so many at a time, whatever was asked for: memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def in_chunks(call: Callable[[np.ndarray], tuple[np.ndarray, ...]], count: int, size: int) -> list[np.ndarray]:
    """What `call` makes of samples 0 .. count - 1, joined.

    Args:
      call: given `size` numbers of samples, returns arrays of as many rows, or of one for each different number. The
        last call is filled up with its last sample, so that one graph serves all.
      count: of samples.
      size: of a chunk.
    """
    parts = []
    for start in range(0, count, size):
        made = call(np.minimum(np.arange(start, start + size), count - 1))
        parts.append([array[: count - start] for array in made])
    return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
