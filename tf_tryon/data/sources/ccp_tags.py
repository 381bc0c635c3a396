"""A parser's labels against the tags that people gave a photo of Clothing Co-Parsing.

Tags know better than a parser what a garment is called, and nothing of where it is. So names are corrected where the
tags leave one choice (`corrected`), and what then still differs is a reason to reject the photo (`disagreement`).
"""

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
    required: frozenset[str]
    allowed: frozenset[str]


def _slot(name: str, required: str, allowed: str = "") -> _Slot:
    return _Slot(name, frozenset(required.split()), frozenset(f"{required} {allowed}".split()))


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


# CIHP-20, the built-in parser's vocabulary.
_HAT, _HAIR, _TOPS, _DRESS, _TROUSER, _SKIRT = 1, 2, (5, 7), 6, 9, 12
_STRAY: Final = 0.02  # of the person: a hat of which that little is seen is taken for hair


def corrected(labels: np.ndarray, tags: Sequence[str]) -> np.ndarray:
    """Labels with the tagged names.

    - Trousers, skirts and dresses that are not tagged become the one of the three that is. Trousers stay where tights
      or stockings are tagged: they are legs then, and where the skirt ends isn't known.
    - Who wears a dress and no other garment but shoes and hat has no top: that is the dress's.
    - Traces of a hat that is not tagged are hair.

    Args:
      labels: (h, w) uint8 of CIHP-20; not changed.
      tags: names of the 59.
    """
    given, out = set(tags), labels.copy()
    top, bottom, dress = (slot.required & given for slot in _SLOTS[1:4])
    unclear = given & {"bodysuit", "intimate", "swimwear"}
    names = [
        label
        for label, worn in ((_TROUSER, _PANTS.required & given), (_SKIRT, "skirt" in given), (_DRESS, dress))
        if worn
    ]
    if len(names) == 1 and not unclear:
        wrong = np.isin(labels, [label for label in (_TROUSER, _SKIRT, _DRESS) if label != names[0]])
        if given & {"tights", "stockings"}:
            wrong &= labels != _TROUSER
        out[wrong] = names[0]
    if dress and not (top or bottom or unclear):
        out[np.isin(labels, _TOPS)] = _DRESS
    hat = labels == _HAT
    if "hat" not in given and hat.sum() < _STRAY * max(int((labels > 0).sum()), 1):
        out[hat] = _HAIR
    return out


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
    lacking = [slot.name for slot in _SLOTS if slot.required & given and not shown[slot.name]]
    if lacking:
        return LACKS, ", ".join(lacking)
    invented = [slot.name for slot in (*_SLOTS, _PANTS) if shown[slot.name] and not slot.allowed & given]
    return (INVENTS, ", ".join(invented)) if invented else ("", "")
