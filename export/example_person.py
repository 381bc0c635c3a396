"""The person whom an export tries its model on, and whom warm-up requests show: rendered, so nobody in particular."""

from __future__ import annotations

from tf_tryon.data.person import Person
from tf_tryon.data.studio.render import render_person
from tf_tryon.data.vocabulary import CIHP20, to_classes, worn_targets

_SEED, _TRIES = 20_261_123, 200


def example_garment(trained: tuple[str, ...]) -> str:
    """What is erased of the example: a top, which everybody wears, if the model completes tops."""
    return "top" if "top" in trained else trained[0]


def example_person(side: int, garments: tuple[str, ...]) -> Person:
    """The first rendered person, in a square picture of `side` pixels, who wears all of `garments`."""
    for index in range(_TRIES):
        picture = render_person(_SEED, index, side)
        labels = to_classes(picture.parsing, "cihp20")
        dress = CIHP20.shows_dress(picture.parsing)
        if set(garments) <= set(worn_targets(labels, dress)):
            return Person(picture.photo, labels, picture.keypoints, f"example-{index}", dress=dress)
    raise RuntimeError(f"nobody of {_TRIES} rendered people wears {', '.join(garments)}")
