"""One person of a label picture and a file of keypoints: chosen, turned upright, and refused if the two disagree."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable

import numpy as np

from tf_tryon.data import agreement
from tf_tryon.data.keypoint_units import SCALES
from tf_tryon.data.upright import quarter_turns, turn_sentence, turned, turned_points
from tf_tryon.data.vocabulary import VOCABULARIES, to_classes, to_record

_log = logging.getLogger(__name__)
Rewrite = Callable[[np.ndarray, str, np.ndarray, str], tuple[np.ndarray, str]]


class DisagreementError(ValueError):
    """Labels and keypoints are not of the same person; the message says what shows it and what would fit."""


@dataclasses.dataclass(frozen=True)
class Match:
    """A person's labels and keypoints.

    Attributes:
      labels: (h, w) uint8 of the vocabulary.
      vocabulary: of a record.
      points: (18, 3) float32.
      turns: by 90 degrees against the clock, that labels and points were turned by, and the photo has yet to be.
    """

    labels: np.ndarray
    vocabulary: str
    points: np.ndarray
    turns: int


def match(
    labels: np.ndarray,
    vocabulary: str,
    people: list[np.ndarray],
    sources: tuple[str, str] = ("the labels", "the keypoints"),
    rewrite: Rewrite = to_record,
) -> Match:
    """The person of `people` whom the labels show.

    Args:
      labels: (h, w) uint8, 0 = background.
      vocabulary: theirs.
      people: at least one's (18, 3) points, in pixels, the surest first.
      sources: what messages call labels and keypoints.
      rewrite: makes labels of a record's vocabulary.

    Raises:
      DisagreementError: that isn't the labels' person.
      ValueError: the labels are not of that vocabulary.
    """
    points = chosen(labels > 0, people, sources[1])
    turns = quarter_turns(points)
    if turns:
        _log.warning("%s: %s", sources[1], turn_sentence(turns))
    labels, points = turned(labels, turns), turned_points(points, labels.shape, turns)
    rewritten, known = rewrite(labels, vocabulary, points, sources[0])
    if faults := agreement.disagreements(to_classes(rewritten, known, sources[0]), points):
        raise DisagreementError(
            f"{sources[0]} (read as {vocabulary}) and {sources[1]} are not of the same person: "
            f"{'; '.join(faults[:3])}. {_remedy(labels, vocabulary, rewritten, known, points)}"
        )
    return Match(rewritten, known, points, turns)


def chosen(person: np.ndarray, people: list[np.ndarray], source: str = "the keypoints") -> np.ndarray:
    """Of several people's points (18, 3) those that lie on the labelled person, (h, w) bool; the surest of equals."""
    if len(people) == 1:
        return people[0]
    best = max(range(len(people)), key=lambda i: (agreement.support(person, people[i]), -i))
    if best:
        _log.warning("%s: the labels show another of %d people than the surest: they are taken", source, len(people))
    return people[best]


def _remedy(labels: np.ndarray, vocabulary: str, rewritten: np.ndarray, known: str, points: np.ndarray) -> str:
    """What to do, as a sentence: another vocabulary, or another scale, if one would agree."""
    if fitting := agreement.fitting(labels, points, vocabulary):
        names = " or ".join(fitting)
        return f"As labels of {names} they would agree: say so by --vocabulary, or in Python by `vocabulary`"
    classes = to_classes(rewritten, known)
    for scale in SCALES:
        if not agreement.disagreements(classes, points * np.array((scale, scale, 1), np.float32)):
            return (
                f"With coordinates {scale:.3g} times as large they would agree: save keypoints in the photo's own "
                "pixels, or say by canvas_width and canvas_height what their pixels are of"
            )
    return (
        f"They fit in no vocabulary that is known ({', '.join(VOCABULARIES)}) and at no common scale: label and detect "
        "the same upright photo, and save label indices"
    )
