"""Confidence intervals by resampling people (Efron and Tibshirani, An Introduction to the Bootstrap, 1993).

Samples of one person depend on each other, people don't: so whole people are drawn with replacement, and the interval
is that between percentiles of the statistic over the draws (chapter 13). A distance between sets grows when people are
drawn twice, so there groups of people are left out in turn instead: the jackknife (chapter 11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import stats


class Estimate(NamedTuple):
    """A statistic with its confidence interval, and of how many people it is. NaN where nobody could be measured."""

    value: float
    low: float
    high: float
    people: int

    def to_dict(self) -> dict[str, float | int | None]:
        """JSON has no NaN: None stands for it."""
        return {k: (None if isinstance(v, float) and np.isnan(v) else v) for k, v in self._asdict().items()}


def estimate(
    statistic: Callable[..., float],
    *arrays: np.ndarray,
    seed: int = 0,
    resamples: int = 1000,
    level: float = 0.95,
) -> Estimate:
    """`statistic(*arrays)` and its percentile interval.

    Args:
      statistic: of arrays whose first axis is people; must not be NaN without NaN in the arrays.
      *arrays: (people, ...) each; a person with a NaN in any of them is left out.
      seed: of the draws.
      resamples: how many draws.
      level: of the interval.

    Raises:
      ValueError: the arrays have different numbers of people.
    """
    sizes = {len(array) for array in arrays}
    if len(sizes) != 1:
        raise ValueError(f"arrays of {', '.join(map(str, sorted(sizes)))} people: give one row a person in each")
    known = np.ones(sizes.pop(), bool)
    for array in arrays:
        known &= ~np.isnan(array).any(axis=tuple(range(1, array.ndim)))
    kept = [np.asarray(array)[known] for array in arrays]
    people = int(known.sum())
    if not people:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)

    def of_people(chosen: np.ndarray) -> float:
        return statistic(*(array[chosen] for array in kept))

    low = high = float("nan")
    if people > 1:
        # People's numbers are drawn, as scipy would take each column of (people, k) for a sample of its own.
        low, high = stats.bootstrap(
            (np.arange(people),), of_people, n_resamples=resamples, vectorized=False, confidence_level=level,
            method="percentile", rng=seed,
        ).confidence_interval  # fmt: skip
    return Estimate(float(statistic(*kept)), float(low), float(high), people)


def mean(values: np.ndarray, seed: int = 0) -> Estimate:
    """Mean over people of (people,) values; NaN is a person who can't be measured."""
    return estimate(lambda x: float(np.mean(x)), values, seed=seed)


def ratio(values: np.ndarray, reference: np.ndarray, seed: int = 0) -> Estimate:
    """Mean of the values over the mean of the reference, over people who have both, drawn together."""
    return estimate(lambda x, y: float(np.mean(x) / max(np.mean(y), 1e-12)), values, reference, seed=seed)


def of_blocks(values: np.ndarray, people: int) -> Estimate:
    """The mean of a few blocks' values, each of other people, with the jackknife's interval.

    Not the bootstrap's: percentiles of so few are far too narrow, for two blocks they are the blocks' own values.
    """
    total, blocks = float(np.sum(values)), len(values)
    left_out = (total - np.asarray(values)) / (blocks - 1) if blocks > 1 else np.empty(0)
    return jackknife(total / blocks, left_out, people)


def of_groups(statistic: Callable[..., float], *arrays: np.ndarray, groups: int = 10) -> Estimate:
    """`statistic(*arrays)` of (people, ...) arrays without NaN, and the jackknife's interval over groups of people.

    For what grows when people are drawn twice, as errors of frequencies do: there the bootstrap's interval lies above
    the value.
    """
    people = len(arrays[0])
    groups = min(groups, people // 2)
    group = np.arange(people) % max(groups, 1)
    left_out = [statistic(*(array[group != i] for array in arrays)) for i in range(groups if groups > 1 else 0)]
    return jackknife(float(statistic(*arrays)), np.array(left_out), people)


def jackknife(value: float, left_out: np.ndarray, people: int, level: float = 0.95) -> Estimate:
    """The interval of a statistic from its values without one of G groups of people each.

    se^2 = (G - 1) / G sum (v_g - mean v)^2, and Student's t with G - 1 degrees of freedom. scipy has no jackknife.

    Args:
      value: of all people.
      left_out: (G,) the value without each group; groups of the same size.
      people: how many people there are.
      level: of the interval.
    """
    groups = len(left_out)
    if groups < 2:
        return Estimate(float(value), float("nan"), float("nan"), people)
    error = np.sqrt((groups - 1) / groups * np.sum(np.square(left_out - np.mean(left_out))))
    reach = float(stats.t.ppf((1 + level) / 2, groups - 1) * error)
    return Estimate(float(value), float(value) - reach, float(value) + reach, people)
