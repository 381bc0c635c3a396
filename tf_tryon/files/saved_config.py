"""A configuration that was saved as JSON, put into one that has all fields."""

from __future__ import annotations

from typing import cast

from ml_collections import ConfigDict

from tf_tryon.errors import BadFileError
from tf_tryon.files.json_file import Value


def update(config: ConfigDict, saved: Value) -> None:
    """Set the fields of `saved` in `config`, each of the type that it has there.

    Raises:
      BadFileError: names a field of another type, or one that `config` doesn't have.
    """
    for key, value in saved.members().items():
        if key not in config:
            place = f"config.{value.place}"
            raise BadFileError(f"{saved.source}: unknown field {place}; was it written by a newer version?")
        if isinstance(config[key], ConfigDict):
            update(config[key], value)
        else:
            config[key] = _like(config[key], value)


def _like(default: object, value: Value) -> object:
    """The value, which must be of the default's type."""
    if isinstance(default, bool):
        return value.flag()
    if isinstance(default, int):
        return value.whole()
    if isinstance(default, float):
        return value.number()
    if isinstance(default, str):
        return value.text()
    assert isinstance(default, tuple)
    (first, *_) = cast("tuple[object, ...]", default)
    return tuple(_like(first, entry) for entry in value.entries())
