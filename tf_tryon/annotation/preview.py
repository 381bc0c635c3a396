"""One picture to judge an annotation by: the photo, its labels, its pose; garments named with their confidence."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_tryon.annotation.annotation import Annotation, Parsing
from tf_tryon.data import keypoints
from tf_tryon.data.vocabulary import GARMENT_CLASSES, GARMENTS, PALETTE
from tf_tryon.writing.lettering import drawable, wrapped

_HEIGHT, _GAP, _LINE = 512, 6, 20
_PAPER, _INK, _ALARM = (250, 250, 248), (60, 60, 64), (190, 40, 30)


def preview(photo: np.ndarray, annotation: Annotation) -> Image.Image:
    """Photo | labels | pose, with a legend and the warnings below.

    Args:
      photo: (h, w, 3) uint8.
      annotation: of the photo.
    """
    classes = Parsing(annotation.labels, annotation.vocabulary).classes
    colours = PALETTE[classes]
    tint = np.where((classes > 0)[..., None], 0.35 * photo + 0.65 * colours, 0.35 * photo + 160).clip(0, 255)
    tiles = [_tile(picture) for picture in (photo, tint.astype(np.uint8))]
    scale = tiles[0].height / photo.shape[0]
    points = annotation.keypoints * np.array([scale, scale, 1], np.float32)
    tiles.append(Image.fromarray(keypoints.draw(np.asarray(tiles[0]), points)))
    width = sum(tile.width for tile in tiles) + 4 * _GAP
    font = ImageFont.load_default(13)
    lines = [line for text in annotation.warnings for line in wrapped(drawable(text), font, width - 2 * _GAP)]
    canvas = Image.new("RGB", (width, tiles[0].height + 3 * _GAP + _LINE * (1 + len(lines))), _PAPER)
    x = _GAP
    for tile in tiles:
        canvas.paste(tile, (x, _GAP))
        x += tile.width + _GAP
    draw, y, x = ImageDraw.Draw(canvas), tiles[0].height + 2 * _GAP, _GAP
    for name, number in zip(GARMENTS, GARMENT_CLASSES, strict=True):
        if not (classes == number).any():
            continue
        text = f"{name} {annotation.confidences[name]:.2f}" if name in annotation.confidences else name
        draw.rectangle((x, y + 3, x + 12, y + 15), fill=tuple(PALETTE[number].tolist()))
        draw.text((x + 18, y), text, _INK, font)
        x += round(font.getlength(text)) + 36
    for line in lines:
        y += _LINE
        draw.text((_GAP, y), line, _ALARM, font)
    return canvas


def _tile(picture: np.ndarray) -> Image.Image:
    image = Image.fromarray(picture)
    height = min(_HEIGHT, max(image.height, 256))
    return image.resize((max(1, round(image.width * height / image.height)), height), Image.Resampling.LANCZOS)
