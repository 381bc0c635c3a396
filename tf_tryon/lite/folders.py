"""Where exported models lie: beside the bundled weights, in a bundle's folder `lite`, or in a folder of one's own."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Final

from tf_tryon.lite.sidecar import Sidecar, sidecar_of

FOLDER: Final = "lite"  # of a bundle's folder
BUNDLED: Final = pathlib.Path(__file__).parent.parent / "weights"
NAMES: Final = ("street", "studio")
_WEIGHTS: Final = "weights.npz"


def lite_folder(model: str | pathlib.Path | None = None) -> pathlib.Path:
    """Where a model's exported files lie: "street" (also None) or "studio", a bundle's folder, or the export's own."""
    folder = BUNDLED / str(model or NAMES[0]) if model is None or model in NAMES else pathlib.Path(model)
    inside = folder / FOLDER
    return inside if sidecar_of(inside) else folder


def fits(sidecar: Sidecar, model: pathlib.Path) -> bool:
    """Whether the file was made of the weights that lie in a bundle's folder now; true where there are none."""
    for stage, digest in sidecar.weights.items():
        path = model / stage / _WEIGHTS
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return False
    return True
