"""The bundled models' names, where they lie and what a stage's weights are; light, so that every runtime asks here."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Final

FOLDER: Final = pathlib.Path(__file__).parent.parent / "weights"
STREET, STUDIO = "street", "studio"  # trained on photos of real people, and on people that Studio renders
BUNDLES: Final = {name: FOLDER / name for name in (STREET, STUDIO)}
STAGE_WEIGHTS: Final = "weights.npz"  # of a stage's folder
STAGE_DETAIL: Final = "detail.npz"  # likewise, where the stage has a detail network


def model_folder(model: str | pathlib.Path | None = None) -> pathlib.Path:
    """Where a model lies: "street" (also None) or "studio", which are bundled, or a folder that `bundle` wrote.

    Only text names a bundle: a folder of one's own of that name is written ./street, and a path, as this function gives
    one, stays what it is, however often it is asked for.
    """
    if isinstance(model, pathlib.Path):
        return model
    return BUNDLES[STREET] if model is None else BUNDLES.get(model, pathlib.Path(model))


def weights_digest(folder: pathlib.Path) -> str:
    """SHA-256 of a stage's weights and of its detail network's, where it has one; hexadecimal."""
    detail = folder / STAGE_DETAIL
    content = (folder / STAGE_WEIGHTS).read_bytes() + (detail.read_bytes() if detail.exists() else b"")
    return hashlib.sha256(content).hexdigest()
