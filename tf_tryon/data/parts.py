"""A data set under way: finished parts in `.parts/`, so that a run that was killed starts again behind them.

`count` entries of bytes are made in parts of `size`, in any order and by any number of processes; each part is one file
that appears whole. When all are there they are read in order and become the data set, whose bytes therefore depend
neither on who made the parts nor on interruptions. No TensorFlow here: Studio's workers have none.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from tf_tryon.data import tfrecord
from tf_tryon.errors import BadFileError, InTheWayError
from tf_tryon.files import json_file
from tf_tryon.files.regular import size_of
from tf_tryon.writing.whole import whole_file

FOLDER: Final = ".parts"
_KEY: Final = "key.json"
_REMEDY: Final = "delete it and run the same command again"
_PART: Final = re.compile(r"\d{7,}-\d{7,}\.records|\.tf-tryon-[0-9a-f]{16}\.(records|json)")


class Parts:
    """The finished parts of one run.

    Args:
      folder: of the data set.
      key: what the entries follow from (JSON); parts that follow from something else are refused.
      count: entries in all; not part of the key, as a longer run may begin with a shorter one's parts.
      size: entries in a part.

    Raises:
      ValueError: the folder holds parts of another run.
      InTheWayError: the folder holds files like parts, of no run that can be identified.
    """

    def __init__(self, folder: pathlib.Path, key: dict[str, Any], count: int, size: int) -> None:
        self.folder, self.count, self.size = folder / FOLDER, count, size
        path = self.folder / _KEY
        if path.exists():
            settings = json_file.read(path, f"delete {self.folder} or choose another folder").raw
            if settings != key:
                raise ValueError(
                    f"{self.folder} holds an unfinished run of {str(settings)[:500]}, not of {key}: delete it or "
                    "choose another folder"
                )
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if others := sorted(path.name for path in self.folder.glob("[0-9]*") if _PART.fullmatch(path.name)):
            raise InTheWayError(f"{self.folder} holds {others[0]} but no {_KEY} that tells of which run: move it away")
        _write(path, json.dumps(key).encode())

    def __len__(self) -> int:
        return -(-self.count // self.size)

    def entries(self, number: int) -> range:
        """The entries of a part."""
        return range(number * self.size, min((number + 1) * self.size, self.count))

    def path(self, number: int) -> pathlib.Path:
        """A part's file; its name tells the entries in it, so that a shorter last part is not taken for a whole one."""
        entries = self.entries(number)
        return self.folder / f"{entries.start:07d}-{entries.stop:07d}.records"

    def missing(self) -> list[int]:
        """Numbers of the parts that are still to be made."""
        return [number for number in range(len(self)) if not self.path(number).exists()]

    def done(self) -> int:
        """Entries of the finished parts."""
        return self.count - sum(len(self.entries(number)) for number in self.missing())

    def write(self, number: int, entries: Iterable[bytes]) -> None:
        """Keep a part's entries."""
        _write(self.path(number), b"".join(map(tfrecord.frame, entries)))

    def read(self, number: int) -> Iterator[bytes]:
        """A part's entries, their checksums verified; BadFileError names a damaged file, also one that lacks some."""
        path = self.path(number)
        size_of(path, _REMEDY)
        data = np.fromfile(path, np.uint8)
        offset = count = 0
        while offset < len(data):
            length = int.from_bytes(data[offset : offset + 8].tobytes(), "little")
            try:
                entry = tfrecord.unframe(data, offset, length)
            except ValueError as error:
                raise BadFileError(f"{path} is damaged ({error}): {_REMEDY}") from error
            yield entry
            offset += tfrecord.HEADER + length + tfrecord.FOOTER
            count += 1
        if count != len(self.entries(number)):  # cut between two entries, or empty, as after a power cut
            raise BadFileError(f"{path} is damaged (it has {count} of {len(self.entries(number))} entries): {_REMEDY}")

    def stored(self) -> Iterator[bytes]:
        """All entries in order."""
        for number in range(len(self)):
            yield from self.read(number)

    def remove(self, *others: str) -> None:
        """Delete the parts, once the data set is whole, and `others` that were put beside them; nothing else there.

        Parts of a longer or shorter run of the same key go as well.
        """
        remove(self.folder, *others)


def remove(folder: pathlib.Path, *others: str) -> None:
    """`Parts.remove`, in a folder of parts of whatever run."""
    for path in folder.iterdir():
        if _PART.fullmatch(path.name) or path.name in (_KEY, *others):
            path.unlink()
    with contextlib.suppress(OSError):  # somebody else keeps something there
        folder.rmdir()


def _write(path: pathlib.Path, data: bytes) -> None:
    # Two processes may make the same part (a cluster repeats work): each has its own temporary name.
    with whole_file(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # before it is renamed: after a power cut the name stands for the whole part
