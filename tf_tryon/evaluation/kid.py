"""Kernel distance between the features of two sets of pictures (KID).

    MMD^2 = mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)
    k(x, y) = (x . y / d + 1)^3

Binkowski et al., Demystifying MMD GANs, ICLR 2018. Unbiased for every number of pictures, so it may be below 0 and,
unlike the Fréchet distance, sets of different sizes can be compared. Like it, it is called by the features' network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tf_tryon.evaluation.named_parts import named_parts

BLOCK: Final = 25  # pictures of each set


def unbiased_mmd2(first: np.ndarray, second: np.ndarray, same: np.ndarray | None = None) -> float:
    """MMD^2 of (n, d) and (m, d) features; n and m at least 2.

    `same`: (n, m) bool, where both pictures are of one name: these pairs are left out, as they are not independent.
    """
    if min(len(first), len(second)) < 2:
        raise ValueError(f"sets of {len(first)} and {len(second)} pictures: the kernel distance needs two or more")
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    across = _kernel(first, second)
    between = across.mean() if same is None else across[~same].mean()
    return float(_within(first) + _within(second) - 2 * between)


def kernel_distance(
    first: np.ndarray,
    second: np.ndarray,
    names: tuple[Sequence[str], Sequence[str]] | None = None,
    block: int = BLOCK,
) -> np.ndarray:
    """MMD^2 of each of as many parts of both sets as the smaller has blocks of `block` pictures, (blocks,).

    Their mean is unbiased, and every picture is in one of them.

    Args:
      first: (n, d) features.
      second: (m, d).
      names: of both sets' pictures, each once in a set. The parts are mixed then, as an order of names may say
        something of the pictures; those of one name are in the same part, and aren't compared. None: the parts follow
        the order of the features.
      block: pictures of the smaller set that a part has at least.
    """
    count = max(1, min(len(first), len(second)) // block)
    if names is None:
        parts = [np.array_split(np.arange(len(features)), count) for features in (first, second)]
        return np.array([unbiased_mmd2(first[a], second[b]) for a, b in zip(*parts, strict=True)])
    of_first, of_second = named_parts(*names, count, mixed=True)
    named = [np.array(each) for each in names]
    own = [(of_first == part, of_second == part) for part in range(count)]
    return np.array([
        unbiased_mmd2(first[a], second[b], np.equal.outer(named[0][a], named[1][b])) for a, b in own
    ])  # fmt: skip


def _kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first @ second.T / first.shape[1] + 1) ** 3


def _within(x: np.ndarray) -> float:
    kernel = _kernel(x, x)
    return float((kernel.sum() - np.trace(kernel)) / (len(x) * (len(x) - 1)))


def paired_mmd2(first: np.ndarray, second: np.ndarray) -> tuple[float, np.ndarray]:
    """MMD^2 of two pictures of each person, (n, d) both, none compared with the same person's: for small sets.

        mean_{i != j} k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(y_i, x_j)

    Returns:
      The value, and (n,) the value without each person, for `bootstrap.jackknife`.

    Raises:
      ValueError: fewer than three people, or another number in `second`.
    """
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    count = len(first)
    if count < 3 or len(second) != count:
        raise ValueError(f"pictures of {count} and {len(second)} people: three or more are needed, the same in both")
    across = _kernel(first, second)
    each = _kernel(first, first) + _kernel(second, second) - across - across.T
    np.fill_diagonal(each, 0)
    total, rows = each.sum(), each.sum(axis=1)
    return float(total / (count * (count - 1))), (total - 2 * rows) / ((count - 1) * (count - 2))
