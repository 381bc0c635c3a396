"""One measure of a row that was trained with several seeds: its value, and an interval over people and seeds.

Two things vary: who is measured, and how a training with another seed ends. All copies are measured on the same people,
so people's variance is one copy's, however many there are, and that of seeds falls with their number S:

    se^2 = se_people^2 + s_seeds^2 / S

s_seeds^2 is the variance of the copies' values, which holds what seeds and people do together as well: so the interval
is rather too wide than too narrow. Its t has the degrees of freedom of Welch and Satterthwaite (Satterthwaite, An
Approximate Distribution of Estimates of Variance Components, Biometrics Bulletin 1946).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from tf_tryon.evaluation.set_distances import freedom

LEVEL = 0.95


def combined(name: str, copies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """{value, low, high, people} of the measure `name` from those of each copy; one copy's own if there is one.

    None stands for what can't be measured, in any copy.
    """
    if len(copies) == 1:
        return copies[0]
    if any(copy["value"] is None for copy in copies):
        return {**copies[0], "value": None, "low": None, "high": None}
    values = np.array([copy["value"] for copy in copies])
    value, people = float(values.mean()), min(copy["people"] for copy in copies)
    if any(copy["low"] is None for copy in copies):
        return {"value": value, "low": None, "high": None, "people": people}
    reach = float(np.mean([copy["high"] - copy["low"] for copy in copies])) / 2
    low, high = around(value, reach, freedom(name, people), [values])
    return {"value": value, "low": low, "high": high, "people": people}


def row_of(copies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A row's result from those of its copies: as one copy's, with intervals over people and seeds, and `copies`."""
    first = copies[0]
    measures = {
        garment: {
            name: combined(name, [copy["measures"][garment][name] for copy in copies])
            for name in own
            if all(name in copy["measures"][garment] for copy in copies)
        }
        for garment, own in first["measures"].items()
    }
    return {**first, "measures": measures, "copies": len(copies)}


def around(value: float, reach: float, degrees: int, groups: Sequence[np.ndarray]) -> tuple[float, float]:
    """The interval over people and seeds.

    Args:
      value: a mean of copies, or the difference of two such means.
      reach: half of the interval over people alone.
      degrees: of freedom, of that interval.
      groups: the copies' values of each mean that `value` is made of; those of one copy tell nothing, and the others'
        variance stands for theirs.
    """
    degrees = max(degrees, 1)
    parts = [(math.pow(reach / _quantile(degrees), 2), float(degrees))]
    known = [group for group in groups if len(group) > 1]
    for group in groups:
        if len(group) > 1:
            parts.append((float(group.var(ddof=1)) / len(group), len(group) - 1.0))
        elif known:
            parts.append((float(np.mean([other.var(ddof=1) for other in known])), len(known[0]) - 1.0))
    variance = sum(part for part, _ in parts)
    if not variance:
        return value, value
    together = variance**2 / sum(part**2 / own for part, own in parts)
    wide = _quantile(together) * math.sqrt(variance)
    return value - wide, value + wide


def _quantile(degrees: float) -> float:
    return float(stats.t.ppf((1 + LEVEL) / 2, degrees))
