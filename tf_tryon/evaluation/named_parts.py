"""Parts of two sets of named pictures, in which pictures of one name are together.

What is measured part by part, or without each part in turn, stands for how a distance varies over people. Two pictures
of one person cancel much of that, so they have to come and go together, also where either set lacks some of the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np


def named_parts(
    first: Sequence[str], second: Sequence[str], count: int, mixed: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The part of every name of both sets, (n,) and (m,) int in [0, count).

    The names that both sets have are dealt out first, in turn, and each set's own after them from where these ended. So
    parts of one set differ by one name at most, which numbers of all names modulo `count` would not give: of sets
    without a common name, one could have all the even numbers.

    Args:
      first: the first set's names, each once.
      second: the second set's.
      count: of parts.
      mixed: names are dealt out in an order of chance, always the same one, instead of theirs.
    """
    common = {*first} & {*second}
    of_common = _dealt(common, 0, count, mixed)

    def of(names: Sequence[str]) -> np.ndarray:
        part = of_common | _dealt({*names} - common, len(common), count, mixed)
        return np.array([part[name] for name in names], int)

    return of(first), of(second)


def _dealt(names: Iterable[str], start: int, count: int, mixed: bool) -> dict[str, int]:
    """Name -> part. `start` names have been dealt out before these."""
    ordered = sorted(names)
    parts = (start + np.arange(len(ordered))) % count
    if mixed:
        ordered = [ordered[i] for i in np.random.default_rng(0).permutation(len(ordered))]
        parts = np.sort(parts)
    return dict(zip(ordered, parts.tolist(), strict=True))
