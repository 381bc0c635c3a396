"""Learning curves in a report: distances along each training, and where the thesis's orderings are going."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_tryon.evaluation.estimate_text import written
from tf_tryon.experiments import figures
from tf_tryon.experiments.chart import Line, Panel
from tf_tryon.experiments.comparisons import difference
from tf_tryon.experiments.copies import combined
from tf_tryon.experiments.curve import FILE
from tf_tryon.experiments.document import Block, Figure, Heading, Table, Text
from tf_tryon.experiments.earlier import Earlier, apart
from tf_tryon.experiments.plan import FULL, Row
from tf_tryon.experiments.tasks import REMEDY
from tf_tryon.files.array_file import read_arrays

_MEASURES = (("Fréchet distance", "made_frechet_"), ("kernel distance of pairs", "made_paired_kid_"))
PICTURE = "curves.png"
_X = "part of the second stage's training, %"
_NOTE = (
    "Every row at the same parts of its second stage's training, its first stage being complete; of a model of one"
    " stage of the whole training. Differences are the full model's distance less the row's, of the same people: below"
    " 0 the full model is nearer to photos, as the thesis has it."
)


# What `measure_curve` gave of a copy, and its folder; None where only a report of elsewhere has it.
Curve = tuple[dict[str, Any], pathlib.Path | None]


def differences(rows: Sequence[Row], curves: Mapping[str, Sequence[Curve]], before: Earlier) -> list[dict[str, Any]]:
    """The full model's from the thesis's other rows: row, measure, and an estimate at each point of the training.

    Args:
      rows: of the experiment.
      curves: by row those of its copies that are done.
      before: results from elsewhere.
    """
    compared = [row for row in rows if row.thesis_fid and row.name != FULL and curves.get(row.name)]
    made: list[dict[str, Any]] = []
    for title, start in _MEASURES:
        for row in compared if curves.get(FULL) else []:
            sides = (curves[FULL], curves[row.name])
            places = [place for side in sides for _, place in side]
            known = [line for line in before.curve_differences if (line["row"], line["measure"]) == (row.title, title)]
            if known and not any(places):
                made += known
                continue
            if all(places):
                kept = [
                    [read_arrays(place / FILE, REMEDY, finite=False) for _, place in side if place] for side in sides
                ]
                estimates = [_difference(*kept, f"{i}/{start}") for i in range(len(sides[0][0][0]["points"]))]
            else:
                estimates = [apart(*pair) for pair in zip(*(_along(side, start) for side in sides), strict=True)]
            made.append({"row": row.title, "measure": title, "estimates": [each.to_dict() for each in estimates]})
    return made


def blocks(
    rows: Sequence[Row],
    curves: Mapping[str, Sequence[Curve]],
    differing: Sequence[dict[str, Any]],
    folder: pathlib.Path,
) -> list[Block]:
    """The chart, and the full model's differences from the thesis's other rows.

    Args:
      rows: of the experiment.
      curves: by row those of its copies that are done.
      differing: of `differences`.
      folder: to draw into.
    """
    done = [row for row in rows if curves.get(row.name)]
    if not done:
        return []
    panels = [Panel(title, _X, [_line(row, curves[row.name], start) for row in done]) for title, start in _MEASURES]
    shares = [point["share"] for point in curves[done[0].name][0][0]["points"]]
    at = [100 * share for share in shares]
    for title, _ in _MEASURES:
        own = [line for line in differing if line["measure"] == title]
        drawn = [Line(line["row"], at, [_number(each) for each in line["estimates"]]) for line in own]
        panels += [Panel(f"full model less the row: {title}", _X, drawn)] if drawn else []
    lines = [
        [f"full model - {line['row']}", line["measure"], *(written(each) for each in line["estimates"])]
        for line in differing
    ]
    figures.chart(panels, folder / PICTURE)
    made: list[Block] = [
        Heading("Learning curves"),
        Figure(PICTURE, "Distances along the trainings."),
        Text(_NOTE),
    ]
    head = ["rows", "measure", *(f"at {share:.0%}" for share in shares)]
    return [*made, Table(head, lines)] if lines else made


def _line(row: Row, copies: Sequence[Curve], start: str) -> Line:
    """Means over the copies that are done."""
    shares = [100 * point["share"] for point in copies[0][0]["points"]]
    return Line(row.title, shares, [_number(each) for each in _along(copies, start)])


def _along(copies: Sequence[Curve], start: str) -> list[dict[str, Any]]:
    """The measure {value, low, high, people} at each point, of all copies together."""
    measured = [[point["measures"] for point in result["points"]] for result, _ in copies]
    name = next(name for name in measured[0][0] if name.startswith(start))
    return [combined(name, [point[name] for point in at]) for at in zip(*measured, strict=True)]


def _number(estimate: dict[str, Any]) -> float:
    return float("nan") if estimate["value"] is None else estimate["value"]


def _difference(ours: Sequence[dict[str, np.ndarray]], theirs: Sequence[dict[str, np.ndarray]], start: str) -> Any:
    name = next(name for name in ours[0] if name.startswith(start))
    return difference(name, [kept[name] for kept in ours], [kept[name] for kept in theirs])
