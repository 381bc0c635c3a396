"""Label vocabularies of human parsing, and the project's 8 classes that all of them map to.

The 8 classes stand in docs/method.md, section 2, in channel order. Choices that the section leaves open:
- belts belong to the bottom (a hole at the waist would split it), ties to the top;
- bags, scarves, gloves and socks are background; `carried_labels` names those of them that are before the clothes;
- rings, bracelets and necklaces are upper-body skin, earrings and glasses face;
- dresses, jumpsuits and rompers are bottoms; `dress_labels` names them, as they cover more than a bottom.

A label picture is one byte a pixel. Records hold LIP-20, CIHP-20, ATR-18 or the 8 classes. Others are first rewritten
as CIHP-20 (`to_record`): DeepFashion-MultiModal's 24 have one skin for the whole body, which keypoints divide;
CP-VTON+'s 21 are LIP-20 with 20, the skin of neck and chest.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import numpy as np

CLASSES: Final = ("background", "face and hair", "upper-body skin", "lower-body skin", "hat", "top", "bottom", "shoes")
BACKGROUND, FACE, UPPER_SKIN, LOWER_SKIN, HAT, TOP, BOTTOM, SHOES = range(8)
GARMENTS: Final = ("hat", "top", "bottom", "shoes")
GARMENT_CLASSES: Final = (HAT, TOP, BOTTOM, SHOES)  # of the slots, which follow one another (`class_of`)
# The skin that each garment may uncover, by garment slot.
UNCOVERED: Final = (None, UPPER_SKIN, LOWER_SKIN, None)
# What can be asked for: a dress is a bottom of its own kind, which takes trunk, arms and legs along.
DRESS: Final = "dress"
TARGETS: Final = (*GARMENTS, DRESS)
# Of the person: a garment of fewer pixels is a speck of the parsing, and nobody wears it.
SPECK: Final = 0.002
UNKNOWN: Final = 255

# Display colours of the 8 classes, RGB.
PALETTE: Final = np.array(
    [
        [238, 237, 232],
        [150, 106, 82],
        [236, 184, 150],
        [219, 150, 122],
        [142, 104, 178],
        [63, 127, 176],
        [86, 160, 112],
        [52, 62, 84],
    ],
    np.uint8,
)


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Names of labels 0, 1, ..., their class each, and which of them are dresses, and which bags, gloves or scarves."""

    name: str
    labels: tuple[str, ...]
    classes: tuple[int, ...]
    dress_labels: tuple[int, ...] = ()
    carried_labels: tuple[int, ...] = ()

    def table(self) -> np.ndarray:
        """(256,) uint8: label -> class, `UNKNOWN` where the vocabulary has no such label."""
        table = np.full(256, UNKNOWN, np.uint8)
        table[: len(self.classes)] = self.classes
        return table

    def shows_dress(self, labels: np.ndarray) -> bool:
        """Whether the bottom of labels (h, w) is a dress, see `is_dress`."""
        bottoms = self.table()[labels] == BOTTOM
        return bool(is_dress(int(np.isin(labels, self.dress_labels).sum()), int(bottoms.sum())))

    def carried(self, labels: np.ndarray) -> np.ndarray | None:
        """(h, w) bool, bags, gloves and scarves in labels (h, w); None: the vocabulary doesn't tell them."""
        return np.isin(labels, self.carried_labels) if self.carried_labels else None


def _twenty(tenth: str) -> tuple[str, ...]:
    names = (
        f"background hat hair glove sunglasses upper-clothes dress coat socks pants {tenth} scarf skirt face left-arm "
        "right-arm left-leg right-leg left-shoe right-shoe"
    )
    return tuple(names.split())


_ATR = (
    "background hat hair sunglasses upper-clothes skirt pants dress belt left-shoe right-shoe face left-leg right-leg "
    "left-arm right-arm bag scarf"
)
_MM = (
    "background top outer skirt dress pants leggings headwear eyeglass neckwear belt footwear bag hair face skin ring "
    "wrist-wearing socks gloves necklace rompers earrings tie"
)

LIP20: Final = Vocabulary(
    "lip20", _twenty("jumpsuits"), (0, 4, 1, 0, 1, 5, 6, 5, 0, 6, 6, 0, 6, 1, 2, 2, 3, 3, 7, 7), (6, 10), (3, 11)
)
CIHP20: Final = Vocabulary(
    "cihp20", _twenty("torso-skin"), (0, 4, 1, 0, 1, 5, 6, 5, 0, 6, 2, 0, 6, 1, 2, 2, 3, 3, 7, 7), (6,), (3, 11)
)
ATR18: Final = Vocabulary(
    "atr18", tuple(_ATR.split()), (0, 4, 1, 1, 5, 6, 6, 6, 6, 7, 7, 1, 3, 3, 2, 2, 0, 0), (7,), (16, 17)
)
TRYON8: Final = Vocabulary("tryon8", CLASSES, tuple(range(8)))
RECORD_VOCABULARIES: Final = {v.name: v for v in (LIP20, CIHP20, ATR18, TRYON8)}
MM24_LABELS: Final = tuple(_MM.split())
VOCABULARIES: Final = (*RECORD_VOCABULARIES, "mm24", "lip21")

# DeepFashion-MultiModal -> CIHP-20, skin aside; bags are gloves, CIHP-20's only label for what hands hold.
_MM24_TO_CIHP20 = (0, 5, 7, 12, 6, 9, 9, 1, 4, 11, 9, 18, 3, 2, 13, 10, 10, 10, 8, 3, 10, 6, 13, 5)
_MM24_SKIN = 15

# From this part of the person on, label 10 of LIP-20 or CIHP-20 is taken for a jumpsuit in a message; neck and chest
# are less.
_JUMPSUIT = 0.15

# Entries 1, 2, 5 and 9 of the palette that LIP's and CIHP's own pictures carry; it doesn't tell the two apart.
_LIP_COLOURS = {1: (128, 0, 0), 2: (255, 0, 0), 5: (255, 85, 0), 9: (0, 85, 85), 13: (0, 0, 255), 18: (255, 255, 0)}


def is_dress(dresses: Any, bottoms: Any) -> Any:
    """Whether a bottom is a dress, by its pixels (numbers or scalar tensors): those called so are at least half.

    Fewer are a parser's doubt, and a few of them must not turn trousers into a dress.
    """
    return (dresses > 0) & (2 * dresses >= bottoms)


def class_of(slots: Any) -> Any:
    """The classes of garment slots: of a number, or of whole numbers in an array or tensor."""
    return slots + HAT


def slot_of(target: str) -> int:
    """Garment slot 0..3 of something in TARGETS; a dress is in the bottom's.

    Raises:
      ValueError: unknown; lists what there is.
    """
    if target not in TARGETS:
        raise ValueError(f"unknown garment {target!r}: choose one of {', '.join(TARGETS)}")
    return GARMENTS.index("bottom" if target == DRESS else target)


def gone_classes(target: str) -> tuple[int, ...]:
    """Classes that go with an erased garment: its own, and the skin that it may uncover."""
    slot = slot_of(target)
    skins = (LOWER_SKIN, UPPER_SKIN) if target == DRESS else (UNCOVERED[slot],)
    return (GARMENT_CLASSES[slot], *(skin for skin in skins if skin is not None))


def garments_shown(labels: np.ndarray) -> list[str]:
    """Garments of classes (h, w) that are more than specks beside the person."""
    least = SPECK * max(int((labels > 0).sum()), 1)
    return [name for name, label in zip(GARMENTS, GARMENT_CLASSES, strict=True) if (labels == label).sum() >= least]


def worn_targets(labels: np.ndarray, dress: bool) -> tuple[str, ...]:
    """What of TARGETS classes (h, w) show, specks aside; a bottom that is a dress is no "bottom"."""
    return tuple(DRESS if dress and name == "bottom" else name for name in garments_shown(labels))


def named(name: str, source: str = "") -> Vocabulary:
    """A record's vocabulary by name; ValueError lists the names."""
    if name not in RECORD_VOCABULARIES:
        raise ValueError(f"{_of(source)}unknown vocabulary {name!r}: choose one of {', '.join(RECORD_VOCABULARIES)}")
    return RECORD_VOCABULARIES[name]


def detect(labels: np.ndarray, palette: np.ndarray | None = None, source: str = "") -> str:
    """Name of the vocabulary of a label picture, where its values or its palette tell (`candidates`).

    Args:
      labels: (H, W) uint8.
      palette: (n, 3) uint8 of a palette PNG, if there is one.
      source: the file, for messages.

    Raises:
      ValueError: ambiguous, or not a label picture; the message says what to name.
    """
    possible = candidates(labels, palette, source)
    if len(possible) == 1:
        return possible[0]
    raise ValueError(f"{_of(source)}{ambiguity(labels, possible)}")


def candidates(labels: np.ndarray, palette: np.ndarray | None = None, source: str = "") -> tuple[str, ...]:
    """The vocabularies that a label picture may have, by its values and its palette.

    Values up to 7 are the 8 classes (every larger vocabulary has the face above 7). Values 21 to 23 exist only in
    DeepFashion-MultiModal; 20 alone is its necklace or CP-VTON+'s neck. Values 18 and 19, or LIP's palette, mean LIP-20
    or CIHP-20, which differ in label 10 alone: without label 10 "cihp20" serves both. (A MultiModal picture whose
    highest label is socks or gloves looks like these: name it.)

    Args:
      labels: (H, W) uint8.
      palette: (n, 3) uint8 of a palette PNG, if there is one.
      source: the file, for messages.

    Raises:
      ValueError: not a label picture.
    """
    top = int(labels.max())
    if top > 23:
        raise ValueError(
            f"{_of(source)}label {top} belongs to no vocabulary (the largest is 23): the picture seems to hold "
            "colours or grey values; save label indices, one byte a pixel"
        )
    if top > 20:
        return ("mm24",)
    if top == 20:
        return "lip21", "mm24"
    if top <= 7 and not _has_lip_palette(palette, labels):
        return ("tryon8",)
    if top >= 18 or _has_lip_palette(palette, labels):
        return ("lip20", "cihp20") if (labels == 10).any() else ("cihp20",)
    return VOCABULARIES


def ambiguity(labels: np.ndarray, possible: tuple[str, ...]) -> str:
    """Why several vocabularies are possible, and how to tell which it is, as a sentence without its end."""
    if possible == ("lip20", "cihp20"):
        return _tenth(labels)
    if possible == ("lip21", "mm24"):
        return (
            "label 20 is the neck's skin in CP-VTON+'s labels (lip21) and a necklace in DeepFashion-MultiModal's "
            "(mm24): give the right one by --vocabulary, or in Python as `vocabulary`"
        )
    faces = "1 in tryon8, 11 in atr18, 13 in lip20, lip21 and cihp20, 14 in mm24"
    return (
        f"labels up to {int(labels.max())} fit several vocabularies: look which label the face has ({faces}) and give "
        "it by --vocabulary, or in Python as `vocabulary`"
    )


def _tenth(labels: np.ndarray) -> str:
    """How to choose between LIP-20 and CIHP-20, whose only difference is in the picture."""
    share = (labels == 10).sum() / max((labels > 0).sum(), 1)
    likely, other, kind = ("cihp20", "lip20", "skin") if share < _JUMPSUIT else ("lip20", "cihp20", "a garment")
    return (
        f"label 10 is jumpsuits in LIP-20 and torso skin in CIHP-20. Here it is {share:.0%} of the person, as {kind} "
        f"would be: if it lies {'between face and clothes' if kind == 'skin' else 'over trunk and legs'}, give "
        f"--vocabulary {likely} (in Python vocabulary={likely!r}), else {other}"
    )


def check(labels: np.ndarray, vocabulary: str, source: str = "") -> None:
    """Raise ValueError unless `labels` is an (H, W) uint8 picture of the record vocabulary `vocabulary`."""
    known = named(vocabulary, source)
    if labels.ndim != 2 or labels.dtype != np.uint8:
        raise ValueError(f"{_of(source)}labels must be (H, W) uint8, not {labels.shape} {labels.dtype}")
    top = int(labels.max(initial=0))
    if top >= len(known.labels):
        last = len(known.labels) - 1
        raise ValueError(f"{_of(source)}label {top} is not in {vocabulary} (0 to {last}): name the right vocabulary")


def to_classes(labels: np.ndarray, vocabulary: str, source: str = "") -> np.ndarray:
    """(H, W) uint8 labels of a record vocabulary -> (H, W) uint8 classes 0..7."""
    check(labels, vocabulary, source)
    return named(vocabulary).table()[labels]


def to_record(labels: np.ndarray, vocabulary: str, keypoints: np.ndarray, source: str = "") -> tuple[np.ndarray, str]:
    """Labels of any vocabulary as those of a record's, and its name.

    Args:
      labels: (H, W) uint8.
      vocabulary: one of VOCABULARIES.
      keypoints: (18, 3), confidence 0 = missing, for one skin of the whole body.
      source: the file, for messages.

    Raises:
      ValueError: they are not of that vocabulary.
    """
    if vocabulary == "mm24":
        return mm24_to_cihp20(labels, keypoints, source), "cihp20"
    if vocabulary == "lip21":
        return lip21_to_cihp20(labels, source), "cihp20"
    check(labels, vocabulary, source)
    return labels, vocabulary


def lip21_to_cihp20(labels: np.ndarray, source: str = "") -> np.ndarray:
    """(H, W) uint8 of CP-VTON+'s labels, LIP-20 with the neck's skin as 20, as CIHP-20; jumpsuits become dresses."""
    if labels.ndim != 2 or int(labels.max(initial=0)) > 20:
        raise ValueError(f"{_of(source)}not a label picture of CP-VTON+: (H, W) of 0 to 20 is expected")
    table = np.arange(256, dtype=np.uint8)
    table[[10, 20]] = 6, 10
    return table[labels]


def mm24_to_cihp20(labels: np.ndarray, keypoints: np.ndarray, source: str = "") -> np.ndarray:
    """DeepFashion-MultiModal labels as CIHP-20, the one skin split into torso and leg.

    Skin above the hips is upper. Below, it is a leg's, except where a forearm or hand hangs nearer than a leg does.
    Without hip keypoints the topmost knee or ankle draws the line, and without those all skin is upper. Sides (left,
    right) are not known: arms become torso skin, legs and shoes left ones, which the 8 classes don't tell apart.

    Args:
      labels: (H, W) uint8, 0..23.
      keypoints: (18, 3), confidence 0 = missing.
    """
    if labels.ndim != 2 or int(labels.max(initial=0)) >= len(MM24_LABELS):
        raise ValueError(f"{_of(source)}not a DeepFashion-MultiModal label picture: (H, W) of 0 to 23 is expected")
    out = np.array(_MM24_TO_CIHP20, np.uint8)[labels]
    legs = [keypoints[i] for i in (8, 11) if keypoints[i, 2] > 0]
    legs = legs or [keypoints[i] for i in (9, 10, 12, 13) if keypoints[i, 2] > 0]
    if not legs:
        return out
    line = np.mean([p[1] for p in legs]) if keypoints[[8, 11], 2].any() else min(p[1] for p in legs)
    rows, columns = np.nonzero(labels == _MM24_SKIN)
    below = rows + 0.5 > line
    points = np.stack([columns[below], rows[below]], -1) + 0.5
    arm = _distance(points, keypoints, ((3, 4), (6, 7)), beyond=0.4)  # fingers reach beyond the wrist
    leg = _distance(points, keypoints, ((8, 9), (9, 10), (11, 12), (12, 13)), beyond=0.0)
    lower = np.flatnonzero(below)[leg <= arm] if np.isfinite(leg).any() else np.flatnonzero(below)
    out[rows[lower], columns[lower]] = 16
    return out


def _distance(
    points: np.ndarray, keypoints: np.ndarray, limbs: tuple[tuple[int, int], ...], beyond: float
) -> np.ndarray:
    """Distance of (n, 2) points to the nearest limb, each prolonged by a part `beyond`; infinite without limbs."""
    nearest = np.full(len(points), np.inf)
    for a, b in limbs:
        if min(keypoints[a, 2], keypoints[b, 2]) <= 0:
            continue
        start, along = keypoints[a, :2], (keypoints[b, :2] - keypoints[a, :2]) * (1 + beyond)
        part = np.clip((points - start) @ along / max(along @ along, 1e-6), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(points - start - part[:, None] * along, axis=1))
    return nearest


def colour(classes: np.ndarray) -> np.ndarray:
    """(..., ) classes 0..7 -> (..., 3) uint8 display colours."""
    return PALETTE[classes]


def _has_lip_palette(palette: np.ndarray | None, labels: np.ndarray) -> bool:
    """Whether every label that tells has its LIP colour (some files carry colours only for labels in use)."""
    if palette is None:
        return False
    present = [i for i in _LIP_COLOURS if i < len(palette) and (labels == i).any()]
    return bool(present) and all(tuple(palette[i]) == _LIP_COLOURS[i] for i in present)


def _of(source: str) -> str:
    return f"{source}: " if source else ""
