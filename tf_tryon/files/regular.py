"""The bytes of a regular file: what lies under a name that somebody else wrote may be a pipe, a device or a folder."""

from __future__ import annotations

import os
import pathlib
import stat
from typing import Final

from tf_tryon.errors import BadFileError, MissingFileError

_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def size_of(path: str | os.PathLike[str], remedy: str) -> int:
    """The bytes of a regular file, which isn't opened: opening a pipe waits for ever.

    Args:
      path: a file's, or a link to one.
      remedy: what to do where there is none, the end of the message's sentence.

    Raises:
      MissingFileError: there is nothing.
      BadFileError: it is no regular file, or can't be looked at.
    """
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFileError(f"{path} is missing: {remedy}") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise BadFileError(f"{path} can't be read ({_reason(error)}): {remedy}") from error
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise BadFileError(f"{path} is {kind}, not a file: {remedy}")
    return status.st_size


def read_bytes(path: str | os.PathLike[str], remedy: str, most: int = 1 << 28) -> bytes:
    """The content of a regular file of at most `most` bytes.

    Raises:
      MissingFileError: there is nothing.
      BadFileError: no regular file, larger, or it can't be read.
    """
    size = size_of(path, remedy)
    if size > most:
        raise BadFileError(f"{path} has {size} bytes, and at most {most} are read: {remedy}")
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise BadFileError(f"{path} can't be read ({_reason(error)}): {remedy}") from error


def is_plain_name(name: str) -> bool:
    """Whether a name that a file gives is that of a file beside it: one part, no way up or elsewhere."""
    return name not in ("", ".", "..") and len(name) <= 255 and not any(mark in name for mark in "/\\\0")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
