"""Where exported models lie: beside the bundled weights, in a bundle's folder `lite`, or in a folder of one's own."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Final

from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundled import STAGE_WEIGHTS, model_folder
from tf_tryon.lite.sidecar import REMEDY, Sidecar, sidecar_of

FOLDER: Final = "lite"  # of a bundle's folder


def lite_folder(model: str | pathlib.Path | None = None) -> pathlib.Path:
    """Where a model's exported files lie: "street" (also None) or "studio", a bundle's folder, or the export's own."""
    folder = model_folder(model)
    inside = folder / FOLDER
    return inside if sidecar_of(inside) else folder


def sidecar_of_model(model: str | pathlib.Path | None = None) -> Sidecar:
    """The sidecar of a model's exported files (`lite_folder`).

    Raises:
      MissingFileError, BadFileError: a file is missing or damaged; the message names it.
      TryOnError: the files were made of other weights than those that lie in the bundle's folder now.
    """
    sidecar, bundle = Sidecar.read(lite_folder(model)), model_folder(model)
    for stage, digest in sidecar.weights.items():
        path = bundle / stage / STAGE_WEIGHTS
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise TryOnError(f"{sidecar.tflite} was made of other weights than {path}: {REMEDY}")
    return sidecar
