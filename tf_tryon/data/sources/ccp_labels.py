"""The 59 labels of Clothing Co-Parsing as CIHP-20's: names one by one, skin and sides by the pose.

What the data set's pictures show of the doubtful names decided:
- cape, cardigan, blazer, coat, jacket and suit (the jacket of one) are coats; vest and jumper (a pullover) are tops;
- a dress stays a dress and a romper becomes one, as both cover more than a bottom; a bodysuit is a dress where it
  reaches far below the hips, else a top;
- tights and stockings are legs, as they show their shape; what is called tights above the hips is a top;
- a belt belongs to the bottom; a necklace is the torso's skin, bracelet, ring and watch the arm's, earrings hair, as in
  the other vocabularies;
- bags, purses and wallets are gloves, as CIHP-20 has no other label for what hands hold: they are before the person,
  and a segmenter takes them for a part of the person. With gloves, scarves and socks they end as background of the 8
  classes.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.data.sources import skin

_ALL: Final = (
    "null accessories bag belt blazer blouse bodysuit boots bra bracelet cape cardigan clogs coat dress earrings flats "
    "glasses gloves hair hat heels hoodie intimate jacket jeans jumper leggings loafers necklace panties pants pumps "
    "purse ring romper sandals scarf shirt shoes shorts skin skirt sneakers socks stockings suit sunglasses sweater "
    "sweatshirt swimwear t-shirt tie tights top vest wallet watch wedges"
)
NAMES: Final = tuple(_ALL.split())
_HAT, _HAIR, _GLOVE, _GLASSES, _UPPER, _DRESS, _COAT, _SOCKS, _PANTS, _TORSO, _SCARF, _SKIRT, _FACE = range(1, 14)
_ARMS, _LEGS, _SHOES = (15, 14), (17, 16), (19, 18)  # right and left, as in `skin.ARMS` and `skin.LEGS`
_SKIN_PARTS: Final = np.array([_FACE, _TORSO, *_ARMS, *_LEGS], np.uint8)

_TO_CIHP20: Final = {
    0: "null accessories",
    _HAT: "hat",
    _HAIR: "hair earrings",
    _GLOVE: "gloves bag purse wallet",
    _GLASSES: "glasses sunglasses",
    _UPPER: "blouse bodysuit bra hoodie intimate jumper shirt sweater sweatshirt t-shirt tie top vest",
    _DRESS: "dress romper swimwear",
    _COAT: "blazer cape cardigan coat jacket suit",
    _SOCKS: "socks",
    _PANTS: "belt jeans leggings panties pants shorts",
    _TORSO: "necklace",
    _SCARF: "scarf",
    _SKIRT: "skirt",
    _SHOES[0]: "boots clogs flats heels loafers pumps sandals shoes sneakers wedges",
    # For these the pose has the last word.
    _FACE: "skin",
    _ARMS[0]: "bracelet ring watch",
    _LEGS[0]: "stockings tights",
}
_FAR_BELOW: Final = 0.35  # of the way from the hips to the knees: what reaches further is no top


def numbers(*names: str) -> list[int]:
    """Labels by name."""
    return [NAMES.index(name) for name in names]


def to_cihp20(labels: np.ndarray, keypoints: np.ndarray, source: str = "") -> np.ndarray:
    """(h, w) uint8 labels 0..58 -> (h, w) uint8 of CIHP-20.

    Args:
      labels: of a photo.
      keypoints: (18, 3) of the same photo, confidence 0 = missing.
      source: for messages.

    Raises:
      ValueError: other labels.
    """
    if labels.ndim != 2 or int(labels.max(initial=0)) >= len(NAMES):
        raise ValueError(f"{source or 'labels'}: (h, w) of labels 0 to {len(NAMES) - 1} is expected")
    out = _table()[labels]
    _divide(out, out == _SHOES[0], keypoints, skin.LEGS, _SHOES)
    _divide(out, out == _ARMS[0], keypoints, skin.ARMS, _ARMS)
    _divide(out, out == _LEGS[0], keypoints, skin.LEGS, _LEGS)
    bare = labels == NAMES.index("skin")
    out[bare] = _SKIN_PARTS[skin.part_of_skin(bare, keypoints)]
    _judge_by_length(out, labels, keypoints)
    return out


def _divide(out: np.ndarray, mask: np.ndarray, keypoints: np.ndarray, limbs: tuple, sides: tuple[int, int]) -> None:
    """Right and left of what comes in pairs."""
    out[mask] = np.array(sides, np.uint8)[skin.nearest(mask, keypoints, limbs)]


def _judge_by_length(out: np.ndarray, labels: np.ndarray, keypoints: np.ndarray) -> None:
    """Names that the data set uses for several things."""
    hips = skin.hips(keypoints)
    if hips is None:
        return
    knees = [keypoints[i, 1] for i in (9, 12) if keypoints[i, 2] > 0]
    suit = labels == NAMES.index("bodysuit")
    if knees and suit.any():
        lowest = np.percentile(np.nonzero(suit)[0], 98)
        if lowest > hips[1] + _FAR_BELOW * (np.mean(knees) - hips[1]):
            out[suit] = _DRESS
    tights = np.isin(labels, numbers("tights", "stockings"))
    tights[int(hips[1]) :] = False
    out[tights] = _UPPER


def _table() -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for label, names in _TO_CIHP20.items():
        table[numbers(*names.split())] = label
    return table
