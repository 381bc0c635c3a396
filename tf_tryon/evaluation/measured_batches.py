"""What batches of people were measured to have, kept beside the report until that is written.

An evaluation that was stopped, or killed, goes on behind the last of them.
"""

from __future__ import annotations

import contextlib
import io
import pathlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

import numpy as np

from tf_tryon.data import parts
from tf_tryon.data.parts import Parts
from tf_tryon.errors import BadFileError

_END: Final = ".parts"

Measured = dict[str, np.ndarray]  # by measure, (people, ...)


class Keep(Protocol):
    """Gives what a batch was measured to have; measures it if nobody has."""

    def __call__(self, part: str, batch: int, measure: Callable[[], Measured]) -> Measured:
        """Of batch number `batch` of a part of the evaluation, as "texture-top"."""
        ...


def measured_now(part: str, batch: int, measure: Callable[[], Measured]) -> Measured:
    """A `Keep` that keeps nothing."""
    del part, batch
    return measure()


def joined(batches: Sequence[Measured], kind: str = "") -> Measured:
    """(people, ...) of all batches: what is called `kind` and a name, by the name."""
    names = [name for name in batches[0] if name.startswith(kind)] if batches else []
    return {name.removeprefix(kind): np.concatenate([batch[name] for batch in batches]) for name in names}


class MeasuredBatches:
    """A `Keep` in files.

    Args:
      report: that will be written; the files lie in a folder beside it, of its name with .parts.
      key: what the measures follow from (JSON), the number of people and the size of batches too.
      names: of the evaluation's parts.
      most: batches in a part, at most.

    Raises:
      ValueError: the folder holds batches that follow from something else.
      InTheWayError: the folder holds files like those, of no evaluation that can be identified.
    """

    def __init__(self, report: pathlib.Path, key: dict[str, Any], names: Iterable[str], most: int) -> None:
        self._folder = report.with_name(report.name + _END)
        self._parts = {name: Parts(self._folder / name, key, most, 1) for name in names}

    def __call__(self, part: str, batch: int, measure: Callable[[], Measured]) -> Measured:
        """See `Keep`.

        Raises:
          BadFileError: the batch's file is damaged; names it.
        """
        kept = self._parts[part]
        path = kept.path(batch)
        if not path.exists():
            stream = io.BytesIO()
            np.savez(stream, **measure())
            kept.write(batch, [stream.getvalue()])
        (entry,) = kept.read(batch)
        try:
            with np.load(io.BytesIO(entry), allow_pickle=False) as arrays:
                return dict(arrays)
        except (OSError, ValueError) as error:
            raise BadFileError(f"{path} is damaged ({error}): delete it and run the same command again") from error

    def remove(self) -> None:
        """Delete the files, once the report is written, and nothing else there."""
        for part in self._parts.values():
            parts.remove(part.folder)
            for folder in (part.folder.parent, self._folder):
                with contextlib.suppress(OSError):  # somebody else keeps something there, or another part is left
                    folder.rmdir()
