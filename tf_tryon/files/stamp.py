"""What tells that a file was changed, without reading it."""

from __future__ import annotations

import pathlib


def stamp(path: pathlib.Path) -> tuple[int, int]:
    """Bytes, and when it was last written in nanoseconds; the same of a copy that keeps its time."""
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def cache_key(path: pathlib.Path) -> tuple[pathlib.Path, tuple[int, ...]]:
    """A file and what tells it from another one that is written in its place: for caches of what it holds."""
    return path, (path.stat().st_ino, *stamp(path))
