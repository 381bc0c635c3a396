"""The pictures of an experiment's report, as blocks of its document."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Mapping, Sequence

from tf_tryon.experiments import figures
from tf_tryon.experiments.document import Block, Figure, Heading
from tf_tryon.experiments.earlier import Earlier
from tf_tryon.experiments.pictures import BESIDE, FILE, WALK
from tf_tryon.experiments.plan import GARMENTS, Plan, Row
from tf_tryon.experiments.report_curves import PICTURE as CURVES_FILE
from tf_tryon.experiments.tasks import Task

_ALONE = (
    "Figure 4-1: the same people completed by every model, one sample each. Of the people only parsings are shown, and"
    " garments alone, cut out by the parsing; where a model makes no parsing, by the photo's."
)
_PHOTOS = "Figure 4-1: the same people completed by every model, one sample each."
_OTHERS = "Figure 4-1 with people of another data set, whom no model was trained on."


def people(rows: Sequence[Row], folders: Mapping[str, pathlib.Path], shown: str, folder: pathlib.Path) -> list[Block]:
    """Figures 4-1 and 4-2.

    Args:
      rows: that are measured.
      folders: of their measures, by the row's name.
      shown: `config.evaluation.figures`.
      folder: to draw into.
    """
    places = [(row.title, folders[row.name]) for row in rows]
    blocks: list[Block] = []
    if places:
        alone = shown == GARMENTS
        figures.same_inputs(
            places, FILE, ("parsing, erased", "own garment") if alone else figures.SEEN, folder / "figure_4_1.png"
        )
        blocks.append(Figure("figure_4_1.png", _ALONE if alone else _PHOTOS))
    beside = [(title, place) for title, place in places if (place / BESIDE).exists()]
    if beside:
        figures.same_inputs(beside, BESIDE, figures.SEEN, folder / "figure_4_1_beside.png")
        blocks.append(Figure("figure_4_1_beside.png", _OTHERS))
    own_shape = [(row.title, folders[row.name]) for row in rows if row.shape == f"{row.name}-shape"]
    if own_shape:
        figures.shapes(own_shape, folder / "figure_4_2_shapes.png")
        caption = "Figure 4-2: several shapes of one person, sampled by each first stage."
        blocks.append(Figure("figure_4_2_shapes.png", caption))
        figures.walk(own_shape, WALK, folder / "figure_4_2_walk.png")
        caption = "Figure 4-2: one person, one latent dimension of the first stage shifted at a time."
        blocks.append(Figure("figure_4_2_walk.png", caption))
    return [Heading("Figures"), *blocks] if blocks else []


def elsewhere(before: Earlier, folder: pathlib.Path) -> list[Block]:
    """The pictures of a report from elsewhere, but for the curves, which are drawn anew with all rows."""
    blocks: list[Block] = []
    for name, caption in before.pictures.items():
        if name != CURVES_FILE:
            shutil.copyfile(before.folder / name, folder / f"earlier_{name}")
            blocks.append(Figure(f"earlier_{name}", caption))
    return [Heading("Figures of the rows that were made elsewhere"), *blocks] if blocks else []


def trainings(work: Plan, done: Sequence[str], to_do: Mapping[str, Task], folder: pathlib.Path) -> list[Block]:
    """Figure 4-3 and the loss curves of the runs that are done; of several seeds the first."""
    by_name = {row.name: row for row in work.rows}
    blocks: list[Block] = []
    pair = [
        (title, to_do[by_name[name].texture].folder)
        for name, title in (("full", "with spectral norm"), ("no_spectral_norm", "without spectral norm"))
        if name in by_name and by_name[name].texture in done
    ]
    if len(pair) == 2:
        figures.adversarial(pair, folder / "figure_4_3.png")
        blocks.append(Figure("figure_4_3.png", "Figure 4-3: adversarial losses with and without spectral norm."))
    first = [name for name in done if work.runs[name].like == name]
    if first:
        figures.losses([(name, to_do[name].folder) for name in first], folder / "losses.png")
        caption = "Loss curves, of several seeds the first one's; means over the steps between two lines of the log."
        blocks.append(Figure("losses.png", caption))
    return blocks
