"""Whether sampled garments cover what is possible, in the right proportions, and go with the rest of the outfit.

On Studio P(garment | context) is known exactly (`outfit_truth`). Garments are read from pictures by a classifier that
errs (`garment_reader`); for coverage and calibration P is passed through its confusion C first, P' = P C, which is what
a perfect sampler would be read as. Names (kinds, or colour families) are numbered.

- **coverage**: the share of the names with P' >= 5 % that one person's samples show. `ideal_coverage` is what as many
  draws from P' itself show on average.
- **calibration error**: names of all people are put into ten bins by P'; the mean over (person, name), weighted by P',
  of |mean P' - mean frequency| of the bin. **marginal error**: total variation between all samples and the mean P'.
- **possible**: the share of samples with P >= 1 % in their context. Floor: the garments of other people in this
  context; ceiling: the person's own, all read by the same reader.
"""

from __future__ import annotations

from typing import Final

import numpy as np

COMMON: Final = 0.05
POSSIBLE: Final = 0.01
_BINS: Final = 10


def frequencies(read: np.ndarray, names: int) -> np.ndarray:
    """(n, samples) numbers -> (n, names) share of each name among a person's samples."""
    return np.stack([np.mean(read == name, axis=1) for name in range(names)], axis=1)


def coverage(chances: np.ndarray, read: np.ndarray) -> np.ndarray:
    """(n, names) P' and (n, samples) readings -> (n,)."""
    shown = frequencies(read, chances.shape[1]) > 0
    common = chances >= COMMON
    return np.sum(shown & common, axis=1) / np.maximum(common.sum(axis=1), 1)


def ideal_coverage(chances: np.ndarray, samples: int) -> np.ndarray:
    """(n, names) P' -> (n,), the mean coverage of so many draws from it."""
    common = chances >= COMMON
    return np.sum((1 - (1 - chances) ** samples) * common, axis=1) / np.maximum(common.sum(axis=1), 1)


def calibration_error(chances: np.ndarray, read: np.ndarray) -> float:
    """(n, names) P' and (n, samples) readings -> a number in [0, 1]; 0: frequencies are the probabilities."""
    seen, chances = frequencies(read, chances.shape[1]).ravel(), chances.ravel()
    edges = np.quantile(chances, np.linspace(0, 1, _BINS + 1)[1:-1])
    bins = np.searchsorted(edges, chances, side="right")
    mass = np.bincount(bins, minlength=_BINS)
    gap = np.abs(np.bincount(bins, chances, _BINS) - np.bincount(bins, seen, _BINS)) / np.maximum(mass, 1)
    weight = np.bincount(bins, chances, _BINS)
    return float(np.sum(gap * weight) / np.sum(weight))


def marginal_error(chances: np.ndarray, read: np.ndarray) -> float:
    """Total variation between the samples of all people and the mean of P', in [0, 1]."""
    return float(np.abs(frequencies(read, chances.shape[1]).mean(axis=0) - chances.mean(axis=0)).sum() / 2)


def possible(chances: np.ndarray, read: np.ndarray) -> np.ndarray:
    """(n, names) P and (n, samples) readings -> (n,) share of samples that are possible in their context."""
    return np.mean(np.take_along_axis(chances, read, axis=1) >= POSSIBLE, axis=1)


def possible_of_others(chances: np.ndarray, read: np.ndarray) -> np.ndarray:
    """(n, names) P and (n,) readings of the people's own garments -> (n,): of all others' garments in one's context."""
    people = len(read)
    counts = np.bincount(read, minlength=chances.shape[1])
    fits = chances >= POSSIBLE
    own = np.take_along_axis(fits, read[:, np.newaxis], axis=1)[:, 0]
    return (fits @ counts - own) / max(people - 1, 1)
