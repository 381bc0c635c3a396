"""Results as JSON and as a Markdown table beside it, with the figures that the project set out to reach."""

from __future__ import annotations

import os
import pathlib
from typing import Any

from tf_tryon.evaluation.estimate_text import parts
from tf_tryon.writing.results import check, new_files

_BY = "tf-tryon evaluate"
_NOTE = (
    "Intervals (95 %) are over people: the bootstrap's, and of Fréchet and kernel distances the jackknife's."
    " **Bold** reaches its bar, ✗ does not."
)

# Measure -> (">=" or "<=", bar), a dict by garment where they differ. "of_8" figures are set for 8 samples a person.
BARS: dict[str, tuple[str, float | dict[str, float]]] = {
    "posterior_box_accuracy": (">=", 0.92),
    "posterior_garment_iou": (">=", 0.85),
    "prior_best_of_8_garment_iou": (">=", 0.80),
    "prior_pairwise_1_minus_iou_of_8": (">=", {"top": 0.15, "bottom": 0.25}),
    "prior_whole": (">=", 0.95),
    "posterior_l1_box": ("<=", 0.08),
    "prior_colour_spread_ratio_of_8": (">=", 0.60),
    "end_to_end_colour_spread_ratio_of_8": (">=", 0.60),
    "prior_skin_ratio": ("<=", 1.5),
    "end_to_end_skin_ratio": ("<=", 1.5),
    "prior_seam_ratio": ("<=", 1.2),
    "end_to_end_seam_ratio": ("<=", 1.2),
}


def bar(measure: str, garment: str) -> tuple[str, float] | None:
    """The figure to reach, or None."""
    if measure not in BARS:
        return None
    sign, limit = BARS[measure]
    if isinstance(limit, dict):
        return (sign, limit[garment]) if garment in limit else None
    return sign, limit


def reached(value: float | None, sign: str, limit: float) -> bool:
    """Whether a measured value reaches a bar."""
    return value is not None and (value >= limit if sign == ">=" else value <= limit)


def markdown(results: dict[str, Any]) -> str:
    """A table for each stage: measures down, garments across, each with its 95 % interval and its bar.

    Args:
      results: what `tf-tryon evaluate` writes: head entries, and "stages": stage -> garment -> measure -> estimate.
    """
    lines = [f"# Evaluation of {results['model']}", ""]
    head = {key: value for key, value in results.items() if key not in ("stages", "model")}
    lines += [f"- {key}: {_plain(value)}" for key, value in head.items()] + [""]
    for stage, garments in results["stages"].items():
        names = list(garments)
        lines += [f"## {stage.capitalize()}", "", f"| measure | {' | '.join(names)} | to reach |"]
        lines += ["|---" * (len(names) + 2) + "|"]
        measures = dict.fromkeys(measure for garment in names for measure in garments[garment])
        for measure in measures:
            cells, bars = [], []
            for garment in names:
                estimate, limit = garments[garment].get(measure), bar(measure, garment)
                cells.append(_cell(estimate, limit))
                bars += [f"{limit[0]} {limit[1]:g}"] if limit else []
            lines.append(f"| {measure} | {' | '.join(cells)} | {' / '.join(dict.fromkeys(bars))} |")
        lines.append("")
    lines.append(_NOTE)
    return "\n".join(lines) + "\n"


def write(results: dict[str, Any], path: str | os.PathLike[str]) -> pathlib.Path:
    """Write `path` (JSON) and the same name with .md; returns the latter.

    Raises:
      ValueError: `path` ends in .md itself.
      InTheWayError: files of these names are there that this function did not write.
    """
    check_place(path)
    path = pathlib.Path(path)
    table = _table_of(path)
    with new_files(path.parent, path.name, by=_BY) as new:
        (new.path / table.name).write_text(markdown(results), encoding="utf-8")
        new.content = results
    return table


def check_place(path: str | os.PathLike[str]) -> None:
    """Raise as `write` would for what is there."""
    path = pathlib.Path(path)
    if path.suffix == ".md":
        raise ValueError(f"{path}: name the JSON file, as report.json; its table gets the same name with .md")
    check(path.parent, path.name, by=_BY, names=(_table_of(path).name,))


def _table_of(path: pathlib.Path) -> pathlib.Path:
    return path.with_suffix(".md")


def _cell(estimate: dict[str, Any] | None, limit: tuple[str, float] | None) -> str:
    if estimate is None:
        return "-"
    value, interval = parts(estimate)
    if limit is not None and estimate["value"] is not None:
        value = f"**{value}**" if reached(estimate["value"], *limit) else f"{value} ✗"
    return f"{value} {interval}".rstrip()


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return " x ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
