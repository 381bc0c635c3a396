"""Where results go: apart from what they are made of, and each person's in a folder of his own."""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
from collections.abc import Callable, Iterable, Sequence

from tf_tryon.errors import TryOnError
from tf_tryon.writing import results

_SHOWN = 8  # digits of a hash in a folder's name


def refuse_overlap(
    out: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str] | None], flag: str, within: bool = False
) -> None:
    """Raise TryOnError if a folder of results holds an input, or lies within one.

    Args:
      out: the folder, there or not.
      inputs: files and folders that are read; None and "" are none.
      flag: what the folder was named by, as "--out".
      within: it may lie within an input.
    """
    folder = pathlib.Path(out).resolve()
    for given in filter(None, inputs):
        path = pathlib.Path(given).resolve()
        if path == folder or folder in path.parents:
            clash = f"is the input {given} itself" if path == folder else f"holds the input {given}"
        elif path in folder.parents and not within:
            clash = f"lies within the input {given}"
        else:
            continue
        raise TryOnError(
            f"{flag} {out} {clash}: results go to a place apart from what they are made of; choose another"
        )


def check_writable(folder: str | os.PathLike[str]) -> None:
    """Raise OSError, which names the folder, if nothing could be written there now; for work that takes long.

    Args:
      folder: of results; where it is not there yet, the next above it that is counts.
    """
    folder = pathlib.Path(folder)
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(folder)) from error


def source_of(path: str | os.PathLike[str]) -> str:
    """What a mark calls a photo: its whole path."""
    return str(pathlib.Path(path).resolve())


def folders(out: str | os.PathLike[str], people: Sequence[tuple[str, str]], mark: str) -> list[pathlib.Path]:
    """A folder in `out` for each of (name, source); see `names`. `mark` is the name of the mark in each folder."""
    out = pathlib.Path(out)
    return [out / name for name in names(people, lambda name: results.source_of(out / name, mark))]


def names(people: Sequence[tuple[str, str]], owner: Callable[[str], str | None]) -> list[str]:
    """A name for each of (name, source) that no other source has: its own, or else with a stable suffix.

    The suffix follows from the source alone, so neither the order of photos nor what failed before changes it. A name
    that the source has already is kept.

    Args:
      people: wished names, and what they are of (`source_of` of a photo).
      owner: the source that a name belongs to already; None: nobody's.
    """
    sources: dict[str, set[str]] = {}
    for name, source in people:
        sources.setdefault(name.casefold(), set()).add(source)
    chosen: list[str] = []
    for name, source in people:
        if name in ("", ".", ".."):  # of a photo called "...png"
            chosen.append(suffixed("photo", source))
            continue
        has = owner(name)
        mine = has == source or (has is None and len(sources[name.casefold()]) == 1)
        chosen.append(name if mine else suffixed(name, source))
    return chosen


def suffixed(name: str, source: str) -> str:
    """A name that no other source has."""
    return f"{name}-{hashlib.sha256(os.fsencode(source)).hexdigest()[:_SHOWN]}"
