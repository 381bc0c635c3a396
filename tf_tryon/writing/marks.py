"""Marks: JSON files that list what tf-tryon wrote beside them, and that alone may be replaced or removed.

A mark has the keys

    "written_by": "tf-tryon complete"      the verb
    "made_from": "/photos/anna.jpg"        what the files were made from; "" where there is only one possibility
    "files": {"sheet.png": "<SHA-256>"}    every file but the mark itself, by its path from the mark's folder

among others. A listed file with another SHA-256 was changed by somebody else and is no longer tf-tryon's. Marks are
read as a stranger's: with names that lead out of the folder a file is none.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from typing import Any, Final, cast

from tf_tryon.errors import BadFileError, MissingFileError
from tf_tryon.files import json_file

_KEYS: Final = ("written_by", "made_from", "files")


@dataclasses.dataclass(frozen=True)
class Mark:
    """What a mark says: who wrote the files, of what, and their SHA-256 by name."""

    by: str
    source: str
    files: dict[str, str]

    def content(self) -> dict[str, Any]:
        """The mark's own keys."""
        return dict(zip(_KEYS, (self.by, self.source, self.files), strict=True))


def read(path: pathlib.Path) -> Mark | None:
    """The mark in a file; None where there is none, be it no file, no JSON, or anybody else's JSON."""
    try:
        mark = json_file.read(path, "").raw
    except (BadFileError, MissingFileError):
        return None
    # Names are taken as they are: a file's need not be UTF-8.
    entries = cast("dict[str, Any]", mark) if isinstance(mark, dict) else {}
    by, source, files = (entries.get(key) for key in _KEYS)
    if not (isinstance(by, str) and isinstance(source, str) and isinstance(files, dict)):
        return None
    digests = cast("dict[str, Any]", files)
    if not all(isinstance(digest, str) and _inside(name) for name, digest in digests.items()):
        return None
    return Mark(by, source, digests)


def digest(path: pathlib.Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _inside(name: str) -> bool:
    """Whether a name is a plain path below its folder."""
    parts = pathlib.PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\0" not in name
