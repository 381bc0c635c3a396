"""Before and after: held-out people completed by the base and by the model that was fitted, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_tryon.data.person import Person
from tf_tryon.data.records import RecordSet
from tf_tryon.data.vocabulary import worn_targets
from tf_tryon.errors import TryOnError
from tf_tryon.inference.completion import Completion
from tf_tryon.inference.tryon import TryOn

_PEOPLE: Final = 8
_SAMPLES: Final = 2
_HEIGHT, _GAP, _CAPTION = 240, 6, 24
_PAPER, _INK = (250, 250, 248), (60, 60, 64)


def chosen(people: RecordSet, garments: Sequence[str]) -> list[tuple[Person, str]]:
    """Held-out people and what to erase of each, the garments in turn."""
    people_and_garments: list[tuple[Person, str]] = []
    for number in people.split("test"):
        person = Person.of(people, number)
        worn = [name for name in garments if name in worn_targets(person.labels, person.dress)]
        if worn:
            people_and_garments.append((person, worn[len(people_and_garments) % len(worn)]))
        if len(people_and_garments) == _PEOPLE:
            break
    return people_and_garments


def completed(model: TryOn, people: Sequence[tuple[Person, str]], seed: int) -> list[Completion | None]:
    """Of each person two completions; None where the model can't, as of traces of a garment."""
    completions: list[Completion | None] = []
    for person, garment in people:
        try:
            completions.append(model.complete(person, garment, samples=_SAMPLES, seed=seed))
        except TryOnError:
            completions.append(None)
    return completions


def before_and_after(before: Sequence[Completion | None], after: Sequence[Completion | None]) -> Image.Image:
    """A row of tiles a person: photo, erased, the base's two completions, the result's two."""
    rows = [(first, second) for first, second in zip(before, after, strict=True) if first and second]
    titles = ["photo", "erased", *["before"] * _SAMPLES, *["after"] * _SAMPLES]
    tiles = [
        [
            _tile(picture)
            for picture in (first.person.photo, first.erased_photo, *first.photos, *second.photos)
        ]
        for first, second in rows
    ]  # fmt: skip
    widths = [max((row[k].width for row in tiles), default=_HEIGHT // 2) for k in range(len(titles))]
    size = sum(widths) + _GAP * (len(titles) + 1), len(tiles) * (_HEIGHT + _GAP) + _GAP + _CAPTION
    canvas = Image.new("RGB", size, _PAPER)
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(14)
    x = _GAP
    for k, title in enumerate(titles):
        pen.text((x + widths[k] // 2, _CAPTION // 2), title, _INK, font, anchor="mm")
        for i, row in enumerate(tiles):
            canvas.paste(row[k], (x, _CAPTION + i * (_HEIGHT + _GAP)))
        x += widths[k] + _GAP
    return canvas


def _tile(picture: np.ndarray) -> Image.Image:
    image = Image.fromarray(picture)
    size = max(1, round(image.width * _HEIGHT / image.height)), _HEIGHT
    return image.resize(size, Image.Resampling.LANCZOS)
