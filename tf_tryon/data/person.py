"""One person in numpy: what records, files and inference have in common."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from tf_tryon.data import person_files
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.sources.names import readable

if TYPE_CHECKING:
    from tf_tryon.data.records import RecordSet


@dataclasses.dataclass
class Person:
    """A photo with its labels and keypoints.

    Attributes:
      photo: (H, W, 3) uint8 RGB.
      labels: (H, W) uint8, classes 0..7 of vocabulary.py's CLASSES.
      keypoints: (18, 3) float32, x, y in pixels, confidence; 0 = missing.
      id: the record's id or the photo's stem.
      metadata: the record's JSON.
      dress: whether the bottom is a dress (or jumpsuit), as far as the source's vocabulary tells.
      turns: by 90 degrees against the clock, that the file's photo was turned by to be upright (`data.upright`).
      carried: (H, W) bool, bags, gloves and scarves: they are background, and a completion leaves them before what is
        new. None: the labels don't tell them, and nothing is left.
    """

    photo: np.ndarray
    labels: np.ndarray
    keypoints: np.ndarray
    id: str = ""
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict)
    dress: bool = False
    turns: int = 0
    carried: np.ndarray | None = None

    def __post_init__(self) -> None:
        """What networks, records and reports are given as a name is text."""
        self.id = readable(self.id)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)"""
        return self.labels.shape[0], self.labels.shape[1]

    @classmethod
    def of(cls, records: RecordSet, number: int) -> Person:
        """The person of a data set's record; BadFileError names file and record."""
        return cls.from_record(records.read(number), records.place(number))

    @classmethod
    def from_files(cls, photo_path: str | os.PathLike[str], vocabulary: str | None = None) -> Person:
        """A photo with `<stem>_parsing.png` and `<stem>_keypoints.json` beside it.

        Args:
          photo_path: any format that Pillow reads; its EXIF orientation is applied, and labels and keypoints must
            refer to the upright picture.
          vocabulary: of the label picture; None: recognised from the picture (`vocabulary.detect`) or refused.

        Raises:
          FileNotFoundError: a file is missing.
          ValueError: a file can't be read, sizes differ, the vocabulary can't be recognised, or labels and
            keypoints are not of the same person.
        """
        files = person_files.read(photo_path, vocabulary)
        classes = vocabulary_lib.to_classes(files.labels, files.vocabulary)
        known, stem = vocabulary_lib.named(files.vocabulary), pathlib.Path(photo_path).stem
        dress, carried = known.shows_dress(files.labels), known.carried(files.labels)
        return cls(files.photo, classes, files.points, stem, {}, dress, files.turns, carried)

    @classmethod
    def from_record(cls, record: bytes, source: str = "the record") -> Person:
        """The person of one record (`RecordSet.read`); BadFileError calls a wrong one `source`."""
        from tf_tryon.data import records  # loads TensorFlow, which a person from files does without

        parts = records.decode(record, source)
        known = vocabulary_lib.named(parts["vocabulary"])
        classes = vocabulary_lib.to_classes(parts["labels"], known.name, f"{source} ({parts['id']})")
        dress, carried = known.shows_dress(parts["labels"]), known.carried(parts["labels"])
        points, identity, metadata = parts["keypoints"], parts["id"], parts["metadata"]
        return cls(parts["photo"], classes, points, identity, metadata, dress, carried=carried)
