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
from tf_tryon.experiments.curve import FILE
from tf_tryon.experiments.document import Block, Figure, Heading, Table, Text
from tf_tryon.experiments.plan import FULL, Row
from tf_tryon.experiments.tasks import REMEDY
from tf_tryon.files.array_file import read_arrays

_MEASURES = (("Fréchet distance", "made_frechet_"), ("kernel distance of pairs", "made_paired_kid_"))
_X = "part of the second stage's training, %"
_NOTE = (
    "Every row at the same parts of its second stage's training, its first stage being complete; of a model of one"
    " stage of the whole training. Differences are the full model's distance less the row's, of the same people: below"
    " 0 the full model is nearer to photos, as the thesis has it."
)


def blocks(
    rows: Sequence[Row], curves: Mapping[str, Sequence[tuple[dict[str, Any], pathlib.Path]]], folder: pathlib.Path
) -> list[Block]:
    """The chart, and the full model's differences from the thesis's other rows.

    Args:
      rows: of the experiment.
      curves: by row what `measure_curve` gave of each of its copies that are done, and the copy's folder.
      folder: to draw into.
    """
    done = [row for row in rows if curves.get(row.name)]
    if not done:
        return []
    panels = [Panel(title, _X, [_line(row, curves[row.name], start) for row in done]) for title, start in _MEASURES]
    lines: list[list[str]] = []
    compared = [row for row in done if row.thesis_fid and row.name != FULL] if curves.get(FULL) else []
    kept = {
        row.name: [read_arrays(place / FILE, REMEDY, finite=False) for _, place in curves[row.name]] for row in done
    }
    shares = [point["share"] for point in curves[done[0].name][0][0]["points"]]
    for title, start in _MEASURES:
        differing = []
        for row in compared:
            estimates = [_difference(kept[FULL], kept[row.name], f"{i}/{start}") for i in range(len(shares))]
            differing.append(Line(row.title, [100 * share for share in shares], [each.value for each in estimates]))
            lines.append([f"full model - {row.title}", title, *(written(each.to_dict()) for each in estimates)])
        panels += [Panel(f"full model less the row: {title}", _X, differing)] if differing else []
    figures.chart(panels, folder / "curves.png")
    made: list[Block] = [
        Heading("Learning curves"),
        Figure("curves.png", "Distances along the trainings."),
        Text(_NOTE),
    ]
    head = ["rows", "measure", *(f"at {share:.0%}" for share in shares)]
    return [*made, Table(head, lines)] if lines else made


def _line(row: Row, copies: Sequence[tuple[dict[str, Any], pathlib.Path]], start: str) -> Line:
    """Means over the copies that are done."""
    points = [curve["points"] for curve, _ in copies]
    values = [[_value(point["measures"], start) for point in own] for own in points]
    return Line(row.title, [100 * point["share"] for point in points[0]], np.mean(values, axis=0).tolist())


def _value(by_name: dict[str, Any], start: str) -> float:
    value = next(by_name[name]["value"] for name in by_name if name.startswith(start))
    return float("nan") if value is None else value


def _difference(ours: Sequence[dict[str, np.ndarray]], theirs: Sequence[dict[str, np.ndarray]], start: str) -> Any:
    name = next(name for name in ours[0] if name.startswith(start))
    return difference(name, [kept[name] for kept in ours], [kept[name] for kept in theirs])
