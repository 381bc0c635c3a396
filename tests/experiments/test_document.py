"""Reports: charts, and the same blocks as Markdown and as a page."""

import math
from pathlib import Path

import numpy as np
from PIL import Image

from tf_tryon.experiments.chart import COLOURS, Line, Panel, draw
from tf_tryon.experiments.document import Figure, Heading, Points, Table, Text, markdown, page


def test_a_chart_shows_every_line_in_its_colour() -> None:
    lines = [Line("first", [0, 1, 2], [1.0, 2.0, 3.0]), Line("second", [0, 1, 2], [3.0, math.nan, 0.5])]
    picture = draw([Panel("plain", "step", lines), Panel("logarithmic", "step", [Line("zero", [1], [0.0])], log=True)])
    pixels = np.asarray(picture).reshape(-1, 3).astype(int)
    for colour in COLOURS[:2]:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(pixels - wanted).sum(axis=1) < 12).any(), colour


def test_lines_of_one_colour_are_told_apart_by_dashes() -> None:
    """The fourteenth line is drawn in the first one's colour, and in two thirds of its pixels at most."""
    wanted = np.array([int(COLOURS[0][i : i + 2], 16) for i in (1, 3, 5)])
    drawn = []
    for only in (0, len(COLOURS)):
        lines = [Line(f"{i}", [0, 1], [0.0, 1.0] if i == only else [math.nan] * 2) for i in range(len(COLOURS) + 1)]
        pixels = np.asarray(draw([Panel("", "step", lines)])).astype(int)[:300]  # the panel, without the legend
        drawn.append(int((np.abs(pixels - wanted).sum(axis=-1) < 60).sum()))
    assert 0.35 * drawn[0] < drawn[1] < 0.67 * drawn[0]


def test_markdown_and_page_have_the_same_content(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "figure.png")
    blocks = [
        Heading("A <title>", 1), Text("Words & numbers."), Points(["one", "two"]),
        Table(["model", "value"], [["full", "1.0 (0.5 to 1.5)"]]), Figure("figure.png", "What it shows."),
    ]  # fmt: skip
    text, html = markdown(blocks), page(blocks, tmp_path)
    assert "# A <title>" in text
    assert "| full | 1.0 (0.5 to 1.5) |" in text
    assert "![What it shows.](figure.png)" in text
    assert "<h1>A &lt;title&gt;</h1>" in html
    assert "Words &amp; numbers." in html
    assert "data:image/png;base64," in html
    assert 'src="figure.png"' not in html
