"""`manifest.json` and `index.npz` of a data set's folder, which somebody else may have written: read and checked once.

What is wrong ends in one sentence that names the file; after that, code may rely on what the docstrings here say.
"""

from __future__ import annotations

import itertools
import os
import pathlib
import re
from typing import Any, Final

import numpy as np

from tf_tryon.data import tfrecord
from tf_tryon.errors import BadFileError, MissingFileError
from tf_tryon.files import json_file
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.files.json_file import Value
from tf_tryon.files.regular import is_plain_name, size_of

FORMAT: Final = "tf_tryon.people"
VERSION: Final = 2  # 1, where all pictures have one size, is written still, so that older readers read it
MANIFEST: Final = "manifest.json"
INDEX: Final = "index.npz"
REMEDY: Final = "make or copy the data set again"
_MOST_RECORDS: Final = 1 << 31
_LARGEST_SIDE: Final = 1 << 14


def read_manifest(directory: pathlib.Path) -> dict[str, Any]:
    """The manifest: size, generator, seed (None: unknown), count, splits (name -> [start, stop]), shards.

    The size is [height, width] of every picture, or None: each has its own.

    A shard is a dict of name, count, bytes and sha256; its name is that of a file in the folder. Splits don't overlap
    and end at `count`.

    Raises:
      MissingFileError: there is none.
      BadFileError: it isn't such a manifest.
    """
    path = directory / MANIFEST
    if not path.exists():
        there = os.path.lexists(directory)
        why = f"{MANIFEST} is missing" if there else "there is no such folder"
        photos = f", or name the photos that lie there ({directory / '*.jpg'})" if there else ""
        raise MissingFileError(f"{directory} is no data set: {why}; make one with `tf-tryon data studio`{photos}")
    given = json_file.read(path, REMEDY)
    kind, version = (value.raw if (value := given.get(name)) else None for name in ("format", "version"))
    if kind != FORMAT or type(version) is not int or version not in (1, VERSION):
        raise BadFileError(
            f"{path}: format {str(kind)[:40]!r} version {str(version)[:40]}, but {FORMAT!r} versions 1 and {VERSION} "
            "are read here: make the data set again with this version"
        )
    own_sizes = version != 1 and given["size"].raw is None
    count = given["count"].whole(1, _MOST_RECORDS)
    shards = [_shard(shard) for shard in given["shards"].entries()]
    if len({shard["name"] for shard in shards}) < len(shards):
        raise given["shards"].wrong("name one file twice")
    if sum(shard["count"] for shard in shards) != count:
        raise given["shards"].wrong(f"hold {sum(shard['count'] for shard in shards)} records, and count is {count}")
    generator, seed = given.get("generator"), given.get("seed")
    return {
        "format": FORMAT,
        "version": version,
        "size": None if own_sizes else [side.whole(1, _LARGEST_SIDE) for side in given["size"].entries(2)],
        "generator": generator.text() if generator else "",
        "seed": None if seed is None or seed.raw is None else seed.whole(),
        "count": count,
        "splits": _splits(given["splits"], count),
        "shards": shards,
    }


def version_for(size: tuple[int, int] | None) -> int:
    """The oldest version that can say this size."""
    return VERSION if size is None else 1


def read_index(directory: pathlib.Path, manifest: dict[str, Any]) -> np.ndarray:
    """(count, 3) int64 shard, offset and length of each record; all lie within the shards that the manifest lists.

    Raises:
      MissingFileError: there is none.
      BadFileError: it isn't such an index, or another data set's.
    """
    path, count = directory / INDEX, manifest["count"]
    forms = {name: Form("iu", (None,)) for name in ("shard", "offset", "length")}
    arrays = read_arrays(path, REMEDY, forms)
    if {len(array) for array in arrays.values()} != {count}:
        raise BadFileError(f"{path}: {len(arrays['shard'])} records, the manifest says {count}; {REMEDY}")
    # Unsigned numbers beyond int64 become negative, which is refused as well.
    shard, offset, length = (arrays[name].astype(np.int64) for name in ("shard", "offset", "length"))
    sizes = np.array([entry["bytes"] for entry in manifest["shards"]], np.int64)
    good = (shard >= 0) & (shard < len(sizes)) & (offset >= 0) & (length >= 0)
    room = sizes[np.where(good, shard, 0)] - tfrecord.HEADER - tfrecord.FOOTER
    good &= (offset <= room) & (length <= room - np.where(good, offset, 0))
    if not good.all():
        record = int(np.flatnonzero(~good)[0])
        raise BadFileError(
            f"{path}: record {record} is said to lie in shard {shard[record]} at byte {offset[record]}, "
            f"{length[record]} bytes long, where there is none; {REMEDY}"
        )
    return np.stack([shard, offset, length], axis=1)


def map_shard(directory: pathlib.Path, shard: dict[str, Any]) -> np.ndarray:
    """A shard's bytes, memory-mapped; raises as `read_index`."""
    path = directory / shard["name"]
    size = size_of(path, REMEDY)
    if size != shard["bytes"]:
        raise BadFileError(f"{path}: {size} bytes, the manifest says {shard['bytes']}: copy it again")
    try:
        return np.memmap(path, np.uint8, "r")
    except (OSError, ValueError) as error:
        raise BadFileError(f"{path} can't be read ({error}): {REMEDY}") from error


def _shard(given: Value) -> dict[str, Any]:
    name, digest = given["name"], given["sha256"]
    if not is_plain_name(name.text()):
        raise name.wrong(f"is {name.text()[:80]!r}, which is no name of a file in this folder")
    if not re.fullmatch("[0-9a-f]{64}", digest.text()):
        raise digest.wrong("is no SHA-256 in hexadecimal digits")
    return {
        "name": name.text(),
        "count": given["count"].whole(1, _MOST_RECORDS),
        "bytes": given["bytes"].whole(1),
        "sha256": digest.text(),
    }


def _splits(given: Value, count: int) -> dict[str, list[int]]:
    splits = {}
    for name, value in given.members().items():
        start, stop = (end.whole(0, count) for end in value.entries(2))
        if start > stop:
            raise value.wrong(f"ends at {stop}, before it begins at {start}")
        splits[name] = [start, stop]
    ordered = sorted(splits, key=lambda name: splits[name])
    for first, second in itertools.pairwise(ordered):
        if splits[first][1] > splits[second][0]:
            raise given.wrong(f"has {first!r} and {second!r} share people")
    return splits
