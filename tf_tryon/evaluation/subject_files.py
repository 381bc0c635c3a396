"""Where the stages of what is evaluated lie, and their configurations: read without TensorFlow, to refuse at once."""

from __future__ import annotations

import os
import pathlib
from typing import Final

from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import MissingFileError, TryOnError
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.stages import STAGES

_WEIGHTS: Final = "weights.npz"
_CONFIG: Final = "config.json"  # a run's file, and an array of a weights file
_WANTED: Final = "give a run's folder, a weights file or a folder with shape/ and texture/"


def parts(model: str | os.PathLike[str]) -> list[pathlib.Path]:
    """The run's folder or weights file of each stage, at least one.

    Args:
      model: a run's folder, a weights file, or a folder with shape/ and texture/.

    Raises:
      TryOnError: there is no such file or folder.
    """
    model = pathlib.Path(model)
    if not model.exists():
        raise TryOnError(f"{model} does not exist: {_WANTED}")
    places = [model / stage for stage in STAGES if (model / stage).is_dir()]
    return [part(place) for place in places or [model]]


def part(place: str | os.PathLike[str]) -> pathlib.Path:
    """The weights file in a stage's folder, or else the run's folder or weights file that it is."""
    stored = pathlib.Path(place) / _WEIGHTS
    return stored if stored.is_file() else pathlib.Path(place)


def config_of(place: pathlib.Path) -> ConfigDict:
    """The configuration of a run's folder or a weights file.

    Raises:
      TryOnError: there is none, or it is damaged.
    """
    if place.is_file():
        arrays = read_arrays(place, _WANTED, {_CONFIG: Form("u", (None,))})
        return configuration.from_json(arrays[_CONFIG].tobytes(), str(place))
    if not (place / _CONFIG).is_file():
        raise MissingFileError(f"{place} is neither a run's folder nor a weights file: {_WANTED}")
    return configuration.read(place / _CONFIG)
