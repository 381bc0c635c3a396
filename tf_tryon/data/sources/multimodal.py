"""DeepFashion-MultiModal: photos, for some of them parsing (24 labels), and 21 keypoints.

    images/MEN-Denim-id_00000080-01_7_additional.jpg
    segm/<stem>_segm.png                                palette PNG
    keypoints/keypoints_loc.txt                         name x1 y1 ... x21 y21, (-1, -1) missing
    keypoints/keypoints_vis.txt                         name v1 ... v21: 0 visible, 1 hidden, 2 absent

Which of the 21 points is which is read off the data set's figure, not off a document. Of a pair the lower number lies
at the picture's left, which is the person's right unless the name says "back". The neck is the shoulders' middle.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from tf_tryon.data import keypoints as keypoints_lib
from tf_tryon.data.sources.located import (
    Layout,
    Located,
    companion,
    folder,
    listed,
    optional_file,
    optional_folder,
    photos,
)

POINTS: Final = 21
# For each of the 18 keypoints the number (from 1) of the 21 in a frontal picture; 0: the neck, computed.
FROM_MULTIMODAL: Final = (6, 0, 8, 12, 14, 9, 13, 17, 15, 18, 20, 16, 19, 21, 3, 4, 2, 5)
_CONFIDENCE: Final = (1.0, 0.5, 0.0)  # visible, hidden, absent


def locate(root: pathlib.Path) -> Iterator[Located]:
    """All photos."""
    pictures = folder(root, "images", "image")
    parsings = optional_folder(root, "segm", "segmentation")
    places = _table(root, "keypoints_loc.txt", 2 * POINTS)
    states = _table(root, "keypoints_vis.txt", POINTS)
    for stem, row in states.items():
        if not set(row) <= {0.0, 1.0, 2.0}:
            raise ValueError(f"{root}: keypoints_vis.txt: the row of {stem} holds other values than 0, 1 and 2")
    for photo in photos(pictures):
        points = None
        if photo.stem in places:
            xy, seen = np.reshape(places[photo.stem], (POINTS, 2)), states.get(photo.stem, [0.0] * POINTS)
            points = [(x, y, _CONFIDENCE[int(v)]) for (x, y), v in zip(xy.tolist(), seen, strict=True)]
        group = re.match(r"(.*-id_\d+)", photo.stem)
        yield Located(
            id=photo.stem,
            split="",
            photo=photo,
            parsing=companion(parsings, f"{photo.stem}_segm.png"),
            keypoints=points,
            group=group[1] if group else photo.stem,
        )


def read_keypoints(example: Located, size: tuple[int, int]) -> list[np.ndarray]:
    """The person's (18, 3) of the 21."""
    del size
    return [from_multimodal(np.array(example.keypoints, np.float32), back=example.id.endswith("back"))]


def from_multimodal(points: np.ndarray, back: bool = False) -> np.ndarray:
    """(21, 3) -> (18, 3); `back`: the person is seen from behind."""
    points = points.copy()
    points[(points[:, :2] < 0).any(axis=1)] = 0
    out = keypoints_lib.clean(points[[max(number - 1, 0) for number in FROM_MULTIMODAL]])
    if back:
        out = out[list(keypoints_lib.SWAP)]
    right, left = out[2], out[5]
    confidence = min(right[2], left[2])
    out[1] = (*(right[:2] + left[:2]) / 2, confidence) if confidence > 0 else 0
    return out


def _table(root: pathlib.Path, name: str, columns: int) -> dict[str, list[float]]:
    """Stem -> numbers of its row."""
    path = optional_file(root, f"keypoints/{name}", name)
    if path is None:
        return {}
    table = {}
    for row in listed(path):
        if len(row) != columns + 1:
            raise ValueError(f"{path}: the row of {row[0]} has {len(row) - 1} numbers, not {columns}")
        table[pathlib.PurePath(row[0]).stem] = [_number(word, f"{path}: the row of {row[0]}") for word in row[1:]]
    return table


def _number(word: str, where: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise ValueError(f"{where} holds {word!r}, which is no number") from error


LAYOUT = Layout("multimodal", "mm24", locate, read_keypoints, own_splits=False)
