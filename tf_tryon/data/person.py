"""One person in numpy: what records, files and inference have in common."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from tf_tryon.data import keypoints as keypoints_lib
from tf_tryon.data import vocabulary as vocabulary_lib


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
        for file, what in ((path, "photo"), (parsing_path, "parsing"), (keypoints_path, "keypoints")):
            if not file.is_file():
                raise FileNotFoundError(
                    f"{file}: the {what} is missing; a person is NAME.jpg (or .png), NAME_parsing.png and "
                    "NAME_keypoints.json"
                )
        photo = read_photo(path)
        labels, palette = read_labels(parsing_path)
        if labels.shape != photo.shape[:2]:
            raise ValueError(
                f"{parsing_path} has {labels.shape[1]}x{labels.shape[0]} pixels and {path} "
                f"{photo.shape[1]}x{photo.shape[0]} (after EXIF rotation): label the upright photo at its own size"
            )
        points = keypoints_lib.read_openpose(keypoints_path)
        name = vocabulary or vocabulary_lib.detect(labels, palette, str(parsing_path))
        if name == "mm24":
            labels, name = vocabulary_lib.mm24_to_cihp20(labels, points, str(parsing_path)), "cihp20"
        classes = vocabulary_lib.to_classes(labels, name, str(parsing_path))
        dress = bool(np.isin(labels, vocabulary_lib.named(name).dress_labels).any())
        return cls(photo, classes, points, path.stem, {}, dress)

    @classmethod
    def from_record(cls, record: bytes) -> Person:
        """The person of one record (`RecordSet.read`)."""
        from tf_tryon.data import records  # loads TensorFlow, which a person from files does without

        parts = records.decode(record)
        known = vocabulary_lib.named(parts["vocabulary"], parts["id"])
        classes = vocabulary_lib.to_classes(parts["labels"], known.name, parts["id"])
        dress = bool(np.isin(parts["labels"], known.dress_labels).any())
        return cls(parts["photo"], classes, parts["keypoints"], parts["id"], parts["metadata"], dress)


def read_photo(path: str | os.PathLike[str]) -> np.ndarray:
    """(H, W, 3) uint8 RGB, upright by EXIF, transparency laid on white; ValueError names an unreadable file."""
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:
                over = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
            return np.asarray(upright.convert("RGB"))
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{path}: not a readable picture ({error})") from error


def read_labels(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray | None]:
    """(H, W) uint8 labels, and the palette (n, 3) of a palette picture, whose indices are the labels."""
    try:
        with Image.open(path) as image:
            if image.mode not in ("P", "L", "1"):
                raise ValueError(f"{path}: a {image.mode} picture; save label indices as a palette or grey PNG")
            palette = image.getpalette() if image.mode == "P" else None
            labels = np.asarray(image).astype(np.uint8)
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{path}: not a readable picture ({error})") from error
    return labels, None if palette is None else np.array(palette, np.uint8).reshape(-1, 3)
