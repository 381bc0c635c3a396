"""What a catalogue's build has read of each photo: a file each in `.parts/`, so that a build that was stopped goes on.

A reading follows from the photo's bytes, from what the table says it is, and from the weights: they make its key.
A finished catalogue serves likewise: a photo that is in it already is not read again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import pathlib
from typing import Final

import numpy as np

from tf_tryon.errors import BadFileError, MissingFileError, TryOnError
from tf_tryon.files import json_file
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.files.regular import read_bytes
from tf_tryon.shop.catalogue import Catalogue, chances_of
from tf_tryon.shop.names import CODES, ITEMS, MARK, REJECTED, REMEDY, cut_name
from tf_tryon.writing.whole import whole_file

FOLDER: Final = ".parts"
_FORMS: Final = {"texts": Form("u", (None,)), "code": Form("f", (None,)), "cut": Form("u", (None,))}


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was read of a photo.

    Attributes:
      reason: why it can't be an item; "" if it can. Then the others are empty.
      garment, kind, chances: as `catalogue.Listed` has them.
      code: (d,) float32.
      cut: the cut-out, a PNG.
    """

    reason: str = ""
    garment: str = ""
    kind: str = ""
    chances: dict[str, float] = dataclasses.field(default_factory=dict)
    code: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, np.float32))
    cut: bytes = b""


def key_of(photo: pathlib.Path, options: dict[str, object]) -> str:
    """A photo's key; raises as `read_bytes` does."""
    content = read_bytes(photo, "give a photo") + json.dumps(options, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


class Readings:
    """Readings for the catalogue of a folder: those under way, and those of the catalogue that is there."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder, self._there = folder, folder / FOLDER
        self._before: dict[str, Reading | int] = {}
        self._codes: np.ndarray | None = None
        if (folder / MARK).exists():
            with contextlib.suppress(TryOnError):  # damaged, or another program's: `new_files` has its word on that
                self._read_finished()

    def get(self, key: str) -> Reading | None:
        """What is known already."""
        path = self._path(key)
        if path.exists():
            with contextlib.suppress(BadFileError):  # damaged: it is made again
                arrays = read_arrays(path, REMEDY, _FORMS)
                entry = json_file.parse(arrays["texts"].tobytes(), str(path), REMEDY)
                texts = [entry[name].text() for name in ("reason", "garment", "kind")]
                chances = chances_of(entry["chances"])
                return Reading(*texts, chances, arrays["code"].astype(np.float32), arrays["cut"].tobytes())
        earlier = self._before.get(key)
        return self._finished(earlier) if isinstance(earlier, int) else earlier

    def put(self, key: str, reading: Reading) -> None:
        """Keep a reading."""
        texts = {"reason": reading.reason, "garment": reading.garment, "kind": reading.kind}
        entry = {**texts, "chances": reading.chances}
        buffer = io.BytesIO()
        np.savez(
            buffer,
            texts=np.frombuffer(json.dumps(entry).encode(), np.uint8),
            code=reading.code,
            cut=np.frombuffer(reading.cut, np.uint8),
        )
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary:
            temporary.write_bytes(buffer.getvalue())

    def remove(self) -> None:
        """Remove the readings under way, of this and of earlier builds."""
        if self._there.is_dir():
            for path in self._there.glob("[0-9a-f]" * 64 + ".npz"):
                path.unlink()
            with contextlib.suppress(OSError):  # something else lies there
                self._there.rmdir()

    def _path(self, key: str) -> pathlib.Path:
        return self._there / f"{key}.npz"

    def _read_finished(self) -> None:
        Catalogue(self._folder)
        items = json_file.read(self._folder / ITEMS, REMEDY)["items"].entries()
        codes = read_arrays(self._folder / CODES, REMEDY, {"codes": Form("f", (len(items), None))})["codes"]
        self._codes, self._items = codes.astype(np.float32), items
        self._before = {item["key"].text(): number for number, item in enumerate(items)}
        for entry in json_file.read(self._folder / REJECTED, REMEDY)["rejected"].entries():
            if entry["key"].text():
                self._before[entry["key"].text()] = Reading(entry["reason"].text())

    def _finished(self, number: int) -> Reading | None:
        assert self._codes is not None
        item = self._items[number]
        try:
            cut = read_bytes(self._folder / cut_name(number), REMEDY)
        except (BadFileError, MissingFileError):
            return None
        chances = chances_of(item["chances"])
        return Reading("", item["garment"].text(), item["kind"].text(), chances, self._codes[number], cut)
