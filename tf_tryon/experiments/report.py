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
from tf_tryon.experiments import comparisons, report_curves, report_figures, tables
from tf_tryon.experiments.copies import row_of
from tf_tryon.experiments.document import Figure, markdown, page
from tf_tryon.experiments.earlier import NONE, Earlier
from tf_tryon.experiments.plan import Plan
from tf_tryon.experiments.tasks import READER, REMEDY, Task, curve, measuring
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
    before: Earlier = NONE,
) -> pathlib.Path:
    """Write the report of all rows that are measured; returns the page's path.

    Args:
      config: of the experiment.
      work: its plan.
      to_do: its tasks.
      records: the data set.
      workdir: the experiment's folder.
      failed: reasons by task.
      before: results from elsewhere, for what isn't done here.

    Raises:
      InTheWayError: the report's folder holds files that an experiment did not write, or that were changed since.
    """
    folder = workdir / _FOLDER
    own = {name: result for name, task in to_do.items() if (result := task.result()) is not None}
    before = before.without(own)
    results = {**before.results, **own}
    copies = {row.name: [copy for copy in row.copies if measuring(copy) in results] for row in work.rows}
    rows = [row for row in work.rows if copies[row.name]]
    measured = {row.name: row_of([results[measuring(copy)] for copy in copies[row.name]]) for row in rows}
    curves = {
        row.name: [
            (results[name], to_do[name].folder if name in own else None)
            for name in map(curve, row.copies)
            if name in results
        ]
        for row in rows
    }
    differing = report_curves.differences(rows, curves, before)
    here = {name: _run(to_do[name], own[name]) for name in work.runs if name in own}
    runs = {name: here.get(name) or before.runs[name] for name in work.runs if name in here or name in before.runs}
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
        "measured": {copy: results[measuring(copy)] for own_copies in copies.values() for copy in own_copies},
        "curves": {copy: results[curve(copy)] for row in rows for copy in row.copies if curve(copy) in results},
        "curve_differences": differing,
        "elsewhere": [copy for row in rows for copy in copies[row.name] if measuring(copy) not in own],
        "missing": _missing(work, to_do, {*results, *(failed or {})}),
        "failed": failed or {},
    }
    garments = config.evaluation.garments
    summary["comparisons"] = comparisons.compare(rows, copies, workdir, garments, measured, before)
    blocks = [*tables.preamble(summary), *tables.thesis_table(rows, measured, summary)]
    blocks += [
        *tables.garment_tables(rows, measured, summary),
        *tables.recommended_table(rows, measured, summary, comparisons.RIVALS, comparisons.OF_RIVALS),
        *tables.comparison_table(summary),
        *tables.cost_table(summary),
    ]
    with new_files(folder, _MARK, by=_BY) as new:
        firsts = [(row, measuring(copies[row.name][0])) for row in rows]
        places = {row.name: to_do[name].folder for row, name in firsts if name in own}
        made_here = [row for row in rows if row.name in places]
        blocks += report_figures.people(made_here, places, config.evaluation.figures, new.path)
        blocks += report_curves.blocks(rows, curves, differing, new.path)
        blocks += report_figures.trainings(work, list(here), to_do, new.path)
        blocks += report_figures.elsewhere(before, new.path)
        summary["pictures"] = {block.file: block.caption for block in blocks if isinstance(block, Figure)}
        (new.path / "report.md").write_text(markdown(blocks), encoding="utf-8")
        (new.path / "report.html").write_text(page(blocks, new.path), encoding="utf-8")
        new.content = json.loads(json.dumps(summary, default=list))
    return folder / "report.html"


def check_report(workdir: pathlib.Path) -> None:
    """Raise InTheWayError if the report of an experiment could not be replaced."""
    check(workdir / _FOLDER, _MARK, by=_BY)


def _missing(work: Plan, to_do: dict[str, Task], known: set[str]) -> list[str]:
    """What is neither done nor failed: copies of rows, and curves of those that are measured."""
    copies = [copy for row in work.rows for copy in row.copies]
    missing = [copy for copy in copies if measuring(copy) not in known]
    curves = [copy for copy in copies if copy not in missing and curve(copy) in to_do and curve(copy) not in known]
    return [*missing, *(f"learning curve of {copy}" for copy in curves)]


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
