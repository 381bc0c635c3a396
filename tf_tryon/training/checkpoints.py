"""Checkpoints: one .npz file a step, whole or not there.

A file holds every variable of the run by name and the step. It is written under a temporary name, flushed to the
disk and renamed, so whenever a process is killed the newest `step-*.npz` is whole. Restoring compares names and shapes
both ways: what is missing, unknown or of another shape is an error, but for what earlier versions didn't store. The
newest two are kept, and every Nth step's if asked. Of older ones those go that the run wrote itself, as `written.json`
lists; a file that somebody put there stays, and so does one that was kept, whatever N the run goes on with.
"""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import numpy as np
import tensorflow as tf

from tf_tryon.errors import BadFileError, InTheWayError
from tf_tryon.files import json_file
from tf_tryon.files.array_file import read_arrays
from tf_tryon.writing.whole import write_text

DAMAGED = "delete it to go on from an earlier one"  # what to do about a checkpoint that can't be read
STEP = "step"  # name of the entry that tells how many steps were made
CAME_TRAINED = "discriminator/came_trained"  # 1: the run began with a discriminator that had learned
_ADDED = {CAME_TRAINED}  # which checkpoints of earlier versions lack: the variable stays as it is
_NAME = re.compile(r"step-(\d{8})\.npz")
_TEMPORARY = re.compile(r"\.step-\d{8}\.npz\.tmp")
_WRITTEN = "written.json"
_KEEP = 2


class Checkpoints:
    """The checkpoints of one run, in `directory`.

    Args:
      directory: made when the first checkpoint is saved.
      keep_every: keep the checkpoints of every Nth step for good; 0: none.
    """

    def __init__(self, directory: str | Path, keep_every: int = 0) -> None:
        self.directory, self._keep_every = Path(directory), keep_every

    def steps(self) -> list[int]:
        """Steps with a checkpoint, ascending."""
        if not self.directory.is_dir():
            return []
        matches = (_NAME.fullmatch(path.name) for path in self.directory.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def path(self, step: int) -> Path:
        """File of a step."""
        return self.directory / f"step-{step:08d}.npz"

    def save(self, step: int, variables: dict[str, tf.Variable]) -> Path:
        """Write the checkpoint of a step and drop those no longer needed.

        Raises:
          OSError: for instance the disk is full; names the file. Earlier checkpoints are untouched.
        """
        arrays = {name: np.asarray(local_value(variable)) for name, variable in variables.items()}
        bad = [name for name, array in arrays.items() if not np.all(np.isfinite(array))]
        if bad:
            raise ValueError(f"step {step}: not saved, values that are not finite in {', '.join(bad[:5])}")
        path = self.path(step)
        # Listed first: a file that isn't listed is never removed, and one that is listed need not be there.
        written, kept = self._written()
        if self._keep_every:
            kept |= {own for own in {*written, step} if own % self._keep_every == 0}
        self._list({*written, step}, kept)
        write_arrays(path, {STEP: np.int64(step), **arrays})
        self._clean()
        return path

    def restore(self, step: int, variables: dict[str, tf.Variable]) -> None:
        """Load the checkpoint of a step into all variables.

        Raises:
          BadFileError: unreadable, or its names and shapes are not those of `variables`; names file and differences.
        """
        path = self.path(step)
        arrays = read_arrays(path, DAMAGED)
        arrays.pop(STEP, None)
        stored = {name: variable for name, variable in variables.items() if name in arrays or name not in _ADDED}
        assign(arrays, stored, str(path))

    def drop_after(self, step: int) -> None:
        """Remove the checkpoints of later steps.

        Raises:
          InTheWayError: one was put there by somebody else; names it. Nothing was removed.
        """
        later, (written, _) = [saved for saved in self.steps() if saved > step], self._written()
        others = [saved for saved in later if saved not in written]
        if others:
            raise InTheWayError(
                f"{self.path(others[0])} is of a later step than training goes on from, and was not written by this "
                "run: move it away"
            )
        self._remove(later)

    def _clean(self) -> None:
        written, kept = self._written()
        own = [step for step in self.steps() if step in written]
        self._remove([step for step in own[:-_KEEP] if step not in kept])
        for path in self.directory.iterdir():  # of processes that were killed while they wrote
            if _TEMPORARY.fullmatch(path.name):
                path.unlink()

    def _remove(self, steps: list[int]) -> None:
        for step in steps:
            self.path(step).unlink()
        written, kept = self._written()
        self._list(written - set(steps), kept - set(steps))

    def _written(self) -> tuple[set[int], set[int]]:
        """The steps whose files this run wrote, and which of them stay for good; none of before there was such a list.

        An earlier version's list doesn't tell what stays, and `save` adds what does by the `keep_every` of now.
        """
        path = self.directory / _WRITTEN
        if not os.path.lexists(path):
            return set(), set()
        listed = json_file.read(path, "move it away: then no checkpoint is removed that is there now")
        kept = listed.get("kept")
        written = {step.whole(0) for step in listed["steps"].entries()}
        return written, set() if kept is None else {step.whole(0) for step in kept.entries()}

    def _list(self, written: set[int], kept: set[int]) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        write_text(self.directory / _WRITTEN, json.dumps({"steps": sorted(written), "kept": sorted(kept)}) + "\n")


def local_value(variable: tf.Variable) -> tf.Tensor:
    """A variable's value here; of a distributed one its first local component's."""
    values = getattr(variable, "values", None)
    return (values[0] if isinstance(values, tuple) else variable).numpy()


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an .npz atomically: temporary name, flushed, renamed.

    Raises:
      OSError: names the path and the cause.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        cause = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise OSError(
            error.errno, f"could not write {path}: {cause}. Earlier files are untouched; make room and run again"
        ) from error


def assign(arrays: dict[str, np.ndarray], variables: dict[str, tf.Variable], source: str) -> None:
    """Assign arrays to the variables of the same names.

    Raises:
      BadFileError: one is missing, left over, of another shape, or not of numbers of the variable's kind.
    """
    problems = [f"no {name}" for name in variables if name not in arrays]
    problems += [f"unknown {name[:80]}" for name in arrays if name not in variables]
    for name, variable in variables.items():
        if name in arrays and arrays[name].shape != tuple(variable.shape):
            problems.append(f"{name} is {arrays[name].shape}, not {tuple(variable.shape)}")
        elif name in arrays and arrays[name].dtype.kind not in _kinds(variable):
            problems.append(f"{name} holds {arrays[name].dtype}, not {variable.dtype.name}")
    if problems:
        shown = "; ".join(problems[:8]) + (f"; and {len(problems) - 8} more" if len(problems) > 8 else "")
        raise BadFileError(f"{source} does not fit these networks: {shown}")
    for name, variable in variables.items():
        variable.assign(tf.constant(arrays[name], variable.dtype))


def _kinds(variable: tf.Variable) -> str:
    """numpy's kinds of what may be assigned."""
    return "f" if variable.dtype.is_floating else "b" if variable.dtype.is_bool else "iu"
