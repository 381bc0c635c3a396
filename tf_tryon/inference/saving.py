"""A completion on disk: sheet.png, sample-K.png, sample-K_parsing.png, result.json. Written whole or not at all."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from tf_tryon.data.vocabulary import CLASSES, PALETTE
from tf_tryon.inference.sheet import sheet
from tf_tryon.writing.results import new_files

if TYPE_CHECKING:
    from tf_tryon.inference.completion import Completion

BY: Final = "tf-tryon complete"
MARK: Final = "result.json"


def save(completion: Completion, folder: str | pathlib.Path, source: str = "") -> pathlib.Path:
    """Writes one person's completion into `folder`, replacing an earlier one; returns the sheet's path.

    Args:
      completion: of one person.
      folder: for nothing else: what is there, and was not written by this function, stays or is refused.
      source: what the person was read from; results of another source are not replaced. "": whatever it was.

    Raises:
      InTheWayError: the folder holds files that this function did not write.
    """
    folder = pathlib.Path(folder)
    with new_files(folder, MARK, by=BY, source=source, alone=True) as new:
        files = []
        for k, (photo, labels) in enumerate(zip(completion.photos, completion.parsings, strict=True), start=1):
            files.append({"photo": f"sample-{k}.png", "parsing": f"sample-{k}_parsing.png"})
            Image.fromarray(photo).save(new.path / files[-1]["photo"])
            _palette_picture(labels).save(new.path / files[-1]["parsing"])
        sheet([completion]).save(new.path / "sheet.png")
        new.content = describe(completion, files)
    return folder / "sheet.png"


def describe(completion: Completion, files: list[dict[str, str]]) -> dict[str, Any]:
    """The content of result.json: request, model, classes, and for each sample its files, codes and scores."""
    request = completion.request
    samples = [
        {
            **names,
            "scores": {stage: round(float(values[k]), 3) for stage, values in completion.scores.items()},
            "codes": {stage: np.round(values[k], 5).tolist() for stage, values in completion.codes.items()},
        }
        for k, names in enumerate(files)
    ]
    return {
        "person": completion.person.id,
        "garment": request.garment,
        "seed": request.seed,
        "temperature": request.temperature,
        "keep_shape": request.keep_shape,
        "keep_texture": request.keep_texture,
        "like": request.like.id if request.like else None,
        "like_stages": list(request.like_stages) if request.like else None,
        "wear": request.wear.name if request.wear else None,
        "mask": request.mask is not None,
        "erase": request.erase,
        "dilate": request.dilate,
        "background": request.background,
        "walk": request.walk,
        "walk_stage": request.walk_stage if request.walk is not None else None,
        "model": completion.model,
        "classes": list(CLASSES),
        "samples": samples,
    }


def _palette_picture(labels: np.ndarray) -> Image.Image:
    """Labels 0..7 as a palette PNG: indices are the classes, colours are for the eye."""
    picture = Image.fromarray(labels)
    picture.putpalette(PALETTE.tobytes())
    return picture
