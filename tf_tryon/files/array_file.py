"""Arrays that somebody else wrote, as .npz: numbers of the wanted kinds and shapes, never pickles.

Shapes and kinds are compared before the numbers are read, so that a header that claims too much costs nothing.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Generator, Mapping
from typing import IO, Final, NamedTuple

import numpy as np

from tf_tryon.errors import BadFileError
from tf_tryon.files.regular import size_of

_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAMES: Final = {"f": "floats", "i": "integers", "u": "unsigned integers", "b": "booleans", "U": "texts"}
_MOST: Final = 1 << 30  # bytes that any file may unfold to,
_FOLD: Final = 16  # and a larger one, of its own size


class Form(NamedTuple):
    """What an array should be.

    Attributes:
      kinds: of numpy's dtypes: "f" floats, "i" and "u" integers, "b" booleans, "U" texts.
      shape: None in it is any length; None: any shape.
    """

    kinds: str
    shape: tuple[int | None, ...] | None = None


def read_arrays(
    path: str | os.PathLike[str], remedy: str, wanted: Mapping[str, Form] | None = None, finite: bool = True
) -> dict[str, np.ndarray]:
    """Arrays of an .npz by name, checksums verified.

    Args:
      path: of the file.
      remedy: what to do about a wrong one, the end of each message's sentence.
      wanted: the arrays to read, which must be there; None: all, whatever their kinds and shapes.
      finite: refuse floats that aren't.

    Raises:
      MissingFileError: there is no file.
      BadFileError: no regular file, no .npz, damaged, or an array isn't as wanted.
    """
    size_of(path, remedy)
    with _named_errors(path, remedy), zipfile.ZipFile(path) as archive:
        there = _entries(archive)
        missing = [name for name in wanted or () if name not in there]
        if missing:
            raise BadFileError(f"{path} holds no array {', '.join(missing)}: {remedy}")
        arrays: dict[str, np.ndarray] = {}
        for name in wanted if wanted is not None else there:
            form = wanted[name] if wanted is not None else Form("fiubU")
            with archive.open(there[name]) as stream:
                _check_header(stream, there[name], name, form)
            with archive.open(there[name]) as stream:
                arrays[name] = np.lib.format.read_array(stream, allow_pickle=False)
            if finite and arrays[name].dtype.kind == "f" and not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} holds values that are not finite")
        return arrays


def names_of(path: str | os.PathLike[str], remedy: str) -> list[str]:
    """Names of the arrays of an .npz; raises as `read_arrays`."""
    size_of(path, remedy)
    with _named_errors(path, remedy), zipfile.ZipFile(path) as archive:
        return list(_entries(archive))


@contextlib.contextmanager
def _named_errors(path: str | os.PathLike[str], remedy: str) -> Generator[None, None, None]:
    try:
        yield
    except BadFileError:
        raise
    except Exception as error:  # of zipfile, zlib, numpy, ast and tokenize, which have no common base
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise BadFileError(f"{path}: the arrays can't be read ({reason}): {remedy}") from error


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's arrays by name; what else lies there is an error."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if name == info.filename or name in entries or info.compress_type not in _PACKED or info.flag_bits & 1:
            raise ValueError(f"{info.filename[:80]!r} is no array, or is there twice")
        entries[name] = info
    size = sum(info.file_size for info in entries.values())
    if size > max(_MOST, _FOLD * sum(info.compress_size for info in entries.values())):
        raise ValueError(f"it unfolds to {size >> 20} MiB of arrays")
    return entries


def _check_header(stream: IO[bytes], info: zipfile.ZipInfo, name: str, form: Form) -> None:
    """ValueError unless the array's header is as wanted and the file has as many numbers as it claims."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"{name}: npy of version {version}")
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = reader(stream)
    if dtype.hasobject or dtype.kind not in "fiubU":
        raise ValueError(f"{name} holds Python objects or records, which are never read")
    fits = form.shape is None or (
        len(shape) == len(form.shape) and all(b is None or a == b for a, b in zip(shape, form.shape, strict=True))
    )
    if dtype.kind not in form.kinds or not fits:
        wanted = [_NAMES[kind] for kind in form.kinds]
        of = (
            "" if form.shape is None else f" of shape ({', '.join('any' if n is None else str(n) for n in form.shape)})"
        )
        raise ValueError(f"{name} holds {dtype} of shape {shape}, not {' or '.join(wanted)}{of}")
    count = 1
    for side in shape:
        count *= side
    if count * dtype.itemsize != info.file_size - stream.tell():
        raise ValueError(f"{name} claims shape {shape}, which isn't what the file holds")
