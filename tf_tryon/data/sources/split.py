"""Train and test drawn by seed, with the thesis's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

# docs/method.md, section 7: 9,023 photos with at least three garments.
TRAIN: Final = 8023
TEST: Final = 1000


def drawn(groups: Sequence[str], seed: int, train: int = TRAIN, test: int = TEST) -> list[str]:
    """The split of each photo: "train", "test" or "" (left out).

    Exactly `test` photos are for the test and at most `train` for training; of fewer than both together, the same
    shares. No group is in both: of the one that the border divides the rest is left out.

    Args:
      groups: of each photo what must stay together, for instance the garment's number.
      seed: of the draw; the same photos and seed give the same splits.
      train: how many for training.
      test: how many for the test.
    """
    total = len(groups)
    if total < train + test:
        test = max(round(total * test / (train + test)), min(total - 1, 1))
    names, group = np.unique(np.array(groups, dtype=str), return_inverse=True)
    rank = np.random.default_rng(seed).permutation(len(names))[group]
    order = np.argsort(rank, kind="stable")
    tested, rest = order[:test], order[test:]
    trained = rest[rank[rest] != rank[tested[-1]]][:train] if test else rest[:train]
    splits = np.full(total, "", dtype="<U5")
    splits[tested], splits[trained] = "test", "train"
    return splits.tolist()
