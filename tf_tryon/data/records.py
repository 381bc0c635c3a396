"""Data sets of people: writing a folder of records, and random access to it.

A data set is a folder: `shard-00000-of-00020.tfrecord`, ..., `index.npz` (shard, offset, length of each record) and
`manifest.json`, which is written last, so that a folder with a manifest is whole. What a record holds stands in
`schema.py`, whose functions are this module's too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import os
import pathlib
from typing import Any

import numpy as np

from tf_tryon.data import tfrecord
from tf_tryon.data.manifest import (
    FORMAT,
    INDEX,
    MANIFEST,
    REMEDY,
    VERSION,
    map_shard,
    read_index,
    read_manifest,
    version_for,
)
from tf_tryon.data.overwriting import UNDER_WAY, check_place, refuse_others
from tf_tryon.data.record_parts import parts_of
from tf_tryon.data.schema import decode, encode, parse, parse_labels
from tf_tryon.errors import BadFileError
from tf_tryon.writing.disk import naming
from tf_tryon.writing.whole import whole_file, write_text

__all__ = [
    "MANIFEST", "VERSION", "RecordSet", "RecordWriter", "decode", "encode", "open_records", "parse", "parse_labels",
    "save_arrays",
]  # fmt: skip


class RecordWriter:
    """Writes a data set's folder; a context manager. Without an error the manifest is written on leaving.

    Shards carry temporary names until the end, so an interrupted writer leaves no half data set:

        with RecordWriter(folder, size=(256, 256), generator="studio 1", seed=0) as writer:
            writer.write(records.encode(photo, labels, keypoints, "cihp20", "000001"), split="train")

    Records of a split must follow one another. Without a size every picture has its own. An existing data set is
    refused unless `overwrite`; then what its manifest lists makes room, once the new one is whole, and nothing else in
    the folder does.

    Raises:
      FileExistsError: the folder holds a data set, or files in the places of one that no manifest lists.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        size: tuple[int, int] | None = None,
        *,
        generator: str = "",
        seed: int | None = None,
        records_per_shard: int = 1000,
        overwrite: bool = False,
    ) -> None:
        self.directory = pathlib.Path(directory)
        self._own = check_place(self.directory, overwrite)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._manifest: dict[str, Any] = {
            "format": FORMAT, "version": version_for(size), "size": size and list(size), "generator": generator,
            "seed": seed,
        }  # fmt: skip
        self._per_shard = records_per_shard
        self._splits: dict[str, list[int]] = {}
        self._index: list[tuple[int, int, int]] = []
        self._shards: list[dict[str, Any]] = []
        self._file: io.BufferedWriter | None = None
        self._hash = hashlib.sha256()

    def write(self, record: bytes, split: str = "train") -> None:
        """Append one record (from `encode`) to a split."""
        count = len(self._index)
        if next(reversed(self._splits), None) != split:
            if split in self._splits:
                raise ValueError(f"records of split {split!r} must follow one another")
            self._splits[split] = [count, count]
        if self._file is None:
            self._file = self._temporary(len(self._shards)).open("wb")
            self._hash = hashlib.sha256()
            self._shards.append({"count": 0, "bytes": 0})
        shard = self._shards[-1]
        self._index.append((len(self._shards) - 1, shard["bytes"], len(record)))
        framed = tfrecord.frame(record)
        with naming(self.directory):
            self._file.write(framed)
        self._hash.update(framed)
        shard["count"] += 1
        shard["bytes"] += len(framed)
        self._splits[split][1] = count + 1
        if shard["count"] == self._per_shard:
            self._finish_shard()

    def close(self) -> None:
        """Give the files their names; the manifest comes last."""
        self._finish_shard()
        if not self._index:
            raise ValueError(f"{self.directory}: no record was written")
        for number, shard in enumerate(self._shards):
            self._shards[number] = {"name": f"shard-{number:05d}-of-{len(self._shards):05d}.tfrecord", **shard}
        names = [shard["name"] for shard in self._shards]
        refuse_others(self.directory, self._own, names)
        manifest = {**self._manifest, "count": len(self._index), "splits": self._splits, "shards": self._shards}
        # Whoever goes on after a kill between here and the end learns from this file what is ours.
        write_text(self.directory / UNDER_WAY, json.dumps(manifest, indent=1) + "\n")
        for old in self._own - {*names, INDEX}:
            (self.directory / old).unlink(missing_ok=True)
        (self.directory / MANIFEST).unlink(missing_ok=True)
        for number, name in enumerate(names):
            os.replace(self._temporary(number), self.directory / name)
        shard, offset, length = (np.array(column, np.int64) for column in zip(*self._index, strict=True))
        save_arrays(self.directory / INDEX, shard=shard, offset=offset, length=length)
        os.replace(self.directory / UNDER_WAY, self.directory / MANIFEST)

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
            return
        if self._file is not None:
            with contextlib.suppress(OSError):  # of a full disk, which is reported already
                self._file.close()
        for number in range(len(self._shards)):
            self._temporary(number).unlink(missing_ok=True)

    def _finish_shard(self) -> None:
        if self._file is not None:
            with naming(self.directory):
                self._file.close()
            self._file = None
            self._shards[-1]["sha256"] = self._hash.hexdigest()

    def _temporary(self, number: int) -> pathlib.Path:
        return self.directory / f".shard-{number:05d}.tmp"


@dataclasses.dataclass(frozen=True)
class RecordSet:
    """Random access to a data set: `len`, `read(i) -> bytes`, `split(name) -> range`. Made by `open_records`."""

    directory: pathlib.Path
    manifest: dict[str, Any]
    index: np.ndarray  # (count, 3) int64: shard, offset, length
    shards: tuple[np.ndarray, ...]  # memory-mapped uint8

    def __len__(self) -> int:
        return len(self.index)

    @property
    def size(self) -> tuple[int, int] | None:
        """(height, width) of every picture; None: each has its own."""
        if self.manifest["size"] is None:
            return None
        height, width = self.manifest["size"]
        return height, width

    def place(self, i: int) -> str:
        """Where record i lies, for messages."""
        return f"{self.directory / self.manifest['shards'][int(self.index[i][0])]['name']}: record {i}"

    def read(self, i: int) -> bytes:
        """Record i, its checksums verified; BadFileError names shard and record."""
        if not 0 <= i < len(self):
            raise IndexError(f"{self.directory}: record {i} of {len(self)}")
        shard, offset, length = (int(value) for value in self.index[i])
        try:
            return tfrecord.unframe(self.shards[shard], offset, length)
        except ValueError as error:
            raise BadFileError(f"{self.place(i)} is corrupt ({error}): {REMEDY}") from error

    def checked(self, i: int) -> bytes:
        """`read`, and what the record holds is of the kinds and the size that the graph's `parse` relies on."""
        record = self.read(i)
        parts_of(record, self.place(i), self.size)
        return record

    def split(self, name: str) -> range:
        """The record numbers of a split."""
        if name not in self.manifest["splits"]:
            raise ValueError(f"{self.directory} has no split {name!r}: it has {', '.join(self.manifest['splits'])}")
        return range(*self.manifest["splits"][name])


def open_records(directory: str | os.PathLike[str]) -> RecordSet:
    """Open a data set's folder.

    Raises:
      MissingFileError: no data set, or a part is missing.
      BadFileError: another format or version, a part is damaged, or the parts don't fit together.
    """
    directory = pathlib.Path(directory)
    manifest = read_manifest(directory)
    index = read_index(directory, manifest)
    return RecordSet(directory, manifest, index, tuple(map_shard(directory, shard) for shard in manifest["shards"]))


def save_arrays(path: pathlib.Path, **arrays: np.ndarray) -> None:
    """Write an .npz under a temporary name and rename it."""
    with whole_file(path) as temporary:
        np.savez(temporary, **arrays)
