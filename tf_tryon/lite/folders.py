"""Where exported models lie: beside the bundled weights, in a bundle's folder `lite`, or in a folder of one's own."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Final

from tf_tryon.inference.bundled import STAGE_WEIGHTS, model_folder
from tf_tryon.lite.sidecar import Sidecar, sidecar_of

FOLDER: Final = "lite"  # of a bundle's folder


def lite_folder(model: str | pathlib.Path | None = None) -> pathlib.Path:
    """Where a model's exported files lie: "street" (also None) or "studio", a bundle's folder, or the export's own."""
    folder = model_folder(model)
    inside = folder / FOLDER
    return inside if sidecar_of(inside) else folder


def fits(sidecar: Sidecar, model: pathlib.Path) -> bool:
    """Whether the file was made of the weights that lie in a bundle's folder now; true where there are none."""
    for stage, digest in sidecar.weights.items():
        path = model / stage / STAGE_WEIGHTS
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return False
    return True
