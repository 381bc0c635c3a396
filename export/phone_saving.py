"""The reference runner's parsings on disk: sheet.png, sample-K_parsing.png, result.json; whole or not at all."""

from __future__ import annotations

import pathlib
from typing import Final

import numpy as np
from PIL import Image

from tf_tryon.data.person import Person
from tf_tryon.data.person_crop import PersonCrop
from tf_tryon.data.vocabulary import CLASSES, PALETTE
from tf_tryon.export.phone_runner import PhoneStage
from tf_tryon.inference.request import Request, check_wears
from tf_tryon.writing.results import new_files

BY: Final = "tf-tryon tflite run"
MARK: Final = "result.json"

_GAP, _PAPER, _GREY = 6, (250, 250, 248), 128
_MAX_SIDE = 256


def complete(
    stage: PhoneStage,
    person: Person,
    folder: pathlib.Path,
    garment: str,
    samples: int,
    seed: int,
    temperature: float,
    source: str = "",
) -> pathlib.Path:
    """Erases `garment`, draws `samples` parsings and writes them at the photo's size; returns the sheet's path.

    What is in the folder, and was not written by this function of the same `source`, stays or is refused.

    Raises:
      TryOnError: the garment can't be erased, or files are in the way.
    """
    asked = Request(garment, samples, seed, temperature)  # the ranges that `complete` has
    check_wears(person, asked.garment)
    seen = PersonCrop.around(person.labels, stage.contract.height, stage.contract.width, person.id)
    inputs = stage.inputs(seen.person(person), garment)
    encoded = stage.encode(inputs)
    codes = [stage.sample(encoded, stage.noise(seed, k), temperature) for k in range(samples)]
    hole = seen.photo_mask(inputs.visible == 0)
    if person.carried is not None:
        hole &= ~person.carried
    parsings = [seen.paste_labels(person.labels, stage.labels(inputs, one), hole) for one in codes]
    result = {
        "person": person.id,
        "garment": garment,
        "seed": seed,
        "temperature": temperature,
        "file": stage.sidecar["sha256"],
        "classes": list(CLASSES),
        "samples": [
            {"parsing": f"sample-{k}_parsing.png", "codes": np.round(one * stage.contract.code_scale, 5).tolist()}
            for k, one in enumerate(codes, start=1)
        ],
    }
    with new_files(folder, MARK, by=BY, source=source, alone=True) as new:
        for k, labels in enumerate(parsings, start=1):
            picture = Image.fromarray(labels)
            picture.putpalette(PALETTE.tobytes())
            picture.save(new.path / f"sample-{k}_parsing.png")
        _sheet(person, hole, parsings).save(new.path / "sheet.png")
        new.content = result
    return folder / "sheet.png"


def _sheet(person: Person, hole: np.ndarray, parsings: list[np.ndarray]) -> Image.Image:
    """Photo | its parsing with the erased part grey | each completed parsing."""
    erased = np.where(hole[..., None], np.uint8(_GREY), PALETTE[person.labels])
    height = min(person.size[0], _MAX_SIDE)
    width = max(1, round(person.size[1] * height / person.size[0]))
    tiles = [Image.fromarray(person.photo).resize((width, height), Image.Resampling.LANCZOS)]
    for colours in (erased, *(PALETTE[labels] for labels in parsings)):
        tiles.append(Image.fromarray(colours).resize((width, height), Image.Resampling.NEAREST))
    canvas = Image.new("RGB", (_GAP + len(tiles) * (width + _GAP), height + 2 * _GAP), _PAPER)
    for k, tile in enumerate(tiles):
        canvas.paste(tile, (_GAP + k * (width + _GAP), _GAP))
    return canvas
