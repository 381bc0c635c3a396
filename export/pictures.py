"""Encoded pictures in the graph: sizes read from headers before anything is decoded, decoding, encoding.

A wrong picture fails an assertion whose message says what is wrong; TF-Serving answers INVALID_ARGUMENT with it.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.schema import carried, classes_and_dress

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_HEADER = 33  # bytes of a PNG's signature and IHDR; no JPEG is as short


def require(condition: tf.Tensor, message: str, *values: tf.Tensor) -> tf.Operation:
    """An assertion of the graph; run it by `tf.control_dependencies`. TensorFlow would escape apostrophes."""
    return tf.debugging.Assert(condition, [message, *values])


def decode_photo(encoded: tf.Tensor, max_pixels: int, name: str = "photo_bytes") -> tf.Tensor:
    """() string, PNG or JPEG -> (h, w, 3) uint8, pixel by pixel what Pillow and browsers decode.

    EXIF rotation isn't applied and transparency is dropped.
    """
    with tf.control_dependencies([_bounded(encoded, max_pixels, name, jpeg=True)]):
        photo = tf.cond(
            _starts_with(encoded, _PNG),
            lambda: tf.io.decode_png(encoded, channels=3),
            # TensorFlow's own choice of method is faster, and a level off here and there.
            lambda: tf.io.decode_jpeg(encoded, channels=3, dct_method="INTEGER_ACCURATE"),
        )
    return tf.ensure_shape(photo, (None, None, 3))


def decode_labels(encoded: tf.Tensor, max_pixels: int, name: str) -> tf.Tensor:
    """() string, 8-bit grey PNG -> (h, w) uint8."""
    with tf.control_dependencies([_bounded(encoded, max_pixels, name, jpeg=False)]):
        kind = tf.io.decode_raw(tf.strings.substr(encoded, 24, 2), tf.uint8)  # bit depth, colour type
        grey = require(
            tf.reduce_all(kind == tf.constant([8, 0], tf.uint8)),
            f"{name}: labels must be a grey PNG of 8 bits, whose values are the labels (no palette, no colours)",
        )
    with tf.control_dependencies([grey]):
        labels = tf.io.decode_png(tf.identity(encoded), channels=1)
    return tf.ensure_shape(labels, (None, None, 1))[..., 0]


class Classes(NamedTuple):
    """What labels (h, w) tell: (h, w) uint8 classes, () bool whether the bottom is a dress, (h, w) bool `carried`."""

    labels: tf.Tensor
    dress: tf.Tensor
    carried: tf.Tensor


def to_classes(labels: tf.Tensor, vocabulary: tf.Tensor, name: str) -> Classes:
    """Of labels (h, w) uint8 of the vocabulary named by a () string."""
    names = list(vocabulary_lib.RECORD_VOCABULARIES)
    said = tf.equal(vocabulary, names)
    spoken = require(tf.reduce_any(said), f"vocabulary: choose one of {', '.join(names)}; got", vocabulary)
    row = tf.argmax(said, output_type=tf.int32)
    with tf.control_dependencies([spoken]):
        index = tf.cast(labels, tf.int32)
        classes, dress = classes_and_dress(index, row)
    fits = require(
        tf.reduce_all(classes != vocabulary_lib.UNKNOWN),
        f"{name}: a label is outside the vocabulary; the largest label is",
        tf.reduce_max(index),
    )
    with tf.control_dependencies([fits]):
        return Classes(tf.identity(classes), tf.identity(dress), carried(index, row))


def encode_png(picture: tf.Tensor) -> tf.Tensor:
    """(h, w, 3) or (h, w) uint8 -> () string. Light compression: twice the speed for a tenth more bytes."""
    return tf.io.encode_png(picture if picture.shape.rank == 3 else picture[..., None], compression=3)


def _bounded(encoded: tf.Tensor, max_pixels: int, name: str, jpeg: bool) -> tf.Operation:
    """Asserts that the header names a supported format and a size of 1 to max_pixels."""
    kinds = "PNG or JPEG" if jpeg else "PNG"
    long = require(tf.strings.length(encoded) > _HEADER, f"{name}: not a {kinds} file (too short)")
    with tf.control_dependencies([long]):
        is_png = _starts_with(encoded, _PNG)
        is_jpeg = _starts_with(encoded, _JPEG) if jpeg else tf.constant(False)
    known = require(is_png | is_jpeg, f"{name}: not a {kinds} file (by its first bytes)")
    with tf.control_dependencies([known]):
        size = tf.cond(is_png, lambda: _png_size(encoded), lambda: _jpeg_size(encoded)) if jpeg else _png_size(encoded)
    return require(
        tf.reduce_all(size > 0) & (size[0] * size[1] <= max_pixels),
        f"{name}: the picture must have 1 to {max_pixels} pixels; height and width are",
        size,
    )


def _starts_with(encoded: tf.Tensor, magic: bytes) -> tf.Tensor:
    return tf.equal(tf.strings.substr(encoded, 0, len(magic)), magic)


def _png_size(encoded: tf.Tensor) -> tf.Tensor:
    """(2,) int64 height, width."""
    raw = tf.cast(tf.io.decode_raw(tf.strings.substr(encoded, 16, 8), tf.uint8), tf.int64)
    width, height = tf.unstack(
        tf.linalg.matvec(tf.reshape(raw, (2, 4)), tf.constant([1 << 24, 1 << 16, 1 << 8, 1], tf.int64))
    )
    return tf.stack([height, width])


def _jpeg_size(encoded: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.image.extract_jpeg_shape(encoded)[:2], tf.int64)
