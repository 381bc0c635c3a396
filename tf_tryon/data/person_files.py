"""A person on disk: NAME.jpg with NAME_parsing.png and NAME_keypoints.json beside it, read and checked as one."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import Final

import numpy as np

from tf_tryon.data import agreement, keypoints
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.label_picture import read_sized
from tf_tryon.data.matching import match
from tf_tryon.data.photo import read_photo
from tf_tryon.data.upright import turned
from tf_tryon.errors import BadFileError

PARSING: Final = "_parsing.png"
KEYPOINTS: Final = "_keypoints.json"
_DETECT: Final = (
    "detect the photo's person again, or remove both files beside the photo and let `tf-tryon annotate` make them"
)


@dataclasses.dataclass(frozen=True)
class PersonFiles:
    """What the three files hold.

    Attributes:
      photo: (h, w, 3) uint8 RGB, upright.
      labels: (h, w) uint8 of the vocabulary.
      vocabulary: of a record.
      points: (18, 3) float32, in the photo's pixels.
      turns: by 90 degrees against the clock, that all of them were turned by, since the person lay across the photo.
    """

    photo: np.ndarray
    labels: np.ndarray
    vocabulary: str
    points: np.ndarray
    turns: int


def read(photo_path: str | os.PathLike[str], vocabulary: str | None = None) -> PersonFiles:
    """A photo, its labels and its keypoints, which agree with each other.

    Args:
      photo_path: any format that Pillow reads; its EXIF orientation is applied, and labels and keypoints must refer to
        the upright picture.
      vocabulary: of the label picture; None: recognised from the picture (`vocabulary.detect`) or refused.

    Raises:
      FileNotFoundError: a file is missing.
      ValueError: a file can't be read, sizes differ, the vocabulary can't be recognised, or labels and keypoints
        disagree.
    """
    path = pathlib.Path(photo_path)
    parsing, points = beside(path, PARSING), beside(path, KEYPOINTS)
    for file, what in ((path, "photo"), (parsing, "parsing"), (points, "file of keypoints")):
        if not file.is_file():
            raise FileNotFoundError(
                f"{file}: the {what} is missing; a person is NAME.jpg (or .png), NAME_parsing.png and "
                "NAME_keypoints.json"
            )
    photo = read_photo(path)
    size = photo.shape[0], photo.shape[1]
    people = keypoints.read_people(points, size)
    if not people:
        raise BadFileError(f"{points}: it shows nobody, or no keypoint of anybody: {_DETECT}")
    labels, palette, stated = read_sized(parsing, size)
    if not labels.any():
        raise BadFileError(f"{parsing}: every label is background, so it shows nobody")
    name = vocabulary or stated or _recognised_vocabulary(labels, palette, people[0], str(parsing))
    matched = match(labels, name, people, (str(parsing), str(points)))
    return PersonFiles(turned(photo, matched.turns), matched.labels, matched.vocabulary, matched.points, matched.turns)


def beside(photo: pathlib.Path, ending: str) -> pathlib.Path:
    """The file NAME + `ending` beside a photo, its suffix in any case; where there is none, its usual path."""
    usual = photo.with_name(f"{photo.stem}{ending}")
    stem, suffix = os.path.splitext(usual.name)
    return next((path for path in (usual, usual.with_name(stem + suffix.upper())) if path.is_file()), usual)


def _recognised_vocabulary(labels: np.ndarray, palette: np.ndarray | None, points: np.ndarray, source: str) -> str:
    """The vocabulary, as far as the picture itself tells; what the keypoints speak for is only named."""
    possible = vocabulary_lib.candidates(labels, palette, source)
    if len(possible) == 1:
        return possible[0]
    fit = [name for name in agreement.fitting(labels, points) if name in possible]
    hint = ""
    if len(fit) < len(possible):
        agreeing = f"{' or '.join(fit)} alone" if fit else "none of them: these are other labels"
        hint = f"; the keypoints agree with {agreeing}"
    raise ValueError(f"{source}: {vocabulary_lib.ambiguity(labels, possible)}{hint}")
