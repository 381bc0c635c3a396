"""The tables of an experiment's report, as blocks of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tf_tryon.evaluation.estimate_text import written
from tf_tryon.experiments import measures
from tf_tryon.experiments.document import Block, Heading, Points, Table, Text
from tf_tryon.experiments.measures import Measure
from tf_tryon.experiments.plan import RECOMMENDED, Row
from tf_tryon.models.accounting import Counts, table_4_1

# How the recommended model compares with a row, after the row's value.
_MARKS = {"better": "−", "worse": "+", "not told apart": "=", "": ""}
_MARKED = (
    "− worse than the recommended model, + better, = not told apart, by the differences below. What a removed change"
    " carries is told by its row: where it is worse, the change carries it."
)
_OTHER_CROP = (
    "{}: another crop than the recommended model's, in which its shapes, its reconstruction's parsing and its fill in"
    " the blank are measured, so that these aren't compared; pictures and their distances are of the same crop in all"
    " rows."
)
_COUNTS = (("G", "generator"), ("E", "encoder"), ("E_c", "context_encoder"), ("D", "discriminator"))


def preamble(results: dict[str, Any]) -> list[Block]:
    """What was measured on what, under which budget, and what is missing."""
    budget, evaluation = results["budget"], results["evaluation"]
    data = results["data"]
    points = [
        f"Data: {data['people']:,} people, {data['generator'] or 'unnamed'}, seed {data['seed']}; pictures of"
        f' {results["size"]} px. Measured on people of the split "test", at most {evaluation["people"]} for each'
        " garment,"
        f" {evaluation['samples']} samples each.",
        f"Budget: {budget['shape']:g} {budget['unit']} for the first stage and {budget['texture']:g} for the second;"
        " a model of one stage has the sum. Ablations of the second stage share the full model's first.",
        _seeds(results["rows"].values()),
    ]
    if results["reader"]:
        read = ", ".join(f"{head.replace('_', ' ')} {value:.1%}" for head, value in results["reader"].items())
        points.append(f"The garment reader is right on photos that it never saw in: {read}.")
    if results["elsewhere"]:
        points.append(
            f"Measured on another machine, and taken from its report: {', '.join(results['elsewhere'])}. A difference"
            " between one of these and a row that was measured here (marked ~) has the interval of two rows side by"
            " side, which is wider than that of the same people."
        )
    points += [f"Not done yet: {', '.join(results['missing'])}."] if results["missing"] else []
    points += [f"Failed: {name}: {reason}" for name, reason in results["failed"].items()]
    return [Heading(results["title"], 1), Points(points)]


def _seeds(rows: Iterable[dict[str, Any]]) -> str:
    several = [f"{row['title']} {row['copies']}" for row in rows if row["copies"] > 1]
    if not several:
        return "Every row was trained once: intervals (95 %) are over people, and say nothing of another seed's run."
    return (
        f"Trainings of the second stage with a seed each: {', '.join(several)}; of all others one. Intervals (95 %) are"
        " over people and, where there are several, over seeds; a difference from a row with one seed takes the other's"
        " variance for its own. One first stage serves all seeds."
    )


def thesis_table(rows: list[Row], measured: dict[str, Any], results: dict[str, Any]) -> list[Block]:
    """What the thesis prints, beside ours, each under its own name."""
    garment = results["evaluation"]["garments"][0]
    printed = {row.name: row.printed for row in table_4_1()}
    lines = []
    for row in rows:
        thesis = printed[row.counts] if row.counts else None
        own = measured[row.name]
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
    names = [measures.name_of(own, garment, measures.FRECHET) for own in measured.values()]
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


def garment_tables(rows: list[Row], measured: dict[str, Any], results: dict[str, Any]) -> list[Block]:
    """For each garment a table of each group of measures, with its anchors."""
    blocks: list[Block] = []
    for garment in results["evaluation"]["garments"]:
        for group in measures.GROUPS:
            shown = [m for m in group.measures if any(measures.name_of(own, garment, m) for own in measured.values())]
            if not shown:
                continue
            lines = [[row.title, *(measures.cell(measured[row.name], garment, m) for m in shown)] for row in rows]
            for title, swap in group.anchors:
                first = next(iter(measured.values()))
                cells = [measures.cell(first, garment, m.swapped(swap)) if m.swapped(swap) else "" for m in shown]
                lines += [[title, *cells]] if any(cell not in ("", "-") for cell in cells) else []
            blocks += [Heading(f"{group.title}: {garment}"), Table(["model", *(m.title for m in shown)], lines)]
            blocks += [Text(group.note)] if group.note else []
    return blocks


def recommended_table(
    rows: list[Row],
    measured: dict[str, Any],
    results: dict[str, Any],
    rivals: Sequence[str],
    compared: Sequence[Measure],
) -> list[Block]:
    """The recommended model beside the others, and without each of its changes; none where no row lacks one.

    Args:
      rows: that are measured.
      measured: their results.
      results: of the report, with its comparisons.
      rivals: names of the rows that it is compared with besides those that lack a change.
      compared: the measures.
    """
    ours = next((row for row in rows if row.name == RECOMMENDED), None)
    others = [row for row in rows if row.name in rivals or row.removed]
    if ours is None or not any(row.removed for row in others):
        return []
    blocks: list[Block] = []
    for garment in results["evaluation"]["garments"]:
        verdicts = {
            (line["second"], line["measure"]): line["verdict"]
            for line in results["comparisons"]
            if line["first"] == ours.title and line["garment"] == garment
        }
        shown = [m for m in compared if measures.name_of(measured[ours.name], garment, m)]
        lines = [[ours.title, *(measures.cell(measured[ours.name], garment, m) for m in shown)]]
        for row in others:
            cells = [
                f"{measures.cell(measured[row.name], garment, m)} {_MARKS[verdicts.get((row.title, m.plain), '')]}"
                for m in shown
            ]
            lines.append([row.title, *cells])
        title = f"The recommended model, the others, and it without each of its changes: {garment}"
        blocks += [Heading(title), Table(["model", *(m.title for m in shown)], lines), Text(_MARKED)]
        elsewhere = [row.title for row in others if row.crop != ours.crop]
        blocks += [Text(_OTHER_CROP.format(", ".join(elsewhere)))] if elsewhere else []
    return blocks


def comparison_table(results: dict[str, Any]) -> list[Block]:
    """Differences between rows, and whether the thesis's orderings came out again."""
    if not results["comparisons"]:
        return []
    lines = [
        [
            f"{line['first']} - {line['second']}" + ("" if line["same_people"] else " ~"),
            line["garment"], line["measure"], written(line["difference"]), line["verdict"], line["thesis"],
        ]
        for line in results["comparisons"]
    ]  # fmt: skip
    text = (
        "Differences are of the same people, so they are told apart more finely than two intervals side by side would."
        " A difference counts if its interval leaves 0 out."
    )
    head = ["rows", "garment", "measure", "difference", "verdict", "thesis's ordering"]
    return [Heading("Comparisons"), Text(text), Table(head, lines)]


def cost_table(results: dict[str, Any]) -> list[Block]:
    """Steps, time and memory of each run."""
    lines = [
        [
            name, f"{run['steps']:,}", f"{run['minutes']:.1f}", f"{run['seconds_per_step']:.3f}", str(run["batch"]),
            f"{run['peak_gigabytes']:.2f}",
        ]
        for name, run in results["runs"].items()
    ]  # fmt: skip
    head = ["run", "steps", "minutes of training", "median seconds a step", "batch", "peak memory, GB"]
    return [Heading("Budget and cost"), Table(head, lines)]
