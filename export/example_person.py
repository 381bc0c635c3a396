"""The person whom an export tries its model on, and whom warm-up requests show: rendered, so nobody in particular."""

from __future__ import annotations

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.studio.render import render_person
from tf_tryon.data.vocabulary import CIHP20, GARMENT_CLASSES, GARMENTS, to_classes

_SEED, _TRIES = 20_261_123, 200


def example_person(size: tuple[int, int], garments: tuple[str, ...]) -> Person:
    """The first rendered person, square of the frame's height, who wears all of `garments` and no dress."""
    wanted = [GARMENT_CLASSES[GARMENTS.index(name)] for name in garments]
    for index in range(_TRIES):
        picture = render_person(_SEED, index, size[0])
        labels = to_classes(picture.parsing, "cihp20")
        if np.isin(picture.parsing, CIHP20.dress_labels).any():
            continue
        if all((labels == label).mean() > 0.01 for label in wanted):
            return Person(picture.photo, labels, picture.keypoints, f"example-{index}")
    raise RuntimeError(f"nobody of {_TRIES} rendered people wears {', '.join(garments)}")
