"""What a new data set may replace in a folder: the files that an earlier one's manifest lists, and nothing else."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterable
from typing import Final

from tf_tryon.data.manifest import FORMAT, INDEX, MANIFEST
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file

UNDER_WAY: Final = ".manifest.json.tmp"  # while files are being renamed
_SHARD: Final = re.compile(r"shard-\d{5,}-of-\d{5,}\.tfrecord")


def check_place(directory: pathlib.Path, overwrite: bool) -> set[str]:
    """Names of the files that a new data set may replace, but for the manifest.

    Raises:
      FileExistsError: there is a data set and `overwrite` is not given, or there are files in a data set's places that
        no manifest lists.
    """
    if (directory / MANIFEST).exists() and not overwrite:
        raise FileExistsError(f"{directory} holds a data set already: choose another folder, or --overwrite it")
    own = set()
    for name in (MANIFEST, UNDER_WAY):
        if os.path.lexists(directory / name):
            own |= _listed(directory / name)
    refuse_others(directory, own, [path.name for path in directory.glob("shard-*.tfrecord")])
    return own


def refuse_others(directory: pathlib.Path, own: set[str], shards: Iterable[str]) -> None:
    """Raise FileExistsError where a shard or the index is there and not `own`."""
    for name in (*shards, INDEX):
        if name not in own and os.path.lexists(directory / name):
            raise FileExistsError(
                f"{directory / name} is there and no manifest lists it: move it away, or choose another folder"
            )


def _listed(path: pathlib.Path) -> set[str]:
    """What a manifest lists. It may be a stranger's: a name that is no shard's is not taken from it."""
    remedy = "move it away, or choose another folder"
    try:
        given = json_file.read(path, remedy)
        if given["format"].raw != FORMAT:
            raise given["format"].wrong("is not a data set's")
        names = [shard["name"].text() for shard in given["shards"].entries()]
    except BadFileError as error:
        raise FileExistsError(str(error)) from error
    return {name for name in names if _SHARD.fullmatch(name)} | {INDEX}
