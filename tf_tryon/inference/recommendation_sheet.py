"""One picture of a recommendation: the person, then for each garment its wearer, its score, and the person in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_tryon.data.person import Person
from tf_tryon.inference.recommend import Ranked
from tf_tryon.inference.tryon import Completion

_GAP, _CAPTION, _SIDE, _COLUMNS = 8, 20, 160, 6
_PAPER, _INK = (250, 250, 248), (60, 60, 64)


def recommendation_sheet(
    person: Person, garment: str, ranked: Sequence[Ranked], worn: Sequence[Completion]
) -> Image.Image:
    """Two tiles a garment, one above the other, `_COLUMNS` to a line.

    Args:
      person: who asks.
      garment: slot.
      ranked: best first.
      worn: the person in each of these garments.
    """
    columns = min(_COLUMNS, len(ranked))
    lines = -(-len(ranked) // columns)
    cell = _SIDE + _GAP
    high = 2 * _SIDE + _CAPTION + 3 * _GAP
    canvas = Image.new("RGB", ((columns + 1) * cell + 3 * _GAP, lines * high + _GAP), _PAPER)
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(13)
    first = 2 * _GAP + cell + _GAP
    _put(canvas, person.photo, _GAP, _GAP + _CAPTION)
    pen.text((_GAP + _SIDE // 2, _GAP + _CAPTION // 2), f"{garment} for", _INK, font, anchor="mm")
    if worn:
        _put(canvas, worn[0].erased_photo, _GAP, 2 * _GAP + _CAPTION + _SIDE)
    for i, (each, completion) in enumerate(zip(ranked, worn, strict=True)):
        x, y = first + i % columns * cell, _GAP + i // columns * high
        pen.text((x + _SIDE // 2, y + _CAPTION // 2), f"{i + 1}:  {each.score:.1f} nats", _INK, font, anchor="mm")
        _put(canvas, each.person.photo, x, y + _CAPTION)
        _put(canvas, completion.photos[0], x, y + _CAPTION + _SIDE + _GAP)
    return canvas


def _put(canvas: Image.Image, picture: np.ndarray, x: int, y: int) -> None:
    """A picture in the middle of a square tile."""
    image = Image.fromarray(picture)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    if max(image.size) < _SIDE:
        scale = _SIDE / max(image.size)
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    canvas.paste(image, (x + (_SIDE - image.width) // 2, y + (_SIDE - image.height) // 2))
