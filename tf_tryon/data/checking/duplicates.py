"""Photos that look the same: a perceptual hash finds candidates, small pictures confirm them.

The hash is the signs of a grey picture's lowest cosine frequencies (pHash, Zauner 2010), 63 bits: scaling, compression
and slight changes of light leave it as it is. Studio's people before their plain backdrop have much in common, so a
pair also needs alike thumbnails.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from PIL import Image
from scipy import fft, sparse

_SIDE: Final = 8  # frequencies in each direction
_THUMBNAIL: Final = 16
MAX_BITS: Final = 6  # of 63, that may differ
MAX_DIFFERENCE: Final = 4.0  # mean absolute, of 255, between thumbnails
_ROWS: Final = 512


class Look(NamedTuple):
    """A photo's hash, and its thumbnail (16, 16, 3) uint8."""

    bits: int
    thumbnail: np.ndarray


def look(photo: np.ndarray) -> Look:
    """Of a (H, W, 3) uint8 photo."""
    image = Image.fromarray(photo)
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.BOX), np.float32)
    low = fft.dctn(grey, norm="ortho")[:_SIDE, :_SIDE].ravel()[1:]
    bits = np.packbits(np.append(low > 0, False)).tobytes()
    return Look(int.from_bytes(bits, "little"), np.asarray(image.resize((_THUMBNAIL,) * 2, Image.Resampling.BOX)))


def _ones(bits: np.ndarray) -> np.ndarray:
    """How many bits of each uint64 are set, as `np.bitwise_count`, which numpy has since 2."""
    pairs, nibbles, octets, sums = map(
        np.uint64, (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x0101010101010101)
    )
    one, two, four = map(np.uint64, (1, 2, 4))
    bits = bits - ((bits >> one) & pairs)
    bits = (bits & nibbles) + ((bits >> two) & nibbles)
    bits = (bits + (bits >> four)) & octets
    return (bits * sums) >> np.uint64(56)


def groups(looks: Sequence[Look]) -> list[list[int]]:
    """Positions of photos that look the same, each group ascending, in order of their first."""
    if len(looks) < 2:
        return []
    bits = np.array([one.bits for one in looks], np.uint64)
    thumbnails = np.stack([one.thumbnail for one in looks]).reshape(len(looks), -1)
    pairs = []
    for start in range(0, len(bits), _ROWS):
        distance = _ones(bits[start : start + _ROWS, None] ^ bits[None, start:])
        first, second = np.nonzero(distance <= MAX_BITS)
        first, second = (ends[second > first] + start for ends in (first, second))
        for part in range(0, len(first), 1 << 16):  # candidates can be many
            one, other = first[part : part + (1 << 16)], second[part : part + (1 << 16)]
            apart = np.abs(thumbnails[one].astype(np.int16) - thumbnails[other]).mean(axis=1)
            pairs += [(one[apart <= MAX_DIFFERENCE], other[apart <= MAX_DIFFERENCE])]
    if not pairs:
        return []
    first, second = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
    graph = sparse.coo_array((np.ones(len(first), bool), (first, second)), (len(bits), len(bits)))
    _, component = sparse.csgraph.connected_components(graph, directed=False)
    members: dict[int, list[int]] = {}
    for position in np.unique(np.concatenate([first, second])):
        members.setdefault(int(component[position]), []).append(int(position))
    return sorted(members.values())
