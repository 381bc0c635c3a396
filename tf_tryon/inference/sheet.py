"""One picture of a completion: photo | erased | results, each above its parsing map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_tryon.data.vocabulary import PALETTE

if TYPE_CHECKING:
    from tf_tryon.inference.completion import Completion

_GAP, _CAPTION, _MAX_SIDE = 6, 22, 256
_LINE = 16  # samples beside one another: of more the picture would be too wide to be looked at
_PAPER, _INK = (250, 250, 248), (60, 60, 64)


def sheet(completions: list[Completion], side: int = 0) -> Image.Image:
    """Rows of tiles, one pair of rows (pictures, parsings) for each completion and each 16 samples of it.

    Args:
      completions: at least one.
      side: height of a tile in pixels; 0: the photo's, but at most 256 and at least 128.
    """
    height = side or int(np.clip(completions[0].person.size[0], 128, _MAX_SIDE))
    rows: list[list[Image.Image]] = []
    captions: list[list[str]] = []
    for completion in completions:
        pictures = [completion.person.photo, completion.erased_photo, *completion.photos]
        maps = [completion.person.labels, None, *completion.parsings]
        tiles = [_tile(picture, height, Image.Resampling.LANCZOS) for picture in pictures]
        map_tiles = [_map_tile(labels, completion.erased, completion.person.labels, height) for labels in maps]
        names = ["photo", f"{completion.request.garment} erased", *(f"{k + 1}" for k in range(len(completion.photos)))]
        for start in range(2, len(tiles), _LINE):
            line = np.s_[start : start + _LINE]
            rows += [[*all_tiles[:2], *all_tiles[line]] for all_tiles in (tiles, map_tiles)]
            captions += [[*names[:2], *names[line]], []]
    columns = max(len(row) for row in rows)
    widths = [max(row[k].width for row in rows if k < len(row)) for k in range(columns)]
    total = sum(widths) + _GAP * (columns + 1), sum(height + _GAP + (_CAPTION if c else 0) for c in captions) + _GAP
    canvas = Image.new("RGB", total, _PAPER)
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(14)
    y = _GAP
    for row, names in zip(rows, captions, strict=True):
        x = _GAP
        for k, tile in enumerate(row):
            if names:
                draw.text((x + tile.width // 2, y + _CAPTION // 2), names[k], _INK, font, anchor="mm")
            canvas.paste(tile, (x, y + (_CAPTION if names else 0)))
            x += widths[k] + _GAP
        y += height + _GAP + (_CAPTION if names else 0)
    return canvas


def _tile(picture: np.ndarray, height: int, method: Image.Resampling) -> Image.Image:
    image = Image.fromarray(picture)
    return image.resize((max(1, round(image.width * height / image.height)), height), method)


def _map_tile(labels: np.ndarray | None, erased: np.ndarray, given: np.ndarray, height: int) -> Image.Image:
    """A parsing in display colours; None: the given one with the erased part grey."""
    colours = PALETTE[given if labels is None else labels]
    if labels is None:
        colours = np.where(erased[..., None], np.uint8(128), colours)
    return _tile(colours, height, Image.Resampling.NEAREST)
