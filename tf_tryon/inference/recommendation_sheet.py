"""One picture of a recommendation: the person, then each garment with its score, and below it the person in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_tryon.data.person import Person
from tf_tryon.inference.tryon import Completion
from tf_tryon.writing.lettering import drawable

_GAP, _CAPTION, _SIDE, _COLUMNS = 8, 20, 160, 6
_PAPER, _INK = (250, 250, 248), (60, 60, 64)


def recommendation_sheet(
    person: Person, garment: str, tiles: Sequence[tuple[np.ndarray, str]], worn: Sequence[Completion]
) -> Image.Image:
    """Two tiles a garment, one above the other, `_COLUMNS` to a line.

    Args:
      person: who asks.
      garment: slot.
      tiles: of each garment its picture (h, w, 3) uint8 and what stands above it, best first.
      worn: the person in each of these garments; none: they are shown alone.
    """
    columns = min(_COLUMNS, len(tiles))
    lines = -(-len(tiles) // columns)
    cell = _SIDE + _GAP
    high = (2 * _SIDE + _GAP if worn else _SIDE) + _CAPTION + 2 * _GAP
    own = _SIDE * (2 if worn else 1) + _CAPTION + 3 * _GAP  # the person's own tiles
    canvas = Image.new("RGB", ((columns + 1) * cell + 3 * _GAP, max(lines * high + _GAP, own)), _PAPER)
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(13)
    first = 2 * _GAP + cell + _GAP
    _put(canvas, person.photo, _GAP, _GAP + _CAPTION)
    pen.text((_GAP + _SIDE // 2, _GAP + _CAPTION // 2), f"{garment} for", _INK, font, anchor="mm")
    if worn:
        _put(canvas, worn[0].erased_photo, _GAP, 2 * _GAP + _CAPTION + _SIDE)
    for i, (picture, caption) in enumerate(tiles):
        x, y = first + i % columns * cell, _GAP + i // columns * high
        pen.text((x + _SIDE // 2, y + _CAPTION // 2), drawable(f"{i + 1}:  {caption}"), _INK, font, anchor="mm")
        _put(canvas, picture, x, y + _CAPTION)
        if worn:
            _put(canvas, worn[i].photos[0], x, y + _CAPTION + _SIDE + _GAP)
    return canvas


def _put(canvas: Image.Image, picture: np.ndarray, x: int, y: int) -> None:
    """A picture in the middle of a square tile."""
    image = Image.fromarray(picture)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    if max(image.size) < _SIDE:
        scale = _SIDE / max(image.size)
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    canvas.paste(image, (x + (_SIDE - image.width) // 2, y + (_SIDE - image.height) // 2))
