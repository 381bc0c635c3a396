"""An example of a data set before anything of it is read, and finding its files under their variants of names."""

from __future__ import annotations

import codecs
import dataclasses
import functools
import os
import pathlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np

from tf_tryon.data import keypoints as keypoints_lib
from tf_tryon.data import label_picture

PHOTO_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")  # and in capitals
# A name in a list may hold spaces: it ends with a photo's suffix, or with the first tab.
_FIRST_NAME: Final = re.compile(rf"[^\t]+?({'|'.join(map(re.escape, PHOTO_SUFFIXES))})(?=\s|$)", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Located:
    """Where one example lies.

    Attributes:
      id: unique within the data set.
      split: the data set's own: "train" or "test", or "" where it has none.
      photo: file.
      parsing: label picture, or None: there is none.
      keypoints: file, or what the layout's `read_keypoints` understands, or None.
      group: what must not be divided between train and test (the garment's or the model's number); "": the id.
      metadata: goes into the record.
      rejected: a reason that the data set's own lists give, "" if none.
    """

    id: str
    split: str
    photo: pathlib.Path
    parsing: pathlib.Path | None = None
    keypoints: Any = None
    group: str = ""
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict)
    rejected: str = ""


def read_openpose(example: Located, size: tuple[int, int]) -> list[np.ndarray]:
    """Each person's (18, 3) from OpenPose's JSON, 18 or 25 points, the surest first."""
    return keypoints_lib.read_people(example.keypoints, size)


def read_label_picture(path: pathlib.Path) -> tuple[np.ndarray, str | None]:
    """(h, w) uint8 labels of a picture, and the vocabulary that it states, as those of `tf-tryon annotate` do."""
    labels, _, stated = label_picture.read_label_picture(path)
    return labels, stated


@dataclasses.dataclass(frozen=True)
class Layout:
    """A data set's layout on disk.

    Attributes:
      name: the verb's.
      vocabulary: of its label pictures that state none, a name of `vocabulary.VOCABULARIES` or ccp's own; or a
        function of the root.
      locate: root -> all examples, in any order; raises FileNotFoundError if the root has another layout.
      read_keypoints: (example, photo's (height, width)) -> each person's (18, 3) in photo pixels.
      own_splits: whether the data set divides itself into train and test.
      read_labels: the file of labels -> (h, w) uint8, and the vocabulary that it states, if it does; ValueError
        names it.
      own_size: whether records keep photos at their own resolution, unless asked otherwise.
      min_garments: that a person must show, unless asked otherwise.
      revise: (example, labels, vocabulary) of a parser -> its labels, corrected by what the data set knows;
        RejectedError if they can't be right.
      held_out: people for the test where they are drawn by `--splits held-out`, unless asked otherwise.
      drawn: how the others without splits of their own are divided, unless asked otherwise.
    """

    name: str
    vocabulary: str | Callable[[pathlib.Path], str]
    locate: Callable[[pathlib.Path], Iterable[Located]]
    read_keypoints: Callable[[Located, tuple[int, int]], list[np.ndarray]] = read_openpose
    own_splits: bool = True
    read_labels: Callable[[pathlib.Path], tuple[np.ndarray, str | None]] = read_label_picture
    own_size: bool = False
    min_garments: int = 3
    held_out: int = 0
    drawn: str = "thesis"
    revise: Callable[[Located, np.ndarray, str], np.ndarray] | None = None

    def vocabulary_of(self, root: pathlib.Path) -> str:
        """The label pictures' vocabulary."""
        return self.vocabulary if isinstance(self.vocabulary, str) else self.vocabulary(root)


def folder(root: pathlib.Path, *names: str) -> pathlib.Path:
    """The first of `names` (paths below root) that is a folder; FileNotFoundError lists them."""
    directory = optional_folder(root, *names)
    if directory is None:
        raise FileNotFoundError(f"{root}: no folder {' or '.join(names)}: is this the data set's root?")
    return directory


def optional_folder(root: pathlib.Path, *names: str) -> pathlib.Path | None:
    """The first of `names` that is a folder below root, or None."""
    return next((root / name for name in names if (root / name).is_dir()), None)


def optional_file(root: pathlib.Path, *names: str) -> pathlib.Path | None:
    """The first of `names` that is a file below root, or None."""
    return next((root / name for name in names if (root / name).is_file()), None)


def companion(where: pathlib.Path | None, name: str) -> pathlib.Path | None:
    """File `name` in the folder, whatever its capitals, or None if either is missing."""
    if where is None:
        return None
    path = where / name
    if path.is_file():
        return path
    other = _by_small_letters(path.parent, _changed(path.parent)).get(path.name.lower())
    return path.with_name(other) if other else None


def photo_named(pictures: pathlib.Path, name: str) -> pathlib.Path:
    """The photo that a list names; a copy may have it in capitals or as another kind of picture, or lack it."""
    path = pictures / name
    stem = name.removesuffix(path.suffix)
    candidates = (companion(pictures, other) for other in (name, *(f"{stem}{suffix}" for suffix in PHOTO_SUFFIXES)))
    return next(filter(None, candidates), path)


def photos(where: pathlib.Path) -> list[pathlib.Path]:
    """The pictures of a folder, by name; not hidden ones, as Macs put one beside each file (`._anna.jpg`)."""
    seen = (path for path in where.iterdir() if not path.name.startswith("."))
    return sorted(path for path in seen if path.suffix.lower() in PHOTO_SUFFIXES and path.is_file())


def listed(path: pathlib.Path) -> Iterator[list[str]]:
    """The lines of a list, divided at whitespace, empty ones left out."""
    for line in _lines(path):
        if words := line.split():
            yield words


def first_names(lists: Iterable[pathlib.Path]) -> list[str]:
    """The distinct first names of lists, in order: in lists of pairs, the people's photos."""
    lines = (line.strip() for path in lists for line in _lines(path))
    return list(dict.fromkeys(_first_name(line) for line in lines if line))


def _first_name(line: str) -> str:
    match = _FIRST_NAME.match(line)
    return match[0] if match else line.split()[0]


def _lines(path: pathlib.Path) -> list[str]:
    """A list's lines, in UTF-8 or by its byte order mark in UTF-16; bytes that are neither stay as in file names."""
    content = path.read_bytes()
    coding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = content.decode(coding, errors="strict" if coding == "utf-16" else "surrogateescape")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text in UTF-16, as its first bytes say ({error}): save it as UTF-8") from error
    if "\0" in text:
        raise ValueError(f"{path}: no text: it holds zero bytes; save it as UTF-8")
    return text.splitlines()


def _changed(where: pathlib.Path) -> int:
    return where.stat().st_mtime_ns if where.is_dir() else 0


@functools.lru_cache(maxsize=16)
def _by_small_letters(where: pathlib.Path, changed: int) -> dict[str, str]:
    """Names in small letters -> names of a folder's files; read again once it has `changed`."""
    return {name.lower(): name for name in sorted(os.listdir(where))} if changed else {}
