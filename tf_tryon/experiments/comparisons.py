"""Differences between rows, person by person, and whether the thesis's orderings come out again.

The full model is compared with every row that the thesis prints, on the Fréchet distance; the recommended one with the
thesis's, with itself under the thesis's KL weight and with both baselines, on realism, diversity and compatibility.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_tryon.evaluation import bootstrap, set_distances
from tf_tryon.experiments import measures
from tf_tryon.experiments.measures import Measure
from tf_tryon.experiments.plan import Row
from tf_tryon.experiments.tasks import REMEDY
from tf_tryon.files.array_file import read_arrays

FULL, RECOMMENDED = "full", "recommended"
_RIVALS = (FULL, "recommended_thesis_kl", "finet", "bicyclegan")  # of the recommended row
_OF_RIVALS = (
    measures.FRECHET, measures.KID, measures.SHAPE_DIVERSITY, measures.PICTURE_DIVERSITY, measures.KIND_POSSIBLE,
    measures.COLOUR_POSSIBLE, measures.BLANK,
)  # fmt: skip


def compare(rows: Sequence[Row], workdir: pathlib.Path, garments: Sequence[str]) -> list[dict[str, Any]]:
    """Each comparison whose rows are both measured: rows' titles, garment, measure, difference, verdict, thesis."""
    by_name = {row.name: row for row in rows}
    pairs: list[tuple[str, str, Sequence[Measure]]] = [
        (FULL, row.name, (measures.FRECHET, measures.KID)) for row in rows if row.thesis_fid and row.name != FULL
    ]
    pairs += [(RECOMMENDED, other, _OF_RIVALS) for other in _RIVALS]
    comparisons = []
    for first, second, compared in pairs:
        if first not in by_name or second not in by_name:
            continue
        ours, theirs = (_kept(workdir / "rows" / name / "measures.npz") for name in (first, second))
        for garment in garments:
            for measure in compared:
                estimate = _difference(ours, theirs, garment, measure, (by_name[first], by_name[second]))
                if estimate is None:
                    continue
                verdict = _verdict(estimate, measure)
                thesis = ""
                if measure is measures.FRECHET and by_name[first].thesis_fid and by_name[second].thesis_fid:
                    sooner = by_name[first].thesis_fid < by_name[second].thesis_fid
                    again = {"better": sooner, "worse": not sooner}.get(verdict)
                    thesis = "not told apart" if again is None else "reproduced" if again else "not reproduced"
                comparisons.append(
                    {
                        "first": by_name[first].title, "second": by_name[second].title, "garment": garment,
                        "measure": measure.title.rstrip(" ↑↓"), "difference": estimate.to_dict(),
                        "verdict": verdict, "thesis": thesis,
                    }
                )  # fmt: skip
    return comparisons


def _difference(
    ours: dict[str, np.ndarray],
    theirs: dict[str, np.ndarray],
    garment: str,
    measure: Measure,
    rows: tuple[Row, Row],
) -> bootstrap.Estimate | None:
    names = [_name(kept, garment, measure, row) for kept, row in zip((ours, theirs), rows, strict=True)]
    if not all(names) or len(ours[names[0]]) != len(theirs[names[1]]):
        return None
    difference = ours[names[0]] - theirs[names[1]]
    if "_frechet_" in names[0] or "_kid_" in names[0]:
        people = 2 * int(names[0].rpartition("_n")[2])
        return set_distances.estimate(names[0], difference, people)
    return bootstrap.mean(difference)


def _name(kept: dict[str, np.ndarray], garment: str, measure: Measure, row: Row) -> str:
    pattern = re.compile(f"{garment}/" + measure.name.replace("KIND", "end_to_end" if row.shape else "prior"))
    matching = [name for name in kept if pattern.fullmatch(name)]
    return min(matching, key=lambda name: "both" not in name, default="")


def _verdict(estimate: bootstrap.Estimate, measure: Measure) -> str:
    if not (estimate.low > 0 or estimate.high < 0):
        return "not told apart"
    return "better" if estimate.value * measure.sign > 0 else "worse"


def _kept(path: pathlib.Path) -> dict[str, np.ndarray]:
    return read_arrays(path, REMEDY, finite=False)
