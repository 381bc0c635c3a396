"""How far a garment of a parsing can be trusted: the overlap with the truth that the probabilities lead one to expect.

    expected IoU = sum_A p / (|A| + sum_(not A) p)

A: the garment's pixels, p: the probability of its class. Unlike the mean of p over A it also sees what is missing.
If the photo shows no hips it is closer than any that the network was trained on, which counts against every garment.

What a network expects of itself is more than what it gets; a line for each garment, fitted to photos that it was not
trained on (`parser_calibration.py`), takes the one to the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.vocabulary import GARMENT_CLASSES, GARMENTS

# Of each garment; below it the user is warned: what overlaps with the truth by less than half was not found. Few wear
# hats, so a hat below its own is taken for hair: most that are seen so faintly are, on photos kept back from training
# all.
MIN_CONFIDENCE: Final = {"hat": 0.45, "top": 0.5, "bottom": 0.5, "shoes": 0.5}
_CLASSES: Final = np.array(vocabulary_lib.CIHP20.classes)
_NECK, _HIPS = 1, (8, 11)
_CLOSE: Final = 0.5  # factor of the confidences where the photo shows no hips


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
    if keypoints is not None and keypoints[_NECK, 2] > 0 and not keypoints[list(_HIPS), 2].any():
        shown = {name: expected * _CLOSE for name, expected in shown.items()}
    if calibration is not None:
        for name, (offset, slope) in zip(GARMENTS, calibration, strict=True):
            if name in shown:
                shown[name] = float(np.clip(offset + slope * shown[name], 0, 1))
    return shown
