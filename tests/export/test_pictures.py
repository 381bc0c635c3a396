"""Decoding in the graph gives the pixels that everybody else sees."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_tryon.data.vocabulary import LIP20
from tf_tryon.export import pictures


def _encoded(picture: np.ndarray, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("JPEG", {"quality": 90}), ("JPEG", {"quality": 60, "subsampling": 2, "progressive": True})],
)
@pytest.mark.parametrize("shape", [(37, 53, 3), (40, 24)])
def test_photos_are_pillows(kind: str, options: dict, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    encoded = _encoded(picture, kind, **options)
    decoded = pictures.decode_photo(tf.constant(encoded), 10_000).numpy()
    np.testing.assert_array_equal(decoded, np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB")))


def test_labels_and_their_vocabulary() -> None:
    labels = np.arange(20, dtype=np.uint8).repeat(3).reshape(10, 6)
    decoded = pictures.decode_labels(tf.constant(_encoded(labels, "PNG")), 10_000, "parsing_bytes")
    classes, dress, carried = pictures.to_classes(decoded, tf.constant("lip20"), "parsing_bytes")
    np.testing.assert_array_equal(classes, LIP20.table()[labels])
    assert bool(dress)
    np.testing.assert_array_equal(carried, LIP20.carried(labels))
    np.testing.assert_array_equal(Image.open(io.BytesIO(pictures.encode_png(decoded).numpy())), labels)
