"""The report of an experiment, from what its tasks left: tables with intervals, comparisons, figures.

Written to WORKDIR/report: report.json (everything), report.md, report.html and the pictures. What isn't done yet is
left out and named.
"""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

from ml_collections import ConfigDict

from tf_tryon.data.records import RecordSet
from tf_tryon.experiments import comparisons, figures, measures
from tf_tryon.experiments.document import Block, Figure, Heading, Points, Table, Text, markdown, page
from tf_tryon.experiments.measure import WALK
from tf_tryon.experiments.plan import Plan, Row
from tf_tryon.experiments.tasks import READER, Task
from tf_tryon.models.accounting import Counts, table_4_1

_COUNTS = (("G", "generator"), ("E", "encoder"), ("E_c", "context_encoder"), ("D", "discriminator"))


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
    """
    folder = workdir / "report"
    folder.mkdir(exist_ok=True)
    results = {name: result for name, task in to_do.items() if (result := task.result()) is not None}
    rows = [row for row in work.rows if f"measure-{row.name}" in results]
    found = {row.name: results[f"measure-{row.name}"] for row in rows}
    runs = {name: _run(to_do[name], results[name]) for name in work.runs if name in results}
    told = {
        "title": config.title,
        "data": {"generator": records.manifest["generator"], "seed": records.manifest["seed"], "people": len(records)},
        "size": next(iter(work.runs.values())).config.data.height,
        "budget": config.budget.to_dict(),
        "evaluation": config.evaluation.to_dict(),
        "seed": config.seed,
        "reader": results.get(READER, {}).get("accuracy"),
        "runs": runs,
        "rows": {
            row.name: {"title": row.title, "thesis_fid": row.thesis_fid or None, **found[row.name]} for row in rows
        },
        "missing": [row.name for row in work.rows if row not in rows],
        "failed": failed or {},
    }
    told["comparisons"] = comparisons.compare(rows, workdir, config.evaluation.garments)
    blocks = [*_head(told), *_thesis_table(rows, found, told), *_tables(rows, found, told)]
    blocks += [*_comparisons(told), *_cost(told), *_figures(work, rows, runs, to_do, folder)]
    for name, text in (
        ("report.json", json.dumps(told, indent=1, default=list) + "\n"),
        ("report.md", markdown(blocks)),
        ("report.html", page(blocks, folder)),
    ):
        temporary = folder / f".{name}.tmp"
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, folder / name)
    return folder / "report.html"


def _run(task: Task, result: dict[str, Any]) -> dict[str, Any]:
    """Steps, wall minutes of training (without pauses), seconds a step and memory of a run."""
    batch = json.loads((task.folder / "config.json").read_text(encoding="utf-8"))["train"]["batch_size"]
    minutes, seconds, before = 0.0, [], 0
    for line in figures.read_log(task.folder):
        each = batch / line["images_per_second"]
        minutes += (line["step"] - before) * each / 60
        before = int(line["step"])
        seconds.append(each)
    median = sorted(seconds)[len(seconds) // 2]
    return {
        "steps": result["steps"], "minutes": round(minutes, 2), "seconds_per_step": round(median, 4),
        "batch": batch, "peak_gigabytes": result["peak_gigabytes"],
    }  # fmt: skip


def _head(told: dict[str, Any]) -> list[Block]:
    budget, evaluation = told["budget"], told["evaluation"]
    data = told["data"]
    points = [
        f"Data: {data['people']:,} people, {data['generator'] or 'unnamed'}, seed {data['seed']}; pictures of"
        f' {told["size"]} px. Measured on people of the split "test", at most {evaluation["people"]} for each garment,'
        f" {evaluation['samples']} samples each.",
        f"Budget: {budget['shape']:g} {budget['unit']} for the first stage and {budget['texture']:g} for the second;"
        " a model of one stage has the sum. Ablations of the second stage share the full model's first.",
        "Every row was trained once, with one seed: intervals (95 %) are over people, and say nothing of another run.",
    ]
    if told["reader"]:
        read = ", ".join(f"{head.replace('_', ' ')} {value:.1%}" for head, value in told["reader"].items())
        points.append(f"The garment reader is right on photos that it never saw in: {read}.")
    points += [f"Not done yet: {', '.join(told['missing'])}."] if told["missing"] else []
    points += [f"Failed: {name}: {reason}" for name, reason in told["failed"].items()]
    return [Heading(told["title"], 1), Points(points)]


def _thesis_table(rows: list[Row], found: dict[str, Any], told: dict[str, Any]) -> list[Block]:
    """What the thesis prints, beside ours, each under its own name."""
    garment = told["evaluation"]["garments"][0]
    printed = {row.name: row.printed for row in table_4_1()}
    lines = []
    for row in rows:
        thesis = printed[row.counts] if row.counts else None
        own = found[row.name]
        lines.append(
            [
                row.title,
                f"{row.thesis_fid:.2f}" if row.thesis_fid else "-",
                _counted(thesis),
                _counted(Counts(*(own["parameters"].get(field) for _, field in _COUNTS))),
                measures.cell(own, garment, measures.FRECHET),
                measures.cell(own, garment, measures.KID),
            ]
        )
    names = [measures.name_of(own, garment, measures.FRECHET) for own in found.values()]
    network = next((name.split("_frechet_")[1] for name in names if name), "")
    head = [
        "model", "thesis: FID", "thesis: parameters G / E / E_c / D", "here: trained parameters of the second stage",
        "here: Fréchet distance", "here: kernel distance",
    ]  # fmt: skip
    ours = f"Ours is on {network} (n: pictures in each set) of completed {garment}s. " if network else ""
    note = (
        "The thesis's FID is of Inception-V3 on photos of tops at 256 px after 80,000 steps. "
        f"{ours}The columns are different quantities and can't be compared. The thesis counts vectors of spectral norms"
        " and unused blocks, too; our counts at 256 px by its rules agree exactly (`tf-tryon models`)."
    )
    return [Heading("Table 4-1: the thesis's and ours"), Table(head, lines), Text(note)]


def _counted(counts: Counts | None) -> str:
    if counts is None:
        return "-"
    values = [getattr(counts, field) for _, field in _COUNTS]
    return " / ".join("-" if value is None else f"{value / 1e6:.4f}M" for value in values)


def _tables(rows: list[Row], found: dict[str, Any], told: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    for garment in told["evaluation"]["garments"]:
        for group in measures.GROUPS:
            shown = [m for m in group.measures if any(measures.name_of(own, garment, m) for own in found.values())]
            if not shown:
                continue
            lines = [[row.title, *(measures.cell(found[row.name], garment, m) for m in shown)] for row in rows]
            for title, swap in group.anchors:
                first = next(iter(found.values()))
                cells = [measures.cell(first, garment, m.swapped(swap)) if m.swapped(swap) else "" for m in shown]
                lines += [[title, *cells]] if any(cell not in ("", "-") for cell in cells) else []
            blocks += [Heading(f"{group.title}: {garment}"), Table(["model", *(m.title for m in shown)], lines)]
            blocks += [Text(group.note)] if group.note else []
    return blocks


def _comparisons(told: dict[str, Any]) -> list[Block]:
    if not told["comparisons"]:
        return []
    lines = [
        [
            f"{line['first']} - {line['second']}", line["garment"], line["measure"],
            measures.shown(line["difference"]), line["verdict"], line["thesis"],
        ]
        for line in told["comparisons"]
    ]  # fmt: skip
    text = (
        "Differences are of the same people, so they are told apart more finely than two intervals side by side would."
        " A difference counts if its interval leaves 0 out."
    )
    head = ["rows", "garment", "measure", "difference", "verdict", "thesis's ordering"]
    return [Heading("Comparisons"), Text(text), Table(head, lines)]


def _cost(told: dict[str, Any]) -> list[Block]:
    lines = [
        [
            name, f"{run['steps']:,}", f"{run['minutes']:.1f}", f"{run['seconds_per_step']:.3f}", str(run["batch"]),
            f"{run['peak_gigabytes']:.2f}",
        ]
        for name, run in told["runs"].items()
    ]  # fmt: skip
    head = ["run", "steps", "minutes of training", "median seconds a step", "batch", "peak memory, GB"]
    return [Heading("Budget and cost"), Table(head, lines)]


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
