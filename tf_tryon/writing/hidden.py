"""Hidden folders in which results are written before they appear.

Each set of files has one below `.tf-tryon/`, in the folder that they go to or beside the one that they become. A
process that is killed leaves its folder behind, with marks that tell the next one that writes the same files what is
whose; that one removes it. A lock, which ends with its process, tells whether one still writes there.

Of processes that put the same files in their place one is at it at a time, the one that holds the lock of a file there.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import hashlib
import os
import pathlib
import secrets
import shutil
from collections.abc import Callable, Generator

NAME = ".tf-tryon"


def key_of(folder: pathlib.Path, mark: str) -> str:
    """How the hidden folders of one set of files begin: short, however long the names are."""
    return hashlib.sha256(os.fsencode(f"{folder.resolve().name}/{mark}")).hexdigest()[:8]


def made(place: pathlib.Path, key: str) -> tuple[pathlib.Path, int]:
    """A new folder below `place`'s hidden one, and the descriptor of its lock, which is ours until it is closed."""
    path = place / NAME / f"{key}-{secrets.token_hex(4)}"
    for _ in range(100):
        place.mkdir(parents=True, exist_ok=True)
        (place / NAME).mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another process has just removed the empty one
            path.mkdir()
            lock = os.open(path, os.O_RDONLY)
            _wait_for(lock)
            if _lies_at(lock, path):
                return path, lock
            os.close(lock)  # until it was locked, another process took it for left behind
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(path))


def leftovers(folder: pathlib.Path, mark: str) -> list[pathlib.Path]:
    """Hidden folders of processes that were killed while they wrote this set of files."""
    return [path for path in _of(folder, mark) if _while_abandoned(path, lambda: None)]


def remove_leftovers(folder: pathlib.Path, mark: str) -> None:
    """Remove them, each under its lock: whoever has just made one finds then that it is gone."""
    for path in _of(folder, mark):
        _while_abandoned(path, functools.partial(shutil.rmtree, path, ignore_errors=True))


def tidy(folder: pathlib.Path) -> None:
    """Remove the hidden folders that are empty."""
    for place in (folder, folder.parent):
        with contextlib.suppress(OSError):  # others write there, or there is none
            (place / NAME).rmdir()


@contextlib.contextmanager
def turn(folder: pathlib.Path, mark: str) -> Generator[bool, None, None]:
    """Wait until no other process puts this set of files in its place, and keep others from it meanwhile.

    The lock is of a file of its own: that of the folder itself is a training's, which holds it for hours.

    Yields:
      Whether the folder is there; where it isn't nothing is locked.
    """
    path = folder / NAME / _lock_name(folder, mark)
    lock = _taken(path)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            try:
                path.unlink(missing_ok=True)
            finally:
                with contextlib.suppress(OSError):  # a child that was forked meanwhile has the descriptor, too
                    fcntl.flock(lock, fcntl.LOCK_UN)
                os.close(lock)


def settle(folder: pathlib.Path, mark: str) -> bool:
    """Wait for a process that is at this set of files just now: until then no mark tells whose they are.

    Returns:
      Whether there was one.
    """
    try:
        lock = os.open(folder / NAME / _lock_name(folder, mark), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return True
    except OSError:  # the disk knows no locks
        return False
    finally:
        os.close(lock)


def _lock_name(folder: pathlib.Path, mark: str) -> str:
    return f"{key_of(folder, mark)}.lock"


def _taken(path: pathlib.Path) -> int | None:
    """The descriptor of a lock's file, once the lock is ours; None if there is no folder for its hidden one."""
    folder = path.parent.parent
    while folder.is_dir():
        try:
            path.parent.mkdir(exist_ok=True)
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except FileNotFoundError:  # another process has just removed the empty one
            continue
        try:
            _wait_for(lock)
            if _lies_at(lock, path):
                return lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)  # who had it before has removed the file: the next one makes another
    return None


def _lies_at(lock: int, path: pathlib.Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.lstat())
    except FileNotFoundError:
        return False


def _of(folder: pathlib.Path, mark: str) -> list[pathlib.Path]:
    """Hidden folders of this set of files, whose ever they are; any of them may go at any moment."""
    found: list[pathlib.Path] = []
    for place in (folder / NAME, folder.parent / NAME):
        with contextlib.suppress(OSError):  # there is none, or it is another user's and nothing in it is ours
            found += [place / name for name in os.listdir(place) if name.startswith(f"{key_of(folder, mark)}-")]
    return [path for path in found if path.is_dir()]


def _while_abandoned(path: pathlib.Path, then: Callable[[], object]) -> bool:
    """Whether nobody writes in a folder any more; `then` is called if so, while nobody can begin to."""
    try:
        lock = os.open(path, os.O_RDONLY)
    except OSError:
        return False  # its writer has just finished, or is another user
    try:
        # Where the disk knows no locks nothing is ever taken for abandoned.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        then()
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(lock)


def _wait_for(lock: int) -> None:
    with contextlib.suppress(OSError):  # the disk knows no locks
        fcntl.flock(lock, fcntl.LOCK_EX)
