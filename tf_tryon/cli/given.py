"""What a command line names as inputs, looked at before TensorFlow is loaded: a refusal is there at once.

The verbs' library calls check the same again, more closely; here a wrong name ends in its sentence without the wait.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterable

from tf_tryon.files.regular import size_of


def data_sets(folders: Iterable[str | None]) -> None:
    """Raise MissingFileError or BadFileError for a folder that holds no data set; None is passed over."""
    from tf_tryon.data.manifest import read_manifest

    for folder in folders:
        if folder is not None:
            read_manifest(pathlib.Path(folder))


def model(name: str | None) -> None:
    """Raise TryOnError for what is neither a bundled model nor a folder of one; None is the default model."""
    from tf_tryon.inference.model_folder import ModelFolder

    ModelFolder(name)


def folder(path: str, remedy: str) -> None:
    """Raise FileNotFoundError, ending with the remedy, if there is no such folder."""
    if not pathlib.Path(path).is_dir():
        raise FileNotFoundError(f"{path} is no folder: {remedy}")


def weights(path: str | None, remedy: str) -> None:
    """Raise MissingFileError or BadFileError, ending with the remedy, for what is no file; None is passed over."""
    if path is not None:
        size_of(pathlib.Path(path), remedy)
