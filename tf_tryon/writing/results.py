"""The one writer of results: new files replace those that an earlier run of the same kind wrote, and nothing else.

    with new_files("completed/anna", "result.json", by="tf-tryon complete", source="/photos/anna.jpg") as new:
        picture.save(new.path / "sheet.png")
        new.content = {"seed": 7}

The files are written into a hidden folder (`hidden.py`), and a mark (`marks.py`) that lists them is added. A new
folder then appears by one rename. In a folder that is there, files that its mark lists, and that nobody has changed
since, make room; a file that it does not list stays, and where a new one would take its place all is refused and
nothing is written.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
from collections.abc import Generator, Sequence
from typing import Any

from tf_tryon.errors import InTheWayError
from tf_tryon.writing import hidden, marks
from tf_tryon.writing.disk import file_named, naming

_BEFORE = ".before.json"  # an earlier mark, while its files are being replaced


@dataclasses.dataclass
class NewFiles:
    """Files that are being written.

    Attributes:
      path: an empty folder for them; folders within are made by the writer.
      content: what the mark says besides who wrote which files.
    """

    path: pathlib.Path
    content: dict[str, Any]


@contextlib.contextmanager
def new_files(
    folder: str | os.PathLike[str], mark: str, *, by: str, source: str = "", alone: bool = False, never: bool = False
) -> Generator[NewFiles, None, None]:
    """Write a set of files into a folder, whole or not at all.

    Args:
      folder: made if needed.
      mark: the name of the JSON file in it that lists the others.
      by: the verb that writes.
      source: what the files are made of; files that were made of something else are not replaced.
      alone: the folder is for these files only: one that holds others, and no mark, is refused.
      never: a folder that is there is refused, whoever wrote it.

    Raises:
      InTheWayError: files are in the way that `by` did not write; names them. Nothing was changed.
      OSError: the disk refuses; names the file. Nothing was changed.
    """
    folder = pathlib.Path(folder)
    check(folder, mark, by=by, source=source, alone=alone, never=never)
    try:
        partial, lock = hidden.made(folder if folder.is_dir() else folder.parent, hidden.key_of(folder, mark))
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(folder)) from error
    try:
        new = NewFiles(partial, {})
        with _dropped_by_errors(partial, folder), naming(folder):
            yield new
            _seal(new, mark, by, source)
        _put(partial, folder, mark, by, source, alone, never)
        hidden.remove_leftovers(folder, mark)
    finally:
        os.close(lock)
        hidden.tidy(folder)


def check(
    folder: str | os.PathLike[str],
    mark: str,
    *,
    by: str,
    source: str = "",
    alone: bool = False,
    never: bool = False,
    names: Sequence[str] = (),
) -> None:
    """Raise as `new_files` would, as far as that can be known before there are any; for a verb's start.

    `names`: those of the files that will or may be written, as far as they are known, as paths from `folder`.
    """
    folder = pathlib.Path(folder)
    if folder.is_symlink() and not folder.exists():
        raise InTheWayError(f"{folder} is a link to nothing: remove it, or choose another folder")
    if never:
        _refuse_any(folder)
    calm = False  # whether nobody was at the files when they were last looked at
    while True:
        busy = hidden.settle(folder, mark)
        try:
            _refuse_others(folder, _own(folder, mark, by, source), [*names, mark], alone)
            return
        except (InTheWayError, FileNotFoundError):
            if calm and not busy:
                raise
        # Another process may have begun to replace the files meanwhile: they are looked at again.
        calm = not busy


def source_of(folder: str | os.PathLike[str], mark: str) -> str | None:
    """What the files of a folder were made of, by its mark; None without one."""
    folder = pathlib.Path(folder)
    hidden.settle(folder, mark)
    written = marks.read(folder / mark)
    if written is None:
        former = (marks.read(leftover / _BEFORE) for leftover in hidden.leftovers(folder, mark))
        written = next(filter(None, former), None)
    return written.source if written else None


def _seal(new: NewFiles, mark: str, by: str, source: str) -> None:
    """Add the mark to the files."""
    files = {name: marks.digest(new.path / name) for name in _names(new.path)}
    content = {**new.content, **marks.Mark(by, source, files).content()}
    (new.path / mark).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _put(
    partial: pathlib.Path, folder: pathlib.Path, mark: str, by: str, source: str, alone: bool, never: bool
) -> None:
    """Put the files in their place, one process at a time: two at once would list one another's files as their own."""
    names = _names(partial)
    while True:
        with contextlib.ExitStack() as stack:
            with _dropped_by_errors(partial, folder):
                there = stack.enter_context(hidden.turn(folder, mark))
                # Again: the work may have taken hours. A folder that wasn't there is nobody's yet.
                own = _own(folder, mark, by, source) if there else {}
                _refuse_others(folder, own, [*names, mark] if there else [], alone and there)
                if _appeared(partial, folder, never):
                    return
            if there:
                _replace(partial, folder, mark, own, names)
                return
        # Another process was faster, and the folder is there now.


@contextlib.contextmanager
def _dropped_by_errors(partial: pathlib.Path, folder: pathlib.Path) -> Generator[None, None, None]:
    """Remove the hidden folder if the block fails; an error of the disk then names the file's place to be."""
    try:
        yield
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise _of_the_target(error, partial, folder) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _names(folder: pathlib.Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _own(folder: pathlib.Path, mark: str, by: str, source: str) -> dict[str, set[str]]:
    """Names that may be replaced, each with the SHA-256 that it may have; the mark's own name with none.

    Raises:
      InTheWayError: the mark is somebody else's, or of another source.
    """
    listed: dict[str, set[str]] = {}
    path = folder / mark
    if os.path.lexists(path):
        there = marks.read(path)
        if there is None or there.by != by:
            whose = f"was written by `{there.by}`" if there else "bears no mark of tf-tryon"
            raise InTheWayError(
                f"{path} {whose} and would be replaced by `{by}`: move it away, or choose another place to write to"
            )
        if source and there.source != source:
            raise InTheWayError(
                f"{path} belongs to {there.source or 'something else'}, not to {source}: choose another place to write "
                "to"
            )
        listed = {name: {digest} for name, digest in there.files.items()}
        listed[mark] = set()
    for leftover in hidden.leftovers(folder, mark):
        for there in (marks.read(leftover / name) for name in (_BEFORE, mark)):
            if there is not None and there.by == by:
                for name, digest in there.files.items():
                    listed.setdefault(name, set()).add(digest)
    return listed


def _refuse_others(folder: pathlib.Path, own: dict[str, set[str]], names: list[str], alone: bool) -> None:
    """Raise InTheWayError where files that are not ours would be replaced, removed or lived with against `alone`."""
    there = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
    if os.path.lexists(there) and not there.is_dir():
        raise InTheWayError(f"{there} is a file, and a folder is to be written there: choose another place to write to")
    if there != folder:
        return
    elsewhere = "move it away, or choose another place to write to"
    for name in [*names, *own]:
        if (blocked := _blocked(folder, name)) is not None:
            raise InTheWayError(f"{blocked} is no folder that this command made: {elsewhere}")
    for name, digests in own.items():
        path = folder / name
        if digests and os.path.lexists(path) and not (path.is_file() and marks.digest(path) in digests):
            raise InTheWayError(f"{path} was changed since tf-tryon wrote it and would be replaced: {elsewhere}")
    for name in names:
        if name not in own and os.path.lexists(folder / name):
            raise InTheWayError(f"{folder / name} is there and was not written by this command: {elsewhere}")
    if alone and not own:
        others = [path.name for path in folder.iterdir() if path.name != hidden.NAME]
        if others:
            shown = ", ".join(sorted(others)[:3]) + (", ..." if len(others) > 3 else "")
            raise InTheWayError(
                f"{folder} holds files that tf-tryon did not write ({shown}): move them away, or choose another place "
                "to write to"
            )


def _blocked(folder: pathlib.Path, name: str) -> pathlib.Path | None:
    """A file or a link in the place of one of the folders between `folder` and a file in it."""
    between = [parent for parent in (folder / name).parents if folder in parent.parents]
    return next((path for path in between if os.path.lexists(path) and (path.is_symlink() or not path.is_dir())), None)


def _refuse_any(folder: pathlib.Path) -> None:
    if os.path.lexists(folder):
        raise InTheWayError(f"{folder} exists and is never overwritten: choose another")


def _appeared(partial: pathlib.Path, folder: pathlib.Path, never: bool) -> bool:
    """Whether the new folder could be put where none was."""
    if never:
        _refuse_any(folder)
    if os.path.lexists(folder):
        return False
    try:
        partial.rename(folder)
    except OSError:
        if folder.is_dir() and not never:  # another process was faster
            return False
        raise
    return True


def _replace(
    partial: pathlib.Path, folder: pathlib.Path, mark: str, own: dict[str, set[str]], names: list[str]
) -> None:
    """Put new files in the place of the old ones, the mark last; until then both marks lie in `partial`."""
    names = [name for name in names if name != mark]
    with naming(folder):
        if os.path.lexists(folder / mark):
            os.replace(folder / mark, partial / _BEFORE)
        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(partial / name, target)
        for name in own.keys() - {*names, mark}:
            (folder / name).unlink(missing_ok=True)
            for parent in (folder / name).parents:
                if parent == folder or folder not in parent.parents or any(parent.iterdir()):
                    break
                parent.rmdir()
        os.replace(partial / mark, folder / mark)
        shutil.rmtree(partial)


def _of_the_target(error: OSError, partial: pathlib.Path, folder: pathlib.Path) -> OSError:
    """The same error, with the file's place to be instead of its temporary one."""
    name = file_named(error)
    if not name.startswith(str(partial)):
        return error
    return OSError(error.errno, error.strerror, str(folder) + name.removeprefix(str(partial)))
