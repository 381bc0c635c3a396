"""Whether a catalogue holds the codes of a model: read from files alone, no TensorFlow is loaded."""

from __future__ import annotations

import pathlib

from tf_tryon.errors import TryOnError
from tf_tryon.files import json_file
from tf_tryon.inference.bundled import BUNDLES, STREET
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.shop.names import MARK, REMEDY


def check_model(catalogue: str, model: str | None) -> None:
    """Raise TryOnError, naming both and what to do, unless the catalogue was built with the model (None: street)."""
    built = json_file.read(pathlib.Path(catalogue) / MARK, REMEDY)["model"].text()
    if built == ModelFolder(model).digest:
        return
    given = STREET if model is None else model
    known = [name for name in BUNDLES if ModelFolder(name).digest == built]
    builder = f"the model {known[0]}" if known else "another model"
    remedy = f"--model {known[0]}" if known else "that model's folder as --model"
    raise TryOnError(
        f"{catalogue} was built with {builder}, not with {given}: give {remedy}, or build the catalogue again with "
        f"--model {given}"
    )
