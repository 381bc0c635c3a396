"""The parts of one record, looked at without decoding a picture: what a stranger's record claims is believed only then.

A record (schema.py) may hold anything although its checksums are right: no tf.train.Example, a part missing, a picture
whose header claims 50,000 x 50,000 pixels.
"""

from __future__ import annotations

import io
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

from tf_tryon.data.manifest import REMEDY
from tf_tryon.data.photo import MAX_PIXELS, PhotoError, open_stored
from tf_tryon.data.picture_header import read_header
from tf_tryon.data.vocabulary import RECORD_VOCABULARIES
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file

_TEXTS: Final = ("photo", "parsing", "vocabulary", "id", "metadata")


class WrongSizeError(BadFileError):
    """A record's pictures aren't of one size, or not of the data set's."""


class Parts(NamedTuple):
    """A record's parts.

    Attributes:
      photo: PNG or JPEG.
      parsing: a grey PNG of 8 bits, of the photo's size.
      size: (height, width) by both headers.
      vocabulary: a name of RECORD_VOCABULARIES.
      keypoints: (18, 3) float32, finite.
      id: unique within its data set.
      metadata: JSON, not yet read.
    """

    photo: bytes
    parsing: bytes
    size: tuple[int, int]
    vocabulary: str
    keypoints: np.ndarray
    id: str
    metadata: bytes


def parts_of(record: bytes, source: str, size: tuple[int, int] | None = None) -> Parts:
    """A record's parts.

    Args:
      record: serialised.
      source: what messages call it.
      size: (height, width) that its pictures must have; None: any, of at most MAX_PIXELS.

    Raises:
      WrongSizeError: its pictures are of other sizes.
      BadFileError: it is no such record; says which part is wrong.
    """
    features = _features(record, source)
    texts = {name: _single(features, name, source) for name in _TEXTS}
    points = np.array(features["keypoints"].float_list.value, np.float32)
    if points.size != 54 or not np.isfinite(points).all():
        raise _wrong(source, f"keypoints are {points.size} numbers, not 18 finite x, y and confidence")
    headers = [_header(texts[name], name, source) for name in ("photo", "parsing")]
    sizes = [(header.height, header.width) for header in headers]
    if sizes[0] != sizes[1] or size not in (None, sizes[0]):
        difference = "" if size is None else f", the manifest says {size}"
        message = f"{source}: the photo has {sizes[0]}, the parsing {sizes[1]} pixels{difference}; {REMEDY}"
        raise WrongSizeError(message)
    if not headers[1].grey_bytes:
        raise _wrong(source, "the parsing is no grey PNG of 8 bits, whose values are the labels")
    vocabulary = texts["vocabulary"].decode(errors="replace")
    if vocabulary not in RECORD_VOCABULARIES:
        raise _wrong(source, f"vocabulary {vocabulary[:20]!r} is none of {', '.join(RECORD_VOCABULARIES)}")
    identity = _identity(texts["id"], source)
    return Parts(
        texts["photo"], texts["parsing"], sizes[0], vocabulary, points.reshape(18, 3), identity, texts["metadata"]
    )


def metadata_of(metadata: bytes, source: str) -> dict[str, Any]:
    """A record's metadata; BadFileError unless it is a JSON object."""
    parsed = json_file.parse(metadata, f"{source}: metadata", REMEDY)
    return {name: value.raw for name, value in parsed.members().items()}


def id_and_metadata(record: bytes, source: str) -> tuple[str, dict[str, Any]]:
    """Only these two of a record, whatever else it holds; raises as `parts_of`."""
    features = _features(record, source)
    identity, metadata = (_single(features, name, source) for name in ("id", "metadata"))
    return _identity(identity, source), metadata_of(metadata, source)


def decode_picture(encoded: bytes, size: tuple[int, int], mode: str, name: str, source: str) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 in Pillow's `mode` of a picture whose header says `size`.

    Raises:
      BadFileError: it is damaged, or its header said something else.
    """
    try:
        image = open_stored(io.BytesIO(encoded), f"the {name}")
    except PhotoError as error:
        raise _wrong(source, str(error)) from error
    if (image.height, image.width) != size:
        difference = f"the {name} has {image.width}x{image.height} pixels and its header says {size[1]}x{size[0]}"
        raise _wrong(source, difference)
    return np.asarray(image.convert(mode))


def _features(record: bytes, source: str) -> Any:
    try:
        return tf.train.Example.FromString(record).features.feature
    except DecodeError as error:
        raise _wrong(source, "it is no tf.train.Example") from error


def _single(features: Any, name: str, source: str) -> bytes:
    values = features[name].bytes_list.value
    if len(values) != 1:
        raise _wrong(source, f"{name} has {len(values)} values, not one")
    return values[0]


def _header(encoded: bytes, name: str, source: str) -> Any:
    try:
        header = read_header(encoded)
    except ValueError as error:
        raise _wrong(source, f"the {name} is {error}") from error
    if not 1 <= header.height * header.width <= MAX_PIXELS:
        raise _wrong(source, f"the {name} claims {header.width}x{header.height} pixels; 1 to {MAX_PIXELS} are read")
    return header


def _identity(encoded: bytes, source: str) -> str:
    try:
        return encoded.decode()
    except UnicodeDecodeError as error:
        raise _wrong(source, "its id is no text in UTF-8") from error


def _wrong(source: str, problem: str) -> BadFileError:
    return BadFileError(f"{source}: {problem}; {REMEDY}, or see `tf-tryon data check`")
