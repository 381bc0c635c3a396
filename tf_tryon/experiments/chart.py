"""Line charts as pictures: some panels beside one another, one legend.

Not matplotlib: it would be one more dependency for everybody, for the two charts of a report.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from tf_tryon.writing.lettering import drawable

# Okabe and Ito's colours, which colour-blind readers can tell apart, and some more.
COLOURS: Final = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#000000",
    "#8c564b",
    "#7f7f7f",
    "#7b3fa0",
    "#b8a300",
    "#004d40",
    "#ff7f9e",
)
_SCALE: Final = 2  # drawn at twice the size and reduced: smooth lines
_DASH: Final = 6  # pixels of a dash, and of the gap behind it
_PANEL: Final = (440, 300)
_MARGIN: Final = (62, 34, 16, 44)  # left, top, right, bottom
_INK, _GRID, _PAPER = "#333338", "#e3e3e0", "#ffffff"


Stroke = tuple[str, int]  # colour, and how many lines before have it: these are whole, the first of them, or dashed


@dataclasses.dataclass(frozen=True)
class Line:
    """One curve: its name (alike in all panels), and its points."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclasses.dataclass(frozen=True)
class Panel:
    """One chart. `log`: a logarithmic y axis; points that aren't positive are left out."""

    title: str
    x_label: str
    lines: Sequence[Line]
    log: bool = False


def draw(panels: Sequence[Panel], columns: int = 2) -> Image.Image:
    """The panels, `columns` to a row, and the legend below."""
    names = list(dict.fromkeys(line.name for panel in panels for line in panel.lines))
    strokes = {name: (COLOURS[i % len(COLOURS)], i // len(COLOURS)) for i, name in enumerate(names)}
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, height = columns * _PANEL[0], rows * _PANEL[1]
    font = ImageFont.load_default(12 * _SCALE)
    places, legend = _legend(names, width)
    canvas = Image.new("RGB", (width * _SCALE, (height + legend) * _SCALE), _PAPER)
    pen = ImageDraw.Draw(canvas)
    for i, panel in enumerate(panels):
        _panel(pen, panel, (i % columns) * _PANEL[0], (i // columns) * _PANEL[1], strokes, font)
    for name, (x, y) in zip(names, places, strict=True):
        top = (height + y + 9) * _SCALE
        _stroke(pen, [(x * _SCALE, top), ((x + 22) * _SCALE, top)], strokes[name], 3 * _SCALE)
        pen.text(((x + 28) * _SCALE, top), drawable(name), _INK, font, anchor="lm")
    return canvas.resize((width, height + legend), Image.Resampling.LANCZOS)


def _legend(names: list[str], width: int) -> tuple[list[tuple[int, int]], int]:
    """Places of the names, and how high the legend is."""
    font, places, x, y = ImageFont.load_default(12), [], 16, 0
    for name in names:
        wide = 28 + math.ceil(font.getlength(drawable(name))) + 22
        if x + wide > width and x > 16:
            x, y = 16, y + 20
        places.append((x, y))
        x += wide
    return places, y + 28


def _panel(
    pen: ImageDraw.ImageDraw,
    panel: Panel,
    left: int,
    top: int,
    strokes: dict[str, Stroke],
    font: ImageFont.FreeTypeFont,
) -> None:
    x0, y0 = left + _MARGIN[0], top + _MARGIN[1]
    x1, y1 = left + _PANEL[0] - _MARGIN[2], top + _PANEL[1] - _MARGIN[3]
    points = {
        line.name: [
            (float(x), math.log10(y) if panel.log else float(y))
            for x, y in zip(line.x, line.y, strict=True)
            if math.isfinite(y) and (y > 0 or not panel.log)
        ]
        for line in panel.lines
    }
    everything = [point for line in points.values() for point in line] or [(0.0, 0.0)]
    x_ticks = _ticks(0.0, max(x for x, _ in everything))
    y_ticks = _ticks(min(y for _, y in everything), max(y for _, y in everything))
    low, high = y_ticks[0], y_ticks[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        across = x0 + (x - x_ticks[0]) / (x_ticks[-1] - x_ticks[0]) * (x1 - x0)
        return across * _SCALE, (y1 - (y - low) / (high - low) * (y1 - y0)) * _SCALE

    for y in y_ticks:
        pen.line([place(x_ticks[0], y), place(x_ticks[-1], y)], _GRID, _SCALE)
        label = f"{10**y:.3g}" if panel.log else f"{y:.4g}"
        pen.text((place(x_ticks[0], y)[0] - 6 * _SCALE, place(0, y)[1]), label, _INK, font, anchor="rm")
    for x in x_ticks:
        pen.text((place(x, low)[0], place(x, low)[1] + 6 * _SCALE), f"{x:,.4g}", _INK, font, anchor="mt")
    pen.text((x0 * _SCALE, (top + 10) * _SCALE), drawable(panel.title), _INK, font, anchor="lt")
    pen.text(((x0 + x1) / 2 * _SCALE, (y1 + 24) * _SCALE), drawable(panel.x_label), _INK, font, anchor="mt")
    for name, line in points.items():
        places = [place(*point) for point in line]
        if len(places) > 1:
            _stroke(pen, places, strokes[name], 2 * _SCALE)
        for x, y in places[:1] if len(places) == 1 else []:
            pen.ellipse([x - 3 * _SCALE, y - 3 * _SCALE, x + 3 * _SCALE, y + 3 * _SCALE], strokes[name][0])


def _stroke(pen: ImageDraw.ImageDraw, places: list[tuple[float, float]], stroke: Stroke, width: int) -> None:
    """A line through the places: whole, or in dashes, the shorter the more lines of its colour there are before it."""
    colour, turn = stroke
    if not turn:
        pen.line(places, colour, width, joint="curve")
        return
    dash, gone = _DASH * _SCALE / turn, 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(places):
        length = math.hypot(x1 - x0, y1 - y0)
        at = 0.0
        while at < length:
            # To the end of this dash or gap, or of this piece of the line, and by rounding never nothing.
            left = max(min(dash - gone % dash, length - at), 0.01)
            if int(gone // dash) % 2 == 0:
                ends = [(x0 + (x1 - x0) * part / length, y0 + (y1 - y0) * part / length) for part in (at, at + left)]
                pen.line(ends, colour, width)
            at, gone = at + left, gone + left


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers around [low, high], at least two."""
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    raw = (high - low) / 4
    unit = 10 ** math.floor(math.log10(raw))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [i * step for i in range(first, last + 1)]
