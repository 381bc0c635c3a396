import numpy as np
import pytest
from PIL import ImageFont

from tf_tryon.experiments.chart import Line, Panel, draw
from tf_tryon.writing.lettering import drawable, wrapped


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("w/o GAN, 60 %", "w/o GAN, 60 %"),
        ("Fréchet distance", "Frechet distance"),
        ("Cafe\u0301, as macOS names files", "Cafe, as macOS names files"),
        ("张伟_01", "??_01"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_the_font_has_no_letter_for_is_no_box(text: str, drawn: str) -> None:
    assert drawable(text) == drawn


def test_a_chart_is_lettered_so() -> None:
    pictures = [
        np.asarray(draw([Panel(f"Fr{e}chet", f"st{e}p", [Line(f"r{e}d", (0, 1), (0, 1))])])) for e in ("e", "é")
    ]
    np.testing.assert_array_equal(*pictures)


def test_lines_are_as_wide_as_they_may_be() -> None:
    font = ImageFont.load_default(11)
    lines = wrapped("recommended w/o KL steering", font, 96)
    assert lines == ["recommended", "w/o KL steering"]
    assert all(font.getlength(line) <= 96 for line in lines)
    assert wrapped("incomprehensibilities", font, 10) == ["incomprehensibilities"]
