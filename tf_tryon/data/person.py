"""One person in numpy: what records, files and inference have in common."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tf_tryon.data import keypoints as keypoints_lib
from tf_tryon.data import label_colours
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.photo import open_stored, read_photo
from tf_tryon.errors import BadFileError
from tf_tryon.files.regular import size_of

if TYPE_CHECKING:
    from tf_tryon.data.records import RecordSet

_VOCABULARY = "vocabulary"  # PNG text of label pictures


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
    """

    photo: np.ndarray
    labels: np.ndarray
    keypoints: np.ndarray
    id: str = ""
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict)
    dress: bool = False

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
          vocabulary: of the label picture; None: told from the picture (`vocabulary.detect`) or refused.

        Raises:
          FileNotFoundError: a file is missing.
          ValueError: a file can't be read, sizes differ, or the vocabulary can't be told.
        """
        path = pathlib.Path(photo_path)
        parsing_path = path.with_name(f"{path.stem}_parsing.png")
        keypoints_path = path.with_name(f"{path.stem}_keypoints.json")
        for file, what in ((path, "photo"), (parsing_path, "parsing"), (keypoints_path, "file of keypoints")):
            if not file.is_file():
                raise FileNotFoundError(
                    f"{file}: the {what} is missing; a person is NAME.jpg (or .png), NAME_parsing.png and "
                    "NAME_keypoints.json"
                )
        photo = read_photo(path)
        points = keypoints_lib.read_openpose(keypoints_path)
        labels, name = read_parsing(parsing_path, photo.shape[:2], points, vocabulary)
        classes = vocabulary_lib.to_classes(labels, name, str(parsing_path))
        dress = bool(np.isin(labels, vocabulary_lib.named(name).dress_labels).any())
        return cls(photo, classes, points, path.stem, {}, dress)

    @classmethod
    def from_record(cls, record: bytes, source: str = "the record") -> Person:
        """The person of one record (`RecordSet.read`); BadFileError calls a wrong one `source`."""
        from tf_tryon.data import records  # loads TensorFlow, which a person from files does without

        parts = records.decode(record, source)
        known = vocabulary_lib.named(parts["vocabulary"])
        classes = vocabulary_lib.to_classes(parts["labels"], known.name, f"{source} ({parts['id']})")
        dress = bool(np.isin(parts["labels"], known.dress_labels).any())
        return cls(parts["photo"], classes, parts["keypoints"], parts["id"], parts["metadata"], dress)


def read_parsing(
    path: str | os.PathLike[str], size: tuple[int, ...], keypoints: np.ndarray, vocabulary: str | None = None
) -> tuple[np.ndarray, str]:
    """Labels (h, w) uint8 and their record vocabulary, of a label picture in any known vocabulary.

    Args:
      path: the label picture; one that says its vocabulary in a PNG text of that name needs no telling.
      size: (h, w) of the upright photo.
      keypoints: (18, 3), for vocabularies with one skin for the whole body.
      vocabulary: None: told from the picture (`vocabulary.detect`) or refused.

    Raises:
      ValueError: not a label picture, of another size, or of an unknown vocabulary; names the file.
    """
    labels, palette, stated = read_label_picture(path)
    if labels.shape != tuple(size):
        raise ValueError(
            f"{path} has {labels.shape[1]}x{labels.shape[0]} pixels and the photo {size[1]}x{size[0]} (after EXIF "
            "rotation): label the upright photo at its own size"
        )
    name = vocabulary or stated or vocabulary_lib.detect(labels, palette, str(path))
    if name == "mm24":
        return vocabulary_lib.mm24_to_cihp20(labels, keypoints, str(path)), "cihp20"
    vocabulary_lib.check(labels, name, str(path))
    return labels, name


def save_labels(labels: np.ndarray, vocabulary: str, path: str | os.PathLike[str]) -> None:
    """(h, w) uint8 labels as a palette PNG that says its vocabulary; colours are those of the labels' classes."""
    known = vocabulary_lib.named(vocabulary)
    image = Image.fromarray(labels)
    image.putpalette(vocabulary_lib.PALETTE[list(known.classes)].tobytes())
    texts = PngInfo()
    texts.add_text(_VOCABULARY, vocabulary)
    image.save(path, "PNG", pnginfo=texts)


def read_label_picture(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray | None, str | None]:
    """(h, w) uint8 labels, the palette (n, 3) of a palette picture, whose indices are the labels, and its PNG text.

    A picture in colours has labels where the colours are PGN's, which are then its palette.

    Raises:
      MissingFileError, PhotoError, BadFileError: no such file, no picture, or none of labels.
    """
    size_of(path, "a picture of labels is expected")
    image = open_stored(path, str(path))
    if image.mode in ("RGB", "RGBA"):
        return _read_colours(image, path), label_colours.PGN, None
    if image.mode not in ("P", "L", "1"):
        raise BadFileError(f"{path}: a {image.mode} picture; save label indices as a palette or grey PNG")
    palette = np.array(image.getpalette(), np.uint8).reshape(-1, 3) if image.mode == "P" else None
    stated = image.info.get(_VOCABULARY)
    return np.asarray(image).astype(np.uint8), palette, stated if isinstance(stated, str) else None


def _read_colours(image: Image.Image, path: str | os.PathLike[str]) -> np.ndarray:
    try:
        return label_colours.labels_of(np.asarray(image.convert("RGB")))
    except ValueError as error:
        told = f"{path}: a picture in colours ({error}); save label indices as a palette or grey PNG"
        raise BadFileError(told) from error
