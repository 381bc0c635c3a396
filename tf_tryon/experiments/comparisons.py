"""Differences between rows, person by person, and whether the thesis's orderings come out again.

The full model is compared with every row that the thesis prints, on the Fréchet distance; the recommended one with the
thesis's, with itself under the thesis's KL weight and with both baselines, on realism, diversity and compatibility.
"""

from __future__ import annotations

import math
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_tryon.evaluation import bootstrap, set_distances
from tf_tryon.experiments import measures
from tf_tryon.experiments.copies import around
from tf_tryon.experiments.earlier import NONE, Earlier, apart
from tf_tryon.experiments.measures import Measure
from tf_tryon.experiments.plan import FULL, RECOMMENDED, Row
from tf_tryon.experiments.tasks import REMEDY, measuring
from tf_tryon.files.array_file import read_arrays

RIVALS = (FULL, "recommended_thesis_kl", "finet", "bicyclegan")  # of the recommended row
OF_RIVALS = (
    measures.FRECHET, measures.KID, measures.PAIRS, measures.SHAPE_DIVERSITY, measures.PICTURE_DIVERSITY,
    measures.KIND_POSSIBLE, measures.COLOUR_POSSIBLE, measures.BLANK,
)  # fmt: skip

# Of the row's own crop: where crops differ, so do garments' pixels, and the choices to tell apart.
_OF_OWN_CROP = (measures.SHAPE_DIVERSITY, measures.BLANK)
_THESIS = (measures.FRECHET, measures.PAIRS)  # that tell whether an ordering of the thesis came out again


def compare(
    rows: Sequence[Row],
    copies: Mapping[str, Sequence[str]],
    workdir: pathlib.Path,
    garments: Sequence[str],
    measured: Mapping[str, dict[str, Any]] | None = None,
    before: Earlier = NONE,
) -> list[dict[str, Any]]:
    """Each comparison whose rows are both measured: rows' titles, garment, measure, difference, verdict, thesis.

    Args:
      rows: that are measured.
      copies: by row those of its copies that are.
      workdir: the experiment's folder.
      garments: that are measured.
      measured: results by row, which are looked at where `before` has some of the copies.
      before: results from elsewhere.
    """
    by_name = {row.name: row for row in rows}
    pairs: list[tuple[str, str, Sequence[Measure]]] = [
        (FULL, row.name, (measures.FRECHET, measures.KID, measures.PAIRS))
        for row in rows
        if row.thesis_fid and row.name != FULL
    ]
    lacking = [row.name for row in rows if row.removed]
    pairs += [(RECOMMENDED, other, OF_RIVALS) for other in (*RIVALS, *lacking)]
    comparisons = []
    for first, second, compared in pairs:
        if first not in by_name or second not in by_name:
            continue
        elsewhere = [measuring(copy) in before.results for name in (first, second) for copy in copies[name]]
        ours, theirs = (
            [] if any(elsewhere) else [_kept(workdir / "rows" / c / "measures.npz") for c in copies[n]]
            for n in (first, second)
        )  # fmt: skip
        for garment in garments:
            for measure in compared:
                if measure in _OF_OWN_CROP and by_name[first].crop != by_name[second].crop:
                    continue
                sides = (by_name[first], by_name[second])
                seeds = [len(copies[first]), len(copies[second])]
                asked = (sides[0].title, sides[1].title, garment, measure.plain, seeds)
                if all(elsewhere) and (known := [line for line in before.comparisons if _asked(line) == asked]):
                    comparisons += known
                    continue
                if any(elsewhere):
                    estimate = _apart([(measured or {})[row.name] for row in sides], garment, measure)
                else:
                    estimate = _difference(ours, theirs, garment, measure, sides)
                if estimate is None:
                    continue
                verdict = _verdict(estimate, measure)
                thesis = ""
                if verdict and measure in _THESIS and by_name[first].thesis_fid and by_name[second].thesis_fid:
                    sooner = by_name[first].thesis_fid < by_name[second].thesis_fid
                    again = {"better": sooner, "worse": not sooner}.get(verdict)
                    thesis = "not told apart" if again is None else "reproduced" if again else "contradicted"
                comparisons.append(
                    {
                        "first": by_name[first].title, "second": by_name[second].title, "garment": garment,
                        "measure": measure.plain, "difference": estimate.to_dict(),
                        "verdict": verdict, "thesis": thesis, "seeds": seeds, "same_people": not any(elsewhere),
                    }
                )  # fmt: skip
    return comparisons


def _asked(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[field] for field in ("first", "second", "garment", "measure", "seeds"))


def _apart(sides: Sequence[dict[str, Any]], garment: str, measure: Measure) -> bootstrap.Estimate | None:
    names = [measures.name_of(row, garment, measure) for row in sides]
    if not all(names):
        return None
    return apart(*(row["measures"][garment][name] for row, name in zip(sides, names, strict=True)))


def _difference(
    ours: Sequence[dict[str, np.ndarray]],
    theirs: Sequence[dict[str, np.ndarray]],
    garment: str,
    measure: Measure,
    rows: tuple[Row, Row],
) -> bootstrap.Estimate | None:
    """None where one of the rows has no such measure, or of other people."""
    names = [_name(kept[0], garment, measure, row) for kept, row in zip((ours, theirs), rows, strict=True)]
    if not all(names):
        return None
    first, second = ([kept[name] for kept in side] for side, name in zip((ours, theirs), names, strict=True))
    return None if len(first[0]) != len(second[0]) else difference(names[0], first, second)


def difference(name: str, ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> bootstrap.Estimate:
    """Of the means over copies: person by person, and with the copies' own variance where a side has several.

    Args:
      name: of the measure, as `measure_row` leaves it.
      ours: of each copy, people's values or a distance's replicates.
      theirs: likewise, of the same people.
    """
    sides = [np.stack(list(side)) for side in (ours, theirs)]
    replicates = sides[0].mean(axis=0) - sides[1].mean(axis=0)
    if set_distances.is_distance(name):
        estimate = set_distances.estimate(name, replicates, set_distances.people_of(name))
        values = [np.array([set_distances.value(name, copy) for copy in side]) for side in sides]
    else:
        estimate = bootstrap.mean(replicates)
        values = [np.nanmean(side, axis=1) for side in sides]
    if max(map(len, values)) == 1 or math.isnan(estimate.low):
        return estimate
    low, high = around(
        estimate.value, (estimate.high - estimate.low) / 2, set_distances.freedom(name, estimate.people), values
    )
    return estimate._replace(low=low, high=high)


def _name(kept: dict[str, np.ndarray], garment: str, measure: Measure, row: Row) -> str:
    pattern = re.compile(f"{garment}/" + measure.name.replace("KIND", "end_to_end" if row.shape else "prior"))
    matching = [name for name in kept if pattern.fullmatch(name)]
    return min(matching, key=lambda name: "both" not in name, default="")


def _verdict(estimate: bootstrap.Estimate, measure: Measure) -> str:
    """What a difference says: better, worse or not told apart; nothing where it has no interval."""
    if math.isnan(estimate.low):
        return ""
    if not (estimate.low > 0 or estimate.high < 0):
        return "not told apart"
    return "better" if estimate.value * measure.sign > 0 else "worse"


def _kept(path: pathlib.Path) -> dict[str, np.ndarray]:
    return read_arrays(path, REMEDY, finite=False)
