"""The thesis's figures 4-1 to 4-3 and the loss curves of an experiment, as PNG files."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_tryon.data.vocabulary import PALETTE
from tf_tryon.errors import BadFileError
from tf_tryon.experiments.chart import Line, Panel, draw
from tf_tryon.experiments.pictures import FILE
from tf_tryon.experiments.tasks import REMEDY
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.training import metric_names
from tf_tryon.training.run_log import read_log
from tf_tryon.writing.lettering import drawable, wrapped
from tf_tryon.writing.whole import whole_file

_TILE, _GAP, _LINE = 96, 4, 14
_PAPER, _INK = (255, 255, 255), (51, 51, 56)
SEEN = ("erased", "photo")  # heads of the first columns of figure 4-1, where people are shown
_PHOTOS, _LABELS = Form("u", (None, None, None, 3)), Form("iu", (None,) * 4)
_ADVERSARIAL = (
    metric_names.ADVERSARIAL_MATCH,
    metric_names.ADVERSARIAL_RANDOM,
    metric_names.of(metric_names.ADVERSARIAL, "encoded"),
)


def same_inputs(rows: Sequence[tuple[str, pathlib.Path]], file: str, seen: tuple[str, str], path: pathlib.Path) -> None:
    """Figure 4-1: a line for each person; what is erased, what was there, then what each row (title, folder) makes.

    Args:
      rows: (title, folder) each.
      file: of the folders, which has the pictures.
      seen: names of what is erased and of what was there.
      path: of the figure.
    """
    columns: list[tuple[str, np.ndarray]] = []
    for title, folder in rows:
        arrays = read_arrays(folder / file, REMEDY, dict.fromkeys(("erased", "truth", "sample"), _PHOTOS))
        if not columns:
            columns = [(seen[0], arrays["erased"]), (seen[1], arrays["truth"])]
        columns.append((title, arrays["sample"]))
    people = min(len(pictures) for _, pictures in columns)
    tiles = [[pictures[i] for _, pictures in columns] for i in range(people)]
    _save(_grid(tiles, [title for title, _ in columns]), path)


def shapes(rows: Sequence[tuple[str, pathlib.Path]], path: pathlib.Path) -> None:
    """Figure 4-2: each row's people, erased and true parsing, then several sampled shapes."""
    tiles, names = [], []
    for title, folder in rows:
        forms = {"shape_truth": Form("iu", (None,) * 3), "shape_erased": Form("b", (None,) * 3), "shapes": _LABELS}
        arrays = read_arrays(folder / FILE, REMEDY, forms)
        truths, shapes = (_colours(arrays[name], folder) for name in ("shape_truth", "shapes"))
        for truth, erased, drawn in zip(truths, arrays["shape_erased"], shapes, strict=True):
            tiles.append([np.where(erased[..., np.newaxis], np.uint8(128), truth), truth, *drawn])
            names.append(title)
            title = ""
    _save(_grid(tiles, ["erased", "true", *(f"{k + 1}" for k in range(len(tiles[0]) - 2))], names), path)


def walk(rows: Sequence[tuple[str, pathlib.Path]], shifts: Sequence[float], path: pathlib.Path) -> None:
    """Figure 4-2 by latent dimension: one person, a line for each dimension, a block of columns for each row."""
    blocks, heads = [], []
    for title, folder in rows:
        blocks.append(_colours(read_arrays(folder / FILE, REMEDY, {"walk": _LABELS})["walk"], folder))
        heads += [f"{title}\nz {shift:+g}" if i == 0 else f"\n{shift:+g}" for i, shift in enumerate(shifts)]
    lines = min(len(block) for block in blocks)
    tiles = [[picture for block in blocks for picture in block[line]] for line in range(lines)]
    _save(_grid(tiles, heads, [f"dimension {line}" for line in range(lines)], tile=64), path)


def adversarial(rows: Sequence[tuple[str, pathlib.Path]], path: pathlib.Path) -> None:
    """Figure 4-3: the discriminator's and the generator's adversarial loss of runs (title, run's folder)."""
    judge, maker = [], []
    for title, folder in rows:
        log = [line for line in read_log(folder, REMEDY) if metric_names.DISCRIMINATOR_LOSS in line]
        steps = [line["step"] for line in log]
        judge.append(Line(title, steps, [line[metric_names.DISCRIMINATOR_LOSS] for line in log]))
        sums = [sum(line[name] for name in _ADVERSARIAL if name in line) for line in log]
        maker.append(Line(title, steps, sums))
    panels = [Panel("discriminator's loss", "step", judge), Panel("generator's adversarial loss", "step", maker)]
    _save(draw(panels), path)


def losses(runs: Sequence[tuple[str, pathlib.Path]], path: pathlib.Path) -> None:
    """Loss curves of runs (title, folder): cross-entropy and L1 in the box, and the KL of both stages."""
    panels = []
    for field, title, log in (
        (metric_names.CROSS_ENTROPY, "first stage: cross-entropy, nats a pixel", True),
        (metric_names.KL, "KL(posterior || prior), nats a person", True),
        (metric_names.BOX_L1, "second stage: L1 in the box, RGB in [-1, 1]", True),
    ):
        lines = []
        for name, folder in runs:
            read = [line for line in read_log(folder, REMEDY) if field in line]
            if read:
                lines.append(Line(name, [line["step"] for line in read], [line[field] for line in read]))
        if lines:
            panels.append(Panel(title, "step", lines, log))
    _save(draw(panels), path)


def chart(panels: Sequence[Panel], path: pathlib.Path) -> None:
    """Panels of lines, two beside each other."""
    _save(draw(panels), path)


def _colours(labels: np.ndarray, folder: pathlib.Path) -> np.ndarray:
    """(..., 3) uint8 of a row's labels."""
    if labels.min(initial=0) < 0 or labels.max(initial=0) >= len(PALETTE):
        raise BadFileError(f"{folder / FILE} holds labels beyond 0 to {len(PALETTE) - 1}: {REMEDY}")
    return PALETTE[labels]


def _grid(
    tiles: Sequence[Sequence[np.ndarray]], heads: Sequence[str], names: Sequence[str] = (), tile: int = _TILE
) -> Image.Image:
    """Pictures in lines, a head over each column, a name before each line."""
    font, names = ImageFont.load_default(11), [drawable(name) for name in names]
    texts = [drawable(head) if "\n" in head else "\n".join(wrapped(drawable(head), font, tile)) for head in heads]
    caption = _LINE * max((text.count("\n") + 1 for text in texts), default=0) + 2 * _GAP
    left = max((round(font.getlength(name)) + 14 for name in names), default=_GAP)
    width = left + len(heads) * (tile + _GAP)
    canvas = Image.new("RGB", (width, caption + len(tiles) * (tile + _GAP)), _PAPER)
    pen = ImageDraw.Draw(canvas)
    for column, (head, text) in enumerate(zip(heads, texts, strict=True)):
        x = left + column * (tile + _GAP)
        # A title longer than its tile begins at the tile and runs over the next ones.
        anchor, at, align = ("la", x, "left") if "\n" in head and "z" in head else ("ma", x + tile // 2, "center")
        pen.multiline_text((at, 3), text, _INK, font, anchor=anchor, spacing=2, align=align)
    for line, pictures in enumerate(tiles):
        y = caption + line * (tile + _GAP)
        if names:
            pen.text((6, y + tile // 2), names[line], _INK, font, anchor="lm")
        for column, picture in enumerate(pictures):
            smooth = Image.fromarray(picture).resize((tile, tile), Image.Resampling.BICUBIC)
            canvas.paste(smooth, (left + column * (tile + _GAP), y))
    return canvas


def _save(picture: Image.Image, path: pathlib.Path) -> None:
    with whole_file(path) as temporary:
        picture.save(temporary, "PNG")
