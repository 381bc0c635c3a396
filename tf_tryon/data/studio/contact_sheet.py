"""One picture of many people: photos with their labels beside them, to judge a data set at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from tf_tryon.data import vocabulary as vocabulary_lib

SHEET: Final = "contact_sheet.png"  # beside a data set's records


def contact_sheet(
    people: Sequence[tuple[np.ndarray, np.ndarray]], columns: int = 8, vocabulary: str = "cihp20"
) -> Image.Image:
    """A grid of people, row by row.

    Args:
        people: photo (H, W, 3) uint8 and labels (H, W) uint8 of each, all of one size.
        columns: people per row.
        vocabulary: of the labels; they are drawn as the project's 8 classes.

    Returns:
        An RGB picture, each person as wide as two photos.
    """
    if not people:
        raise ValueError("a contact sheet needs at least one person")
    height, width = people[0][1].shape
    rows = -(-len(people) // columns)
    sheet = np.full((rows * height, min(columns, len(people)) * 2 * width, 3), 255, np.uint8)
    for number, (photo, labels) in enumerate(people):
        y, x = number // columns * height, number % columns * 2 * width
        sheet[y : y + height, x : x + width] = photo
        classes = vocabulary_lib.to_classes(labels, vocabulary)
        sheet[y : y + height, x + width : x + 2 * width] = vocabulary_lib.PALETTE[classes]
    return Image.fromarray(sheet)
