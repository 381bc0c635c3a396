"""An example of a data set before anything of it is read, and finding its files under their variants of names."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np

from tf_tryon.data import keypoints as keypoints_lib
from tf_tryon.data import person

PHOTO_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG")


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


def read_openpose(example: Located, size: tuple[int, int]) -> np.ndarray:
    """(18, 3) from OpenPose's JSON, 18 or 25 points."""
    del size
    return keypoints_lib.read_openpose(example.keypoints)


def read_label_picture(path: pathlib.Path) -> np.ndarray:
    """(h, w) uint8 labels of a picture."""
    labels, _, _ = person.read_label_picture(path)
    return labels


@dataclasses.dataclass(frozen=True)
class Layout:
    """A data set's layout on disk.

    Attributes:
      name: the verb's.
      vocabulary: of its label pictures, a name of `vocabulary.VOCABULARIES` or of `prepare.REWRITTEN`; or a function
        of the root.
      locate: root -> all examples, in any order; raises FileNotFoundError if the root has another layout.
      read_keypoints: (example, photo's (height, width)) -> (18, 3) in photo pixels.
      own_splits: whether the data set divides itself into train and test.
      read_labels: the file of labels -> (h, w) uint8; ValueError names it.
      own_size: whether records keep photos at their own resolution, unless asked otherwise.
      min_garments: that a person must show, unless asked otherwise.
      held_out: people for the test where they are drawn by `--splits held-out`, unless asked otherwise.
    """

    name: str
    vocabulary: str | Callable[[pathlib.Path], str]
    locate: Callable[[pathlib.Path], Iterable[Located]]
    read_keypoints: Callable[[Located, tuple[int, int]], np.ndarray] = read_openpose
    own_splits: bool = True
    read_labels: Callable[[pathlib.Path], np.ndarray] = read_label_picture
    own_size: bool = False
    min_garments: int = 3
    held_out: int = 0

    def vocabulary_of(self, root: pathlib.Path) -> str:
        """The label pictures' vocabulary."""
        return self.vocabulary if isinstance(self.vocabulary, str) else self.vocabulary(root)


def folder(root: pathlib.Path, *names: str) -> pathlib.Path:
    """The first of `names` (paths below root) that is a folder; FileNotFoundError lists them."""
    found = optional_folder(root, *names)
    if found is None:
        raise FileNotFoundError(f"{root}: no folder {' or '.join(names)}: is this the data set's root?")
    return found


def optional_folder(root: pathlib.Path, *names: str) -> pathlib.Path | None:
    """The first of `names` that is a folder below root, or None."""
    return next((root / name for name in names if (root / name).is_dir()), None)


def optional_file(root: pathlib.Path, *names: str) -> pathlib.Path | None:
    """The first of `names` that is a file below root, or None."""
    return next((root / name for name in names if (root / name).is_file()), None)


def companion(where: pathlib.Path | None, name: str) -> pathlib.Path | None:
    """File `name` in the folder, or None if either is missing."""
    return optional_file(where, name) if where is not None else None


def photos(where: pathlib.Path) -> list[pathlib.Path]:
    """The pictures of a folder, by name."""
    return sorted(path for path in where.iterdir() if path.suffix in PHOTO_SUFFIXES and path.is_file())


def listed(path: pathlib.Path) -> Iterator[list[str]]:
    """The lines of a list, divided at whitespace, empty ones left out."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if words := line.split():
            yield words


def first_names(lists: Iterable[pathlib.Path]) -> list[str]:
    """The distinct first words of lists, in order: in lists of pairs, the people's photos."""
    return list(dict.fromkeys(words[0] for path in lists for words in listed(path)))
