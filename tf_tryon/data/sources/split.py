"""Train and test drawn by seed: the thesis's numbers, a tenth, or so many people."""

from __future__ import annotations

import hashlib
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


def tenth(groups: Sequence[str], seed: int) -> list[str]:
    """The split of each photo: "test" for about a tenth of the groups, "train" for the others.

    A group is for the test if its hash lies in the lowest tenth. So its split follows from the seed and its own name,
    whoever else is there, with two exceptions: of several groups without any such, the lowest is for the test, and of
    several with such alone, the highest is for training. One group alone is for training.

    Args:
      groups: of each photo what must stay together.
      seed: of the draw.
    """
    turns = {group: _turn(seed, group) for group in groups}
    order = sorted(turns, key=lambda group: turns[group])
    low = sum(int.from_bytes(turn) * 10 < 1 << 8 * len(turn) for turn in turns.values())
    tested = set(order[: min(max(low, 1), len(order) - 1)]) if order else set[str]()
    return ["test" if group in tested else "train" for group in groups]


def held_out(groups: Sequence[str], may_test: Sequence[bool], seed: int, test: int) -> list[str]:
    """The split of each photo: "test" for `test` of those that may, "train" for all others.

    Those are taken whose turns come first, and a photo's turn follows from the seed and its group's name alone. So the
    same people are held out whether or not photos that may not test are among the others; one more that may test takes
    a place only if its turn comes before somebody's who has one, and only the last of these gives way. No group is in
    both splits: what shares a group with a test photo, and isn't tested itself, is left out ("").

    Args:
      groups: of each photo what must stay together.
      may_test: of each photo, whether it can be tested with: whether its labels were drawn by people.
      seed: of the draw.
      test: how many for the test; all who may, where there are fewer.
    """
    turns = [_turn(seed, group) for group in groups]
    able = sorted((i for i, may in enumerate(may_test) if may), key=lambda i: (turns[i], i))
    tested = set(able[:test])
    seen = {groups[i] for i in tested}
    return ["test" if i in tested else "" if group in seen else "train" for i, group in enumerate(groups)]


def _turn(seed: int, group: str) -> bytes:
    """By which groups are ordered: a hash of 256 bits."""
    return hashlib.sha256(f"{seed} {group}".encode()).digest()
