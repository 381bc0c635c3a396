"""Format and size of a PNG or JPEG from its first bytes, without decoding: a bomb is refused before it unfolds."""

from __future__ import annotations

from typing import NamedTuple

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG markers that carry the size
_STANDALONE = {0x01, *range(0xD0, 0xD8)}


class Header(NamedTuple):
    """What a picture says of itself; grey_bytes: a PNG of 8-bit grey values."""

    kind: str
    height: int
    width: int
    grey_bytes: bool


def read_header(encoded: bytes) -> Header:
    """Header of a PNG or JPEG.

    Raises:
      ValueError: neither, or cut off before its size.
    """
    if encoded.startswith(_PNG):
        if len(encoded) <= 33 or encoded[12:16] != b"IHDR":
            raise ValueError("a PNG file that is cut off in its header")
        width, height = (int.from_bytes(encoded[i : i + 4], "big") for i in (16, 20))
        return Header("PNG", height, width, encoded[24:26] == b"\x08\x00")
    if encoded.startswith(_JPEG):
        return _jpeg(encoded)
    raise ValueError("neither a PNG nor a JPEG file (by its first bytes)")


def _jpeg(encoded: bytes) -> Header:
    place = 2
    while place + 9 < len(encoded):
        if encoded[place] != 0xFF:
            raise ValueError("a JPEG file with a damaged header")
        marker = encoded[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _STANDALONE:
            place += 2
        elif marker in _FRAMES:
            height, width = (int.from_bytes(encoded[place + i : place + i + 2], "big") for i in (5, 7))
            return Header("JPEG", height, width, False)
        else:
            place += 2 + int.from_bytes(encoded[place + 2 : place + 4], "big")
    raise ValueError("a JPEG file that is cut off in its header")
