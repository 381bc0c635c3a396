"""A completion on disk: sheet.png, sample-K.png, sample-K_parsing.png, result.json. Written whole or not at all."""

from __future__ import annotations

import json
import pathlib
import shutil
from typing import Any

import numpy as np
from PIL import Image

from tf_tryon.data.vocabulary import CLASSES, PALETTE
from tf_tryon.inference.sheet import sheet
from tf_tryon.inference.tryon import Completion


def save(completion: Completion, folder: str | pathlib.Path) -> pathlib.Path:
    """Writes one person's completion into `folder`, replacing an earlier one; returns the sheet's path."""
    folder = pathlib.Path(folder)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    files = []
    for k, (photo, labels) in enumerate(zip(completion.photos, completion.parsings, strict=True), start=1):
        files.append({"photo": f"sample-{k}.png", "parsing": f"sample-{k}_parsing.png"})
        Image.fromarray(photo).save(partial / files[-1]["photo"])
        _palette_picture(labels).save(partial / files[-1]["parsing"])
    sheet([completion]).save(partial / "sheet.png")
    (partial / "result.json").write_text(json.dumps(describe(completion, files), indent=1) + "\n")
    if folder.exists():
        shutil.rmtree(folder)
    partial.replace(folder)
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
