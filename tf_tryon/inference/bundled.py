"""The bundled models' names and where they lie; imports nothing, so that every runtime asks here."""

from __future__ import annotations

import pathlib
from typing import Final

FOLDER: Final = pathlib.Path(__file__).parent.parent / "weights"
STREET, STUDIO = "street", "studio"  # trained on photos of real people, and on people that Studio renders
BUNDLES: Final = {name: FOLDER / name for name in (STREET, STUDIO)}
STAGE_WEIGHTS: Final = "weights.npz"  # of a stage's folder


def model_folder(model: str | pathlib.Path | None = None) -> pathlib.Path:
    """Where a model lies: "street" (also None) or "studio", which are bundled, or a folder that `bundle` wrote.

    A folder of one's own that has such a name is written ./street.
    """
    if model is None:
        return BUNDLES[STREET]
    return BUNDLES.get(str(model), pathlib.Path(model))
