"""Whether a parser's labels agree with the tags that people gave a photo of Clothing Co-Parsing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from tf_tryon.data import boxes
from tf_tryon.data import vocabulary as vocabulary_lib

LACKS: Final = "parsing lacks a tagged garment"
INVENTS: Final = "parsing invents a garment"


class _Slot(NamedTuple):
    """A kind of garment: what it is called; the tags that ask for it, and those that allow it."""

    name: str
    asked: frozenset[str]
    allowed: frozenset[str]


def _slot(name: str, asked: str, allowed: str = "") -> _Slot:
    return _Slot(name, frozenset(asked.split()), frozenset(f"{asked} {allowed}".split()))


_TROUSERS: Final = "jeans leggings pants shorts"
# A bodysuit may be a top or a dress; bra, panties and ties are too small to be asked for, and so are belts, which are
# labelled as the bottom.
_SLOTS: Final = (
    _slot("hat", "hat"),
    _slot(
        "top",
        "blazer blouse cape cardigan coat hoodie jacket jumper shirt suit sweater sweatshirt t-shirt top vest",
        "bodysuit bra intimate swimwear tie",
    ),
    _slot("bottom", f"{_TROUSERS} skirt", "belt panties swimwear"),
    _slot("dress", "dress romper", "bodysuit intimate swimwear"),
    _slot("shoes", "boots clogs flats heels loafers pumps sandals shoes sneakers wedges"),
)
_PANTS: Final = _slot("trousers", _TROUSERS, "belt panties")


def disagreement(labels: np.ndarray, vocabulary: str, tags: Sequence[str]) -> tuple[str, str]:
    """A reason, LACKS or INVENTS, and the garments; ("", "") where they agree.

    Bottoms are trousers and skirts, a dress is its own kind; which of two tops or bottoms it is doesn't matter, except
    that trousers may not stand for the tights that go with a skirt or a dress: those are legs.

    Args:
      labels: (h, w) uint8.
      vocabulary: theirs, one that has dresses.
      tags: names of the 59.
    """
    known, given = vocabulary_lib.named(vocabulary), set(tags)
    dress = np.isin(labels, known.dress_labels)
    classes = known.table()[labels]
    masks = {
        name: classes == number
        for name, number in zip(vocabulary_lib.GARMENTS, vocabulary_lib.GARMENT_CLASSES, strict=True)
    }
    masks |= {"bottom": masks["bottom"] & ~dress, "dress": dress}
    masks["trousers"] = labels == known.labels.index("pants")
    shown = {name: float(mask.mean()) >= boxes.MIN_AREA for name, mask in masks.items()}
    lacking = [slot.name for slot in _SLOTS if slot.asked & given and not shown[slot.name]]
    if lacking:
        return LACKS, ", ".join(lacking)
    invented = [slot.name for slot in (*_SLOTS, _PANTS) if shown[slot.name] and not slot.allowed & given]
    return (INVENTS, ", ".join(invented)) if invented else ("", "")
