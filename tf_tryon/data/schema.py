"""One record, a tf.train.Example: encoding a person, decoding it in Python, parsing it in the graph.

| feature | |
|---|---|
| photo | PNG or JPEG, RGB, of the manifest's size, or of its own where that has none |
| parsing | labels of `vocabulary`, grey PNG (no palette: TensorFlow would turn it into colours) |
| vocabulary | lip20, cihp20, atr18 or tryon8 |
| keypoints | 18 * 3 floats: x, y in pixels, confidence; (0, 0, 0) is missing |
| id | bytes |
| metadata | JSON |
"""

from __future__ import annotations

import io
import json
from typing import Any, Final

import numpy as np
import tensorflow as tf
from PIL import Image

from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.record_parts import decode_picture, id_and_metadata, metadata_of, parts_of

_FEATURES: Final = {
    "photo": tf.io.FixedLenFeature((), tf.string),
    "parsing": tf.io.FixedLenFeature((), tf.string),
    "vocabulary": tf.io.FixedLenFeature((), tf.string),
    "keypoints": tf.io.FixedLenFeature((18, 3), tf.float32),
    "id": tf.io.FixedLenFeature((), tf.string),
    "metadata": tf.io.FixedLenFeature((), tf.string),
}


def encode(
    photo: np.ndarray,
    labels: np.ndarray,
    keypoints: np.ndarray,
    vocabulary: str,
    identity: str,
    metadata: dict[str, Any] | None = None,
    *,
    jpeg_quality: int | None = 92,
) -> bytes:
    """One person as a serialised record.

    Args:
      photo: (H, W, 3) uint8 RGB.
      labels: (H, W) uint8 of the vocabulary.
      keypoints: (18, 3), confidence 0 = missing (then x = y = 0).
      vocabulary: lip20, cihp20, atr18 or tryon8.
      identity: unique within the data set.
      metadata: anything that JSON can hold.
      jpeg_quality: of the photo, without chroma subsampling; None stores PNG.

    Raises:
      ValueError: a shape, type, label or keypoint is wrong.
    """
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8:
        raise ValueError(f"{identity}: the photo must be (H, W, 3) uint8, not {photo.shape} {photo.dtype}")
    vocabulary_lib.check(labels, vocabulary, identity)
    if labels.shape != photo.shape[:2]:
        raise ValueError(f"{identity}: photo {photo.shape[:2]} and labels {labels.shape} differ in size")
    keypoints = np.asarray(keypoints, np.float32)
    if keypoints.shape != (18, 3) or not np.isfinite(keypoints).all():
        raise ValueError(f"{identity}: keypoints must be 18 finite (x, y, confidence), not {keypoints.shape}")
    if jpeg_quality is None:
        photo_bytes = _picture_bytes(photo, "PNG")
    else:
        photo_bytes = _picture_bytes(photo, "JPEG", quality=jpeg_quality, subsampling=0)
    texts = {
        "photo": photo_bytes,
        "parsing": _picture_bytes(labels, "PNG", optimize=True),
        "vocabulary": vocabulary.encode(),
        "id": identity.encode(),
        "metadata": json.dumps(metadata or {}, sort_keys=True).encode(),
    }
    features = {key: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value])) for key, value in texts.items()}
    features["keypoints"] = tf.train.Feature(float_list=tf.train.FloatList(value=keypoints.ravel()))
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def decode(record: bytes, source: str = "the record") -> dict[str, Any]:
    """The Python values of a record, without TensorFlow's graph: photo, labels, vocabulary, keypoints, id, metadata.

    Args:
      record: serialised.
      source: what messages call it, such as `RecordSet.place`.

    Raises:
      BadFileError: it is no such record, or a picture is damaged.
    """
    parts = parts_of(record, source)
    return {
        "photo": decode_picture(parts.photo, parts.size, "RGB", "photo", source),
        "labels": decode_picture(parts.parsing, parts.size, "L", "parsing", source),
        "vocabulary": parts.vocabulary,
        "keypoints": parts.keypoints,
        "id": parts.id,
        "metadata": metadata_of(parts.metadata, source),
    }


def decode_metadata(record: bytes, source: str = "the record") -> tuple[str, dict[str, Any]]:
    """A record's id and metadata; the pictures aren't decoded. Raises as `decode`."""
    return id_and_metadata(record, source)


def parse(record: tf.Tensor, height: int | None = None, width: int | None = None) -> dict[str, tf.Tensor]:
    """One record in the graph.

    Args:
      record: () string.
      height: of the data set's pictures, from its manifest; None: each has its own, and the static shapes are open.
      width: likewise.

    Returns:
      photo (H, W, 3) uint8; labels (H, W) uint8, classes 0..7; dress () bool; keypoints (18, 3) float32; id () string.
    """
    features = tf.io.parse_single_example(record, _FEATURES)
    photo = tf.io.decode_image(features["photo"], channels=3, expand_animations=False)
    photo = tf.ensure_shape(photo, (height, width, 3))
    labels, dress = _labels(features, height, width)
    return {
        "photo": photo,
        "labels": labels,
        "dress": dress,
        "keypoints": features["keypoints"],
        "id": features["id"],
    }


def parse_labels(record: tf.Tensor, height: int | None = None, width: int | None = None) -> tuple[tf.Tensor, tf.Tensor]:
    """Only labels and dress of `parse`: the photo isn't decoded."""
    features = tf.io.parse_single_example(record, {key: _FEATURES[key] for key in ("parsing", "vocabulary")})
    return _labels(features, height, width)


def _labels(features: dict[str, tf.Tensor], height: int | None, width: int | None) -> tuple[tf.Tensor, tf.Tensor]:
    labels = tf.io.decode_png(features["parsing"], channels=1)
    labels = tf.cast(tf.ensure_shape(labels, (height, width, 1))[..., 0], tf.int32)
    names = tf.constant(list(vocabulary_lib.RECORD_VOCABULARIES))
    return classes_and_dress(labels, tf.argmax(tf.equal(features["vocabulary"], names), output_type=tf.int32))


def classes_and_dress(labels: tf.Tensor, vocabulary: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(h, w) int32 labels of the () int32 number of a `RECORD_VOCABULARIES` -> (h, w) uint8 classes, () bool dress."""
    classes = tf.gather(tf.gather(tf.constant(_class_table()), vocabulary), labels)
    return classes, dress_in(tf.gather(tf.gather(tf.constant(_flags("dress_labels")), vocabulary), labels), classes)


def carried(labels: tf.Tensor, vocabulary: tf.Tensor) -> tf.Tensor:
    """(h, w) bool, `Vocabulary.carried`, of labels and number as for `classes_and_dress`."""
    return tf.gather(tf.gather(tf.constant(_flags("carried_labels")), vocabulary), labels)


def dress_in(dresses: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """() bool, `vocabulary.is_dress`, of pixels (h, w): bool where a label is a dress, and their classes."""
    pixels = (tf.math.count_nonzero(mask) for mask in (dresses, classes == vocabulary_lib.BOTTOM))
    return vocabulary_lib.is_dress(*pixels)


def _picture_bytes(picture: np.ndarray, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


def _class_table() -> np.ndarray:
    return np.stack([v.table() for v in vocabulary_lib.RECORD_VOCABULARIES.values()])


def _flags(kind: str) -> np.ndarray:
    """(vocabularies, 256) bool: which labels are among a vocabulary's of that kind."""
    every = np.arange(256)
    return np.stack([np.isin(every, getattr(known, kind)) for known in vocabulary_lib.RECORD_VOCABULARIES.values()])
