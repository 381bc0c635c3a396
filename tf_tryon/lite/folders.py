"""Where exported models lie: beside the bundled weights, in a bundle's folder `lite`, or in a folder of one's own."""

from __future__ import annotations

import pathlib
from typing import Final

from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundled import STAGE_WEIGHTS, model_folder, weights_digest
from tf_tryon.lite.sidecar import BUNDLED, REMEDY, Sidecar, name_of, sidecars_of
from tf_tryon.stages import STAGES

FOLDER: Final = "lite"  # of a bundle's folder


def lite_folder(model: str | pathlib.Path | None = None) -> pathlib.Path:
    """Where a model's exported files lie: "street" (also None) or "studio", a bundle's folder, or the export's own."""
    folder = model_folder(model)
    inside = folder / FOLDER
    return inside if sidecars_of(inside) else folder


def sidecar_of_model(model: str | pathlib.Path | None = None) -> Sidecar:
    """The sidecar of a model's exported files (`lite_folder`): the most exact variant of the weights that lie there.

    Raises:
      MissingFileError, BadFileError: a file is missing or damaged; the message names it.
      TryOnError: the files were made of other weights than those that lie in the bundle's folder now.
    """
    folder, bundle, others = lite_folder(model), model_folder(model), list[str]()
    digests = {
        stage: (path, weights_digest(path)) for stage in STAGES if ((path := bundle / stage) / STAGE_WEIGHTS).exists()
    }
    for source in sidecars_of(folder) or [folder / f"{name_of(BUNDLED)}.json"]:
        sidecar = Sidecar.read(source)
        wrong = [path for stage, (path, digest) in digests.items() if sidecar.weights[stage] != digest]
        if not wrong:
            return sidecar
        others.append(f"{sidecar.tflite} was made of other weights than those in {wrong[0]}")
    raise TryOnError(f"{'; '.join(others)}: {REMEDY}")
