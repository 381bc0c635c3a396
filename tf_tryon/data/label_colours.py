"""Label pictures saved in colours: the palette of 20 labels that PGN and the parsers after it draw with.

Source: the list `label_colours` of CIHP_PGN (Gong et al., Instance-level Human Parsing via Part Grouping Network, ECCV
2018), which Graphonomy and the VITON copies took over.
"""

from __future__ import annotations

from typing import Final

import numpy as np

PGN: Final = np.array(
    [
        (0, 0, 0), (128, 0, 0), (255, 0, 0), (0, 85, 0), (170, 0, 51), (255, 85, 0), (0, 0, 85), (0, 119, 221),
        (85, 85, 0), (0, 85, 85), (85, 51, 0), (52, 86, 128), (0, 128, 0), (0, 0, 255), (51, 170, 221), (0, 255, 255),
        (85, 255, 170), (170, 255, 85), (255, 255, 0), (255, 170, 0),
    ],
    np.uint8,
)  # fmt: skip


def labels_of(picture: np.ndarray) -> np.ndarray:
    """(h, w) uint8 labels 0..19 of a (h, w, 3) uint8 picture.

    Raises:
      ValueError: a pixel has none of the 20 colours, as in a picture that was compressed or scaled.
    """
    codes = _codes(picture)
    order = np.argsort(_codes(PGN))
    sorted_codes = _codes(PGN)[order]
    place = np.minimum(np.searchsorted(sorted_codes, codes), len(PGN) - 1)
    wrong = sorted_codes[place] != codes
    if wrong.any():
        colour = picture[wrong][0].tolist()
        raise ValueError(f"{wrong.mean():.1%} of the pixels have none of PGN's 20 colours, the first is {colour}")
    return order[place].astype(np.uint8)


def _codes(colours: np.ndarray) -> np.ndarray:
    """(..., 3) uint8 -> (...) int64, one number a colour."""
    return colours.astype(np.int64) @ np.array([65536, 256, 1])
