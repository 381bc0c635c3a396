"""The report of an experiment, from what its tasks left: tables with intervals, comparisons, figures.

Written to WORKDIR/report: report.json (everything), report.md, report.html and the pictures. What isn't done yet is
left out and named.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any, Final

from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.data.records import RecordSet
from tf_tryon.experiments import comparisons, figures, tables
from tf_tryon.experiments.document import Block, Figure, Heading, markdown, page
from tf_tryon.experiments.measure import WALK
from tf_tryon.experiments.plan import Plan, Row
from tf_tryon.experiments.tasks import READER, REMEDY, Task
from tf_tryon.training.run_log import read_log, seconds_a_step
from tf_tryon.writing.results import check, new_files

_FOLDER: Final = "report"
_MARK: Final = "report.json"
_BY: Final = "tf-tryon experiment"


def write_report(
    config: ConfigDict,
    work: Plan,
    to_do: dict[str, Task],
    records: RecordSet,
    workdir: pathlib.Path,
    failed: dict[str, str] | None = None,
) -> pathlib.Path:
    """Write the report of all rows that are measured; returns the page's path.

    Args:
      config: of the experiment.
      work: its plan.
      to_do: its tasks.
      records: the data set.
      workdir: the experiment's folder.
      failed: reasons by task.

    Raises:
      InTheWayError: the report's folder holds files that an experiment did not write, or that were changed since.
    """
    folder = workdir / _FOLDER
    results = {name: result for name, task in to_do.items() if (result := task.result()) is not None}
    rows = [row for row in work.rows if f"measure-{row.name}" in results]
    measured = {row.name: results[f"measure-{row.name}"] for row in rows}
    runs = {name: _run(to_do[name], results[name]) for name in work.runs if name in results}
    summary = {
        "title": config.title,
        "data": {"generator": records.manifest["generator"], "seed": records.manifest["seed"], "people": len(records)},
        "size": next(iter(work.runs.values())).config.data.height,
        "budget": config.budget.to_dict(),
        "evaluation": config.evaluation.to_dict(),
        "seed": config.seed,
        "reader": results.get(READER, {}).get("accuracy"),
        "runs": runs,
        "rows": {
            row.name: {"title": row.title, "thesis_fid": row.thesis_fid or None, **measured[row.name]} for row in rows
        },
        "missing": [row.name for row in work.rows if row not in rows],
        "failed": failed or {},
    }
    summary["comparisons"] = comparisons.compare(rows, workdir, config.evaluation.garments)
    blocks = [*tables.preamble(summary), *tables.thesis_table(rows, measured, summary)]
    blocks += [
        *tables.garment_tables(rows, measured, summary),
        *tables.comparison_table(summary),
        *tables.cost_table(summary),
    ]
    with new_files(folder, _MARK, by=_BY) as new:
        blocks += _figures(work, rows, runs, to_do, new.path)
        (new.path / "report.md").write_text(markdown(blocks), encoding="utf-8")
        (new.path / "report.html").write_text(page(blocks, new.path), encoding="utf-8")
        new.content = json.loads(json.dumps(summary, default=list))
    return folder / "report.html"


def check_report(workdir: pathlib.Path) -> None:
    """Raise InTheWayError if the report of an experiment could not be replaced."""
    check(workdir / _FOLDER, _MARK, by=_BY)


def _run(task: Task, result: dict[str, Any]) -> dict[str, Any]:
    """Steps, wall minutes of training (without pauses), seconds a step and memory of a run."""
    batch = configuration.read(task.folder / "config.json").train.batch_size
    took = seconds_a_step(read_log(task.folder, REMEDY), batch)
    minutes = sum(steps * each for steps, each in took) / 60
    seconds = sorted(each for _, each in took)
    median = seconds[len(seconds) // 2]
    return {
        "steps": result["steps"], "minutes": round(minutes, 2), "seconds_per_step": round(median, 4),
        "batch": batch, "peak_gigabytes": result["peak_gigabytes"],
    }  # fmt: skip


def _figures(
    work: Plan, rows: list[Row], runs: dict[str, Any], to_do: dict[str, Task], folder: pathlib.Path
) -> list[Block]:
    places = [(row.title, to_do[f"measure-{row.name}"].folder) for row in rows]
    own_shape = [(row.title, folder_) for row, (_, folder_) in zip(rows, places, strict=True) if _has_own_shape(row)]
    blocks: list[Block] = [Heading("Figures")]
    if places:
        figures.same_inputs(places, folder / "figure_4_1.png")
        blocks.append(
            Figure("figure_4_1.png", "Figure 4-1: the same people completed by every model, one sample each.")
        )
    if own_shape:
        figures.shapes(own_shape, folder / "figure_4_2_shapes.png")
        caption = "Figure 4-2: several shapes of one person, sampled by each first stage."
        blocks.append(Figure("figure_4_2_shapes.png", caption))
        figures.walk(own_shape, WALK, folder / "figure_4_2_walk.png")
        caption = "Figure 4-2: one person, one latent dimension of the first stage shifted at a time."
        blocks.append(Figure("figure_4_2_walk.png", caption))
    by_name = {row.name: row for row in work.rows}
    pair = [
        (title, to_do[by_name[name].texture].folder)
        for name, title in (("full", "with spectral norm"), ("no_spectral_norm", "without spectral norm"))
        if name in by_name and by_name[name].texture in runs
    ]
    if len(pair) == 2:
        figures.adversarial(pair, folder / "figure_4_3.png")
        blocks.append(Figure("figure_4_3.png", "Figure 4-3: adversarial losses with and without spectral norm."))
    if runs:
        figures.losses([(name, to_do[name].folder) for name in runs], folder / "losses.png")
        blocks.append(
            Figure("losses.png", "Loss curves of all runs, means over the steps between two lines of the log.")
        )
    return blocks


def _has_own_shape(row: Row) -> bool:
    return row.shape == f"{row.name}-shape"
