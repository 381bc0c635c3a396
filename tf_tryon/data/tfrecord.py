"""The TFRecord frame and its checksums, in numpy: what random access needs and TensorFlow offers only for streams.

A record is `uint64 length, uint32 masked CRC-32C of length, payload, uint32 masked CRC-32C of payload`, little endian.
CRC-32C is linear over GF(2): a block's checksum is the XOR of one table entry per byte, where the table depends on
the byte's distance from the block's end. So a payload costs one gather per block instead of a Python loop over bytes.
Source: tensorflow/core/lib/io/record_writer.h; the polynomial is Castagnoli's (RFC 3720, appendix B.4).
"""

from __future__ import annotations

import functools
import struct

import numpy as np

HEADER = 12
FOOTER = 4
_BLOCK = 1024
_POLYNOMIAL = 0x82F63B78


def crc32c(data: bytes | memoryview | np.ndarray) -> int:
    """CRC-32C of bytes; crc32c(b"123456789") == 0xE3069283."""
    data = np.frombuffer(data, np.uint8)
    tables = _tables()
    position = np.arange(_BLOCK)
    crc = 0xFFFFFFFF
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        count = len(block)
        # The running checksum is XORed into the first four bytes; a shorter block shifts out only what it has.
        folded = block[:4] ^ np.frombuffer(struct.pack("<I", crc), np.uint8)[:count]
        rest = crc >> (8 * count) if count < 4 else 0
        distance = count - 1 - position[:count]
        value = np.bitwise_xor.reduce(tables[distance[4:], block[4:]]) if count > 4 else np.uint32(0)
        value ^= np.bitwise_xor.reduce(tables[distance[:4], folded])
        crc = int(value) ^ rest
    return crc ^ 0xFFFFFFFF


def masked_crc32c(data: bytes | memoryview | np.ndarray) -> int:
    """The rotated and offset checksum that TFRecord files store."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def frame(payload: bytes) -> bytes:
    """One record as it stands in a file."""
    length = struct.pack("<Q", len(payload))
    checks = [struct.pack("<I", masked_crc32c(part)) for part in (length, payload)]
    return b"".join((length, checks[0], payload, checks[1]))


def unframe(data: np.ndarray, offset: int, length: int) -> bytes:
    """The payload of the record at `offset` of a shard's bytes.

    Args:
      data: uint8, a whole shard (memory-mapped).
      offset: where the record's header starts.
      length: the payload's length according to the index.

    Raises:
      ValueError: lengths disagree or a checksum fails; the message says which.
    """
    stop = offset + HEADER + length
    if offset < 0 or stop + FOOTER > len(data):
        raise ValueError(f"the shard ends at byte {len(data)}, the record at {stop + FOOTER}")
    stored, length_crc = struct.unpack("<QI", data[offset : offset + HEADER].tobytes())
    if length_crc != masked_crc32c(struct.pack("<Q", stored)):
        raise ValueError("the checksum of the record's length is wrong")
    if stored != length:
        raise ValueError(f"the record has {stored} bytes, the index says {length}")
    payload = data[offset + HEADER : stop].tobytes()
    if struct.unpack("<I", data[stop : stop + FOOTER].tobytes())[0] != masked_crc32c(payload):
        raise ValueError("the checksum of the record's data is wrong")
    return payload


@functools.cache
def _tables() -> np.ndarray:
    """(1024, 256) uint32: the checksum's change by a byte that k bytes follow."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(_POLYNOMIAL), table >> 1)
    tables = np.empty((_BLOCK, 256), np.uint32)
    tables[0] = table
    for k in range(1, _BLOCK):
        tables[k] = tables[k - 1] >> 8 ^ table[tables[k - 1] & 255]
    return tables
