"""A TFLite file and the JSON beside it that says what it is, checked against each other; of `export.lite_file`."""

from __future__ import annotations

import hashlib
import pathlib

from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value
from tf_tryon.files.regular import is_plain_name, read_bytes


def read(source: pathlib.Path, form: str, version: int, remedy: str, largest: int) -> tuple[Value, pathlib.Path]:
    """The JSON's fields, and the path of the file that it describes.

    Args:
      source: the JSON file.
      form: what kind of sidecar it must be, with the number `version`.
      remedy: what to do where a file is missing or damaged.
      largest: bytes that the TFLite file may have.

    Raises:
      MissingFileError, BadFileError: a file is missing, isn't one, or belongs to another.
    """
    described = json_file.read(source, remedy)
    if [part.raw if (part := described.get(name)) else None for name in ("format", "version")] != [form, version]:
        raise described.wrong(f"is no sidecar of format {form}, version {version}")
    path = beside(described, described["file"])
    content = read_bytes(path, remedy, largest)
    if described["sha256"].text() != hashlib.sha256(content).hexdigest():
        raise BadFileError(f"{described.source} belongs to another file than {path}: keep one export's files together")
    return described, path


def beside(described: Value, name: Value) -> pathlib.Path:
    """The path of a file that a field of the JSON `described` names; it lies beside it."""
    if not is_plain_name(name.text()):
        raise name.wrong("is no name of a file beside it")
    return pathlib.Path(described.source).parent / name.text()
