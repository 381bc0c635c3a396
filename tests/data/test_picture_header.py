"""Sizes from headers, and no exception but ValueError whatever the bytes."""

import contextlib
import io

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data.picture_header import read_header


def _encoded(kind: str, mode: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (37, 23)).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("encoded", "kind", "grey"),
    [
        (_encoded("PNG", "RGB"), "PNG", False),
        (_encoded("PNG", "L"), "PNG", True),
        (_encoded("PNG", "P"), "PNG", False),
        (_encoded("JPEG", "RGB"), "JPEG", False),
        (_encoded("JPEG", "L", progressive=True, exif=b"Exif\0\0" + bytes(3000)), "JPEG", False),
    ],
)
def test_headers(encoded: bytes, kind: str, grey: bool) -> None:
    header = read_header(encoded)
    assert (header.kind, header.height, header.width, header.grey_bytes) == (kind, 23, 37, grey)


def test_any_bytes_give_a_header_or_a_sentence() -> None:
    rng = np.random.default_rng(0)
    for start in (_encoded("PNG", "L"), _encoded("JPEG", "RGB"), b"GIF89a", b""):
        for length in range(len(start[:200])):
            damaged = bytearray(start[:length] + rng.bytes(rng.integers(0, 30)))
            with contextlib.suppress(ValueError):
                read_header(bytes(damaged))
