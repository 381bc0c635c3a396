"""A person as a client sends them: encoded photo and labels, keypoints. Loads no TensorFlow."""

from __future__ import annotations

import dataclasses
import io
import os
import pathlib

import numpy as np
from PIL import Image

from tf_tryon.data import person_files
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.person import Person
from tf_tryon.data.photo import is_plain

# A CIHP-20 label for each of the 8 classes.
_TO_CIHP20 = np.array([0, 13, 10, 16, 1, 5, 9, 18], np.uint8)
_DRESS = vocabulary_lib.CIHP20.dress_labels[0]
_CARRIED = vocabulary_lib.CIHP20.carried_labels[0]


@dataclasses.dataclass(frozen=True)
class EncodedPerson:
    """What a server needs to know of a person.

    Attributes:
      photo: PNG or JPEG, upright.
      parsing: grey PNG of 8 bits of the photo's size, its values labels of the vocabulary.
      keypoints: (18, 3) float32, x, y in pixels of the photo, confidence; 0 = missing.
      vocabulary: lip20, cihp20, atr18 or tryon8.
    """

    photo: bytes
    parsing: bytes
    keypoints: np.ndarray
    vocabulary: str = "tryon8"

    @classmethod
    def from_files(cls, photo_path: str | os.PathLike[str], vocabulary: str | None = None) -> EncodedPerson:
        """A photo with NAME_parsing.png and NAME_keypoints.json beside it, as `Person.from_files` reads them.

        An upright JPEG or PNG is sent as it is; anything else (turned, transparent, of another format or with another
        colour profile than sRGB) as PNG.

        Raises:
          FileNotFoundError, ValueError: as `Person.from_files`.
        """
        path = pathlib.Path(photo_path)
        files = person_files.read(path, vocabulary)
        as_it_is = not files.turns and is_plain(path)
        photo = path.read_bytes() if as_it_is else to_png(files.photo)
        return cls(photo, to_png(files.labels), files.points, files.vocabulary)

    @classmethod
    def from_person(cls, person: Person) -> EncodedPerson:
        """A person in memory; the photo goes as PNG."""
        return cls.of_classes(to_png(person.photo), person.labels, person.keypoints, person.dress, person.carried)

    @classmethod
    def of_classes(
        cls,
        photo: bytes,
        classes: np.ndarray,
        keypoints: np.ndarray,
        dress: bool = False,
        carried: np.ndarray | None = None,
    ) -> EncodedPerson:
        """An encoded photo with (h, w) uint8 labels of the eight classes.

        Args:
          photo: as above.
          classes: (h, w) uint8.
          keypoints: as above.
          dress: whether the bottom is one.
          carried: (h, w) bool, bags, gloves and scarves among the background, as `Person.carried`; None: not known.
        """
        labels = _TO_CIHP20[classes]
        if carried is not None:
            labels = np.where(carried, np.uint8(_CARRIED), labels)
        if dress:
            labels = np.where(classes == vocabulary_lib.BOTTOM, np.uint8(_DRESS), labels)
        return cls(photo, to_png(labels), np.asarray(keypoints, np.float32), "cihp20")


def to_png(picture: np.ndarray) -> bytes:
    """(h, w, 3) or (h, w) uint8 as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def from_picture(encoded: bytes) -> np.ndarray:
    """An encoded picture as (h, w, 3) or (h, w) uint8."""
    return np.asarray(Image.open(io.BytesIO(encoded)))
