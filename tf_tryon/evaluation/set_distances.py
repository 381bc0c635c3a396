"""Distances between completed pictures and photos of a set of people, with intervals.

Half of the people, completed, are compared with the other half's photos, both ways, and averaged: so no person is
compared with itself. Pictures are streamed; what is kept of each is its features (2 kB of VGG-16's).

- **frechet**: the mean of both ways; its interval is the jackknife's over 10 groups of people.
- **kid**: the mean over blocks of 25 people of each half; its interval is the jackknife's over blocks.
- **paired_kid**: all completions against all photos but the same person's (`kid.paired_mmd2`), which needs no halves:
  for small sets. Its interval is the jackknife's over people.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from tf_tryon.evaluation import bootstrap
from tf_tryon.evaluation.features import Features
from tf_tryon.evaluation.frechet import features_distance
from tf_tryon.evaluation.kid import BLOCK, kernel_distance, paired_mmd2

GROUPS = 10
TRUTH = "truth"


class SetDistances:
    """Features of each kind of picture of the same people, who come in the same order.

    Args:
      network: gives features; None measures nothing.
    """

    def __init__(self, network: Features | None) -> None:
        self._network = network
        self._by_kind: dict[str, list[np.ndarray]] = defaultdict(list)

    def update(self, kind: str, pictures: np.ndarray) -> None:
        """Take in (B, H, W, 3) float32 pictures in [0, 1] of the next people."""
        if self._network is not None:
            self._by_kind[kind].append(self._network(pictures))

    def features(self) -> dict[str, np.ndarray]:
        """(people, n) of what was taken in, by kind."""
        return {kind: np.concatenate(parts) for kind, parts in self._by_kind.items()}

    def add(self, kind: str, features: np.ndarray) -> None:
        """Take in the features of the next people's pictures."""
        self._by_kind[kind].append(features)

    def replicates(self) -> dict[str, np.ndarray]:
        """By measure: `KIND_frechet_...` (1 + groups,), all people's and without each group; `KIND_kid_...` (blocks,);
        `KIND_paired_kid_...` (1 + people,).

        Two sets of the same people have the same groups and blocks, so their differences can be judged pair by pair.
        """
        features = self.features()
        if self._network is None or TRUTH not in features or len(features[TRUTH]) < 4:
            return {}
        truth = features[TRUTH]
        groups = min(GROUPS, len(truth) // 4)
        pair = np.arange(len(truth)) // 2  # both halves lose the same number of people
        distances = {}
        for kind, own in features.items():
            values = [_both_ways(own, truth)]
            if groups > 1:
                values += [_both_ways(own, truth, pair % groups != group) for group in range(groups)]
            end = f"{self._network.name}_n{len(truth) // 2}"
            distances[f"{kind}_frechet_{end}"] = np.array(values)
            blocks = [kernel_distance(own[half::2], truth[1 - half :: 2]) for half in (0, 1)]
            distances[f"{kind}_kid_{end}"] = np.mean([b[: min(map(len, blocks))] for b in blocks], axis=0)
            if kind != TRUTH:  # whose pairs would be of the same picture
                value, left_out = paired_mmd2(own, truth)
                distances[f"{kind}_paired_kid_{self._network.name}_n{len(truth)}"] = np.array([value, *left_out])
        return distances


def estimate(name: str, replicates: np.ndarray, people: int) -> bootstrap.Estimate:
    """Value and interval of one entry of `SetDistances.replicates`, or of the difference of two."""
    if _has_blocks(name):
        return bootstrap.of_blocks(replicates, people)
    return bootstrap.jackknife(value(name, replicates), replicates[1:], people)


def value(name: str, replicates: np.ndarray) -> float:
    """The measure itself, of all people."""
    return float(replicates.mean() if _has_blocks(name) else replicates[0])


def freedom(name: str, people: int) -> int:
    """Degrees of freedom of the interval of a measure of so many people, of whatever name; 0: it has no interval."""
    if _has_blocks(name):
        return people // 2 // BLOCK - 1 if people // 2 >= BLOCK else 0
    return max((min(GROUPS, people // 4) if "_frechet_" in name else people) - 1, 0)


def is_distance(name: str) -> bool:
    """Whether a measure is one of `SetDistances.replicates`."""
    return "_frechet_" in name or "_kid_" in name


def people_of(name: str) -> int:
    """How many people a distance of this name is of."""
    return int(name.rpartition("_n")[2]) * (1 if "_paired_" in name else 2)


def summary(replicates: dict[str, np.ndarray], people: int) -> dict[str, Any]:
    """Measure -> {value, low, high, people}."""
    return {name: estimate(name, values, people).to_dict() for name, values in replicates.items()}


def _has_blocks(name: str) -> bool:
    return "_kid_" in name and "_paired_" not in name


def _both_ways(own: np.ndarray, truth: np.ndarray, kept: np.ndarray | None = None) -> float:
    total = 0.0
    for half in (0, 1):
        sides = [
            features[start::2] if kept is None else features[start::2][kept[start::2]]
            for features, start in ((own, half), (truth, 1 - half))
        ]
        total += features_distance(*sides) / 2
    return total
