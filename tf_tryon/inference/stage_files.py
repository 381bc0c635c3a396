"""The files of one stage's folder in a bundle, which somebody else may have written: read and checked here."""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Final

import numpy as np
from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.files.regular import size_of
from tf_tryon.inference.bundled import STAGE_DETAIL, STAGE_WEIGHTS

CONFIG: Final = "config.json"
WEIGHTS: Final = STAGE_WEIGHTS
MEANS: Final = "mean_garments.npz"
DISCRIMINATOR: Final = "discriminator.npz"  # of the texture stage, where its run had one
DETAIL: Final = STAGE_DETAIL  # of the texture stage, where it has a detail network
NO_SHAPE: Final = (
    "a model of one stage tells no parsing, and detail goes where the parsing says: take one of two stages"
)
REMEDY: Final = "make the folder with `tf-tryon bundle`"


def read_config(folder: pathlib.Path, stage: str) -> ConfigDict:
    """The configuration of a stage's folder.

    Raises:
      MissingFileError, BadFileError: there is none, or it is another stage's.
    """
    config = configuration.read(folder / CONFIG)
    if config.stage != stage:
        raise BadFileError(f"{folder / CONFIG}: of the {config.stage} stage, where the {stage} stage's belongs")
    return config


def digest(folder: pathlib.Path, detail: bool = True) -> str:
    """SHA-256 of a stage's weights and configuration, and of its detail network where it has one; hexadecimal.

    Args:
      folder: of the stage.
      detail: whether the detail network counts.

    Raises:
      MissingFileError, BadFileError: there are none.
    """
    size_of(folder / WEIGHTS, REMEDY)
    text = json_file.read(folder / CONFIG, REMEDY).raw
    fine = (folder / DETAIL).read_bytes() if detail and (folder / DETAIL).exists() else b""
    return hashlib.sha256((folder / WEIGHTS).read_bytes() + json.dumps(text).encode() + fine).hexdigest()


def digest_of_both(shape: str, texture: str) -> str:
    """A model's digest, of its stages'; "" for a shape stage that it hasn't."""
    return hashlib.sha256((shape + texture).encode()).hexdigest()


def read_means(folder: pathlib.Path, config: ConfigDict) -> np.ndarray:
    """(4, H, W, 3) uint8 mean garments of a stage's folder, of its configuration's size; raises as `read_config`."""
    form = Form("u", (4, config.data.height, config.data.width, 3))
    means = read_arrays(folder / MEANS, REMEDY, {"means": form})["means"]
    if means.dtype != np.uint8:
        raise BadFileError(f"{folder / MEANS}: means holds {means.dtype}, not bytes; {REMEDY}")
    return means
