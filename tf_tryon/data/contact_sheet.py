"""A picture of people of a data set with all that is derived from them, to look at before training on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from ml_collections import ConfigDict
from PIL import Image, ImageDraw, ImageFont

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.data import examples, keypoints, vocabulary
from tf_tryon.data.person import Person
from tf_tryon.data.person_crop import PersonCrop
from tf_tryon.data.records import RecordSet
from tf_tryon.writing.lettering import drawable

# (height, width) in which people are drawn whose data set keeps photos at their own sizes.
CROP_SIZE: Final = (256, 192)
COLUMNS: Final = ("photo", "parsing", "pose", "erased", "x_s", "x_a", "x_c")
_GAP: Final = 6
_CAPTION: Final = 16
_BACKGROUND: Final = (252, 252, 250)
_INK: Final = (70, 74, 82)


def contact_sheet(
    records: RecordSet,
    count: int = 12,
    split: str | None = None,
    garment: str | None = None,
    cell: int = 128,
    only: Sequence[int] | None = None,
) -> np.ndarray:
    """People evenly spaced over a split (or all), two to a row of the sheet.

    Each has the photo, the parsing in colour, the pose, the photo with the target garment's box erased, and the crops
    x_s, x_a and x_c (hat, top, bottom, shoes; the target's place and a missing garment's are grey). Targets take turns,
    unless `garment` names one; a person without it is shown with nothing erased. Photos of their own sizes are cropped
    to the person, as `cropped_to` has it.

    Args:
      records: the data set.
      count: how many people.
      split: its name; None: the whole data set.
      garment: the target.
      cell: height of a picture in pixels.
      only: record numbers to choose from, instead of a split.

    Returns:
      (H', W', 3) uint8.
    """
    members = only if only is not None else range(len(records)) if split is None else records.split(split)
    if not members or count < 1:
        raise ValueError(f"{records.directory}: nobody to show (split {split!r}, count {count})")
    if garment is not None and garment not in vocabulary.GARMENTS:
        raise ValueError(f"unknown garment {garment!r}: choose one of {', '.join(vocabulary.GARMENTS)}")
    chosen = np.unique(np.linspace(0, len(members) - 1, min(count, len(members))).round().astype(int))
    config = thesis("shape")
    config.data.height, config.data.width = size = records.size or CROP_SIZE
    rows = []
    for turn, i in enumerate(chosen):
        person = cropped_to(Person.of(records, members[int(i)]), size)
        rows.append(_row(person, garment or _target(person, turn), config, cell))
    if len(rows) % 2:
        rows.append(np.full_like(rows[0], _BACKGROUND))
    pairs = [np.concatenate([left, right], axis=1) for left, right in zip(rows[::2], rows[1::2], strict=True)]
    sheet = np.concatenate(pairs, axis=0)
    return np.pad(sheet, ((0, _GAP), (0, _GAP), (0, 0)), constant_values=_BACKGROUND[0])


def cropped_to(person: Person, size: tuple[int, int]) -> Person:
    """The person in a picture of (height, width): as they are, if that is their size, or cropped and scaled."""
    if person.size == size:
        return person
    # Who shows nothing but background is still drawn, the whole photo then.
    everywhere = person.labels if person.labels.any() else np.ones_like(person.labels)
    return PersonCrop.around(everywhere, *size).person(person)


def pictures(person: Person, garment: str, config: ConfigDict) -> list[np.ndarray]:
    """The pictures of `COLUMNS`, (H, W, 3) uint8 each; config.data must have the person's size."""
    height, width = person.size
    # Grey (0) where the mean garments would stand: only what the photo shows is drawn.
    means = np.zeros((len(vocabulary.GARMENTS), height, width, 3), np.float32)
    batch = {key: value.numpy()[0] for key, value in examples.from_people([person], garment, means, config).items()}
    parsing = vocabulary.colour(person.labels)
    ghost = (0.35 * parsing + 0.65 * 255).astype(np.uint8)
    erased = np.where(batch[keys.VISIBLE] > 0, person.photo, np.uint8(128))
    mask = np.where(batch[keys.GARMENT_MASK] > 0, vocabulary.PALETTE[vocabulary.HAT + batch[keys.TARGET]], 255)
    context = batch[keys.CONTEXT].reshape(height, width, 4, 3).transpose(2, 0, 1, 3)
    quarters = [_bytes(crop)[::2, ::2] for crop in context]
    together = np.concatenate([np.concatenate(quarters[:2], axis=1), np.concatenate(quarters[2:], axis=1)], axis=0)
    pose = keypoints.draw(ghost, person.keypoints)
    return [person.photo, parsing, pose, erased, mask.astype(np.uint8), _bytes(batch[keys.GARMENT_RGB]), together]


def _row(person: Person, garment: str, config: ConfigDict, cell: int) -> np.ndarray:
    width = round(cell * person.size[1] / person.size[0])
    row = Image.new("RGB", (_GAP + len(COLUMNS) * (width + _GAP) + _GAP, _GAP + 2 * _CAPTION + cell), _BACKGROUND)
    canvas = ImageDraw.Draw(row)
    font = ImageFont.load_default(size=11)
    seen = int((person.keypoints[:, 2] > 0).sum())
    bottom = ", a dress" if person.dress else ""
    head = f"{person.id}: target {garment}; {seen} of 18 keypoints{bottom}"
    canvas.text((_GAP, _GAP), drawable(head), _INK, font)
    for column, (name, picture) in enumerate(zip(COLUMNS, pictures(person, garment, config), strict=True)):
        x, y = _GAP + column * (width + _GAP), _GAP + _CAPTION
        row.paste(Image.fromarray(picture).resize((width, cell), Image.Resampling.BICUBIC), (x, y))
        canvas.rectangle((x - 1, y - 1, x + width, y + cell), outline=(210, 210, 206))
        canvas.text((x, y + cell + 1), name, _INK, font)
    return np.asarray(row)


def _target(person: Person, turn: int) -> str:
    """The turn's garment among those that the person shows, a dress aside; "top" if there is none."""
    slots = [(turn + 1 + i) % len(vocabulary.GARMENTS) for i in range(len(vocabulary.GARMENTS))]
    present = [
        vocabulary.GARMENTS[slot]
        for slot in slots
        if (person.labels == vocabulary.GARMENT_CLASSES[slot]).any()
        and not (person.dress and vocabulary.GARMENT_CLASSES[slot] == vocabulary.BOTTOM)
    ]
    return present[0] if present else "top"


def _bytes(rgb: np.ndarray) -> np.ndarray:
    return np.clip((rgb + 1) * 127.5 + 0.5, 0, 255).astype(np.uint8)
