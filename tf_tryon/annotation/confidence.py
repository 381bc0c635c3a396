"""How far a garment of a parsing can be trusted: the overlap with the truth that the probabilities lead one to expect,
and whether the labels agree with the pose.

    expected IoU = sum_A p / (|A| + sum_(not A) p)

A: the garment's pixels, p: the probability of its class. Unlike the mean of p over A it also sees what is missing.
Legs are looked at from hip over knee to ankle. It counts against the bottom if it starts again below bare skin or
reaches down one leg much further than the other, and against the shoes if they stand at one ankle only, or at none. If
the photo shows no hips it is closer than any that the network was trained on, which counts against every garment.

What a network expects of itself is more than what it gets; a line for each garment, fitted to photos that it was not
trained on (`parser_calibration.py`), takes the one to the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.vocabulary import BOTTOM, GARMENT_CLASSES, GARMENTS, LOWER_SKIN, SHOES

# Of each garment; below it the user is warned. Chosen on photos: see the parser's model card. Few wear hats, so a
# hat below its own is taken for hair: most that are seen so faintly are, on photos kept back from training all.
MIN_CONFIDENCE: Final = {"hat": 0.45, "top": 0.45, "bottom": 0.3, "shoes": 0.35}
_CLASSES: Final = np.array(vocabulary_lib.CIHP20.classes)
_NECK, _HIPS = 1, (8, 11)
_LEGS: Final = ((8, 9, 10), (11, 12, 13))  # hip, knee, ankle
_SAMPLES: Final = 24  # places along a leg
_RUN: Final = 2  # places that are no accident
_UNEVEN: Final = 0.25  # of a leg: the two legs of a bottom differ by less
_FOOT: Final = 0.6  # of the shank: a shoe is that near to its ankle
_DOUBT: Final = 0.5  # factor of a garment's confidence if the pose speaks against it


def garment_confidences(
    labels: np.ndarray,
    probabilities: np.ndarray,
    keypoints: np.ndarray | None = None,
    calibration: np.ndarray | None = None,
) -> dict[str, float]:
    """In [0, 1] for each garment that is shown.

    Args:
      labels: (n, m) uint8 of CIHP-20.
      probabilities: (n, m, 20).
      keypoints: (18, 3), x and y in pixels, confidence 0 = missing; None: unknown.
      calibration: (4, 2) offset and slope of each garment's line; None: as expected.
    """
    classes, shown = _CLASSES[labels], {}
    for name, number in zip(GARMENTS, GARMENT_CLASSES, strict=True):
        area = classes == number
        if area.any():
            p = probabilities[..., number == _CLASSES].sum(axis=-1)
            shown[name] = float(p[area].sum() / (area.sum() + p[~area].sum()))
    for name in () if keypoints is None else _contradicted(classes, keypoints):
        if name in shown:
            shown[name] *= _DOUBT
    if calibration is not None:
        for name, (offset, slope) in zip(GARMENTS, calibration, strict=True):
            if name in shown:
                shown[name] = float(np.clip(offset + slope * shown[name], 0, 1))
    return shown


def _contradicted(classes: np.ndarray, keypoints: np.ndarray) -> set[str]:
    """Garments that the pose speaks against."""
    if keypoints[_NECK, 2] > 0 and not keypoints[list(_HIPS), 2].any():
        return set(GARMENTS)
    legs = [keypoints[list(leg)] for leg in _LEGS if (keypoints[list(leg), 2] > 0).all()]
    slots = set()
    along = [_along(classes, leg) for leg in legs]
    worn = [float((leg == BOTTOM).mean()) for leg in along]
    if any(map(_starts_again, along)) or (len(worn) == 2 and abs(worn[0] - worn[1]) > _UNEVEN):
        slots.add("bottom")
    if legs and not all(_shod(classes, leg) for leg in legs):
        slots.add("shoes")
    return slots


def _along(classes: np.ndarray, leg: np.ndarray) -> np.ndarray:
    """(2 * _SAMPLES,) classes from the hip over the knee to the ankle."""
    part = np.linspace(0, 1, _SAMPLES)[:, None]
    places = np.concatenate([a + (b - a) * part for a, b in zip(leg[:-1, :2], leg[1:, :2], strict=True)])
    x, y = np.clip(places.astype(int), 0, np.array(classes.shape[::-1]) - 1).T
    return classes[y, x]


def _starts_again(along: np.ndarray) -> bool:
    """Whether the bottom is seen again below bare skin."""
    skin, bottom = (_runs(along == number) for number in (LOWER_SKIN, BOTTOM))
    return bool(skin.any() and bottom[np.argmax(skin) :].any())


def _runs(flags: np.ndarray) -> np.ndarray:
    """Where at least `_RUN` flags in a row are set."""
    windows = np.lib.stride_tricks.sliding_window_view(flags, _RUN)
    return windows.all(axis=1)


def _shod(classes: np.ndarray, leg: np.ndarray) -> bool:
    """Whether shoes are seen near the ankle."""
    _, knee, ankle = leg[:, :2]
    reach = _FOOT * float(np.hypot(*(ankle - knee)))
    rows, columns = np.nonzero(classes == SHOES)
    return bool((np.hypot(rows + 0.5 - ankle[1], columns + 0.5 - ankle[0]) < reach).any())
