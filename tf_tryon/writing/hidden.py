"""Hidden folders in which results are written before they appear.

Each set of files has one below `.tf-tryon/`, in the folder that they go to or beside the one that they become. A
process that is killed leaves its folder behind, with marks that tell the next one that writes the same files what is
whose; that one removes it. A lock, which ends with its process, tells whether one still writes there.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import pathlib
import secrets

NAME = ".tf-tryon"


def key_of(folder: pathlib.Path, mark: str) -> str:
    """How the hidden folders of one set of files begin: short, however long the names are."""
    return hashlib.sha256(os.fsencode(f"{folder.resolve().name}/{mark}")).hexdigest()[:8]


def made(place: pathlib.Path, key: str) -> pathlib.Path:
    """A new folder below `place`'s hidden one."""
    path = place / NAME / f"{key}-{secrets.token_hex(4)}"
    for _ in range(100):
        place.mkdir(parents=True, exist_ok=True)
        (place / NAME).mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another process has just removed the empty one
            path.mkdir()
            return path
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(path))


def leftovers(folder: pathlib.Path, mark: str) -> list[pathlib.Path]:
    """Hidden folders of processes that were killed while they wrote this set of files."""
    places = [place / NAME for place in (folder, folder.parent)]
    paths = [path for place in places if place.is_dir() for path in place.glob(f"{key_of(folder, mark)}-*")]
    return [path for path in paths if path.is_dir() and _abandoned(path)]


def tidy(folder: pathlib.Path) -> None:
    """Remove the hidden folders that are empty."""
    for place in (folder, folder.parent):
        with contextlib.suppress(OSError):  # others write there, or there is none
            (place / NAME).rmdir()


def _abandoned(path: pathlib.Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False  # its writer has just finished
    try:
        return locked(lock)
    finally:
        os.close(lock)


def locked(lock: int) -> bool:
    """Whether the lock could be taken; where the disk knows no locks nothing is ever taken for abandoned."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
