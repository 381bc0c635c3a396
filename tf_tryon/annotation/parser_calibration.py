"""Lines from the overlap that the network expects to the overlap that it gets, fitted to photos with true labels.

For each garment the least distances, not their squares: a few parsings went wrong altogether, and must not bend the
line of all the others. Each line is drawn to that of all garments as by a few more observations: hats are rare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np

from tf_tryon.annotation.annotation import Parsing, Pose
from tf_tryon.annotation.parser_evaluation import garment_overlaps, parsed
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import GARMENTS

_SHRINKAGE: Final = 10.0  # observations that agree with the line of all garments
_TYPICAL: Final = 0.1  # distance from the line that weighs 1
_NEAREST: Final = 0.01  # what is nearer weighs no more
_PASSES: Final = 100
_LEAST: Final = 8  # observations that a line needs


class Calibrated(NamedTuple):
    """(4, 2) offset and slope by garment, and how many people were not found, of whom nothing follows."""

    lines: np.ndarray
    not_found: int


def calibrate_by(
    parse: Callable[[np.ndarray, Pose], Parsing], people: Iterable[Person], pose_of: Callable[[Person], Pose | None]
) -> Calibrated:
    """Calibrate by people with true labels.

    Args:
      parse: photo and pose -> parsing, with the uncalibrated confidences.
      people: with labels of the eight classes.
      pose_of: their poses; None: not found.

    Raises:
      ValueError: too few garments were seen.
    """
    seen: list[tuple[Parsing, np.ndarray]] = []
    not_found = 0
    for person, parsing in parsed(parse, people, pose_of):
        if parsing is None:
            not_found += 1
        else:
            seen.append((parsing, person.labels))
    return Calibrated(calibrate(seen), not_found)


def calibrate(parsings: Iterable[tuple[Parsing, np.ndarray]]) -> np.ndarray:
    """(4, 2) offset and slope by garment.

    Args:
      parsings: with the uncalibrated confidences, and the true classes (h, w).

    Raises:
      ValueError: too few garments were seen.
    """
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in GARMENTS}
    for parsing, truth in parsings:
        for name, overlap in garment_overlaps(parsing.classes, truth):
            seen[name].append((parsing.confidences[name], overlap))
    everything = np.array([pair for pairs in seen.values() for pair in pairs]).reshape(-1, 2)
    if len(everything) < _LEAST:
        raise ValueError(f"{len(everything)} garments are too few to calibrate by: {_LEAST} or more are needed")
    common = _line(everything, np.zeros(2), 1e-3)
    return np.stack([_line(np.array(pairs).reshape(-1, 2), common, _SHRINKAGE) for pairs in seen.values()])


def _line(pairs: np.ndarray, prior: np.ndarray, weight: float) -> np.ndarray:
    """Offset and slope that minimise, as far as observations are more than `_NEAREST` off,

        2 * _TYPICAL * sum |a + b x - y| + weight * mean over x' of ((a - a0) + (b - b0) x')^2.

    By least squares again and again, in which an observation weighs the less the farther it is off.
    """
    design = np.stack([np.ones(len(pairs)), pairs[:, 0]], axis=1)
    places = np.stack([np.ones(3), np.array([0.2, 0.5, 0.9])], axis=1)
    around = weight / len(places) * places.T @ places
    line, weights = prior, np.ones(len(pairs))
    for _ in range(_PASSES):
        weighed = design.T * weights
        line = np.linalg.solve(weighed @ design + around, weighed @ pairs[:, 1] + around @ prior)
        weights = _TYPICAL / np.maximum(np.abs(design @ line - pairs[:, 1]), _NEAREST)
    return line
