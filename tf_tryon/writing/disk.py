"""What the disk refuses, in one sentence that names the file and says what to do."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Generator

_ROOM = "make room or choose another place, and run the same command again"
_REMEDIES = {
    errno.ENOSPC: f"the disk is full: {_ROOM}",
    errno.EDQUOT: f"your share of the disk is used up: {_ROOM}",
    errno.EACCES: "permission denied: give this user access to it, or choose another place",
    errno.EPERM: "permission denied: give this user access to it, or choose another place",
    errno.EROFS: "the disk can only be read: choose another place",
    errno.ENAMETOOLONG: "the name is too long for this disk: give a shorter one",
    errno.ENOENT: "there is no such file or folder",
    errno.EISDIR: "is a folder, where a file is wanted: choose another name",
    errno.ENOTDIR: "a part of this path is a file, where a folder is wanted: choose another place",
    errno.EEXIST: "is there already: move it away, or choose another name",
    errno.EFBIG: "the file is larger than this disk or your limits allow: choose another place",
    errno.EIO: "the disk failed to read or write: check it, then run the same command again",
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n)",
    errno.ENOTEMPTY: "the folder is not empty: move what it holds away, or choose another place",
}
# Causes that are worth telling though no file is known; a port, too, can be denied.
_WITHOUT_A_FILE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO, errno.EMFILE}
# TensorFlow's own file system tells these causes in words only.
_TENSORFLOW = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "Read-only file system": errno.EROFS,
    "Permission denied": errno.EACCES,
    "File name too long": errno.ENAMETOOLONG,
    "Input/output error": errno.EIO,
}


def sentence(error: BaseException) -> str | None:
    """The sentence for an error of the disk, be it Python's or TensorFlow's; None for any other error.

    An OSError that was raised with a message of its own keeps it.
    """
    if isinstance(error, OSError):
        if error.errno not in _REMEDIES or _has_own_message(error):
            return None
        name = file_named(error)
        return _sentence(name, error.errno)
    if type(error).__module__.startswith("tensorflow."):
        message = str(getattr(error, "message", "") or error)
        for words, number in _TENSORFLOW.items():
            if words in message:
                return _sentence(message.split(words)[0].strip(" ;:"), number)
    return None


def file_named(error: OSError) -> str:
    """The file that an error names; "" if it names none, or a descriptor."""
    name: object = error.filename
    return os.fsdecode(name) if isinstance(name, (str, bytes)) else ""


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Generator[None, None, None]:
    """Give the file's name to an OSError from inside that has none, as those of a full disk while writing."""
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None or _has_own_message(error):
            raise
        raise OSError(error.errno, os.strerror(error.errno), os.fspath(path)) from error


def _sentence(name: str, number: int) -> str | None:
    if not name:
        return _REMEDIES[number] if number in _WITHOUT_A_FILE else None
    return f"{_short(name)}: {_REMEDIES[number]}"


def _has_own_message(error: OSError) -> bool:
    """Whether the message is more than the system's own."""
    return error.errno is not None and error.strerror not in (None, os.strerror(error.errno))


def _short(name: str, most: int = 200) -> str:
    """A name that fits a line: of a longer one the middle is left out."""
    return name if len(name) <= most else f"{name[: most // 2]}...{name[-most // 2 :]}"
