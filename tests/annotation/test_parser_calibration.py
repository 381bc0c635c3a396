"""Confidences become the overlaps that they stand for."""

import numpy as np
import pytest

from tf_tryon.annotation.annotation import AnnotationError, Parsing
from tf_tryon.annotation.parser_calibration import calibrate, calibrate_by
from tf_tryon.annotation.parser_evaluation import true_pose
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import BOTTOM, HAT, TOP


def _seen(number: int, name: str, overlap: float, confidence: float) -> tuple[Parsing, np.ndarray]:
    labels, truth = np.zeros((10, 100), np.uint8), np.zeros((10, 100), np.uint8)
    labels[:] = number
    truth[:, : round(100 * overlap)] = number
    return Parsing(labels, "tryon8", {name: confidence}), truth


def test_a_line_is_found_and_what_is_rare_follows_the_others():
    overlaps = np.linspace(0.1, 0.9, 9)
    parsings = [_seen(TOP, "top", y, 0.5 + y / 2) for y in np.tile(overlaps, 10)]
    parsings += [_seen(BOTTOM, "bottom", y, y) for y in np.tile(overlaps, 20)]
    parsings += [_seen(HAT, "hat", 0.5, 0.5)]
    hat, top, bottom, shoes = calibrate(parsings)
    np.testing.assert_allclose(bottom, (0, 1), atol=0.03)
    assert -1 < top[0] < -0.3  # on the way to its own line (-1, 2), drawn to the others' while it is seen seldom
    assert 1.2 < top[1] < 2
    np.testing.assert_allclose(hat, shoes, atol=0.02)  # seen once, or never: the line of all


def test_what_went_wrong_altogether_does_not_bend_the_line():
    line = calibrate([_seen(TOP, "top", y, y) for y in np.linspace(0.3, 0.9, 40)])[1]
    failed = calibrate(
        [_seen(TOP, "top", 0.9 if i in (7, 20, 33) else y, y) for i, y in enumerate(np.linspace(0.3, 0.9, 40))]
    )[1]
    np.testing.assert_allclose(failed, line, atol=0.02)


def test_who_is_not_found_is_counted_and_left_out():
    seen = [_seen(TOP, "top", y, y) for y in np.linspace(0.1, 0.9, 12)]
    people = [Person(np.zeros((10, 100, 3), np.uint8), truth, np.zeros((18, 3)), str(i), {}) for i, (_, truth) in
              enumerate(seen)]  # fmt: skip
    parsings = iter([parsing for parsing, _ in seen[:-1]])

    def parse(photo, pose):
        parsing = next(parsings)
        if parsing is seen[2][0]:
            raise AnnotationError("no person", "the parser finds nobody in this photo")
        return parsing

    lines, not_found = calibrate_by(parse, people, lambda person: None if person.id == "11" else true_pose(person))
    assert not_found == 2
    np.testing.assert_array_equal(lines, calibrate([*seen[:2], *seen[3:-1]]))


def test_too_few_are_refused():
    with pytest.raises(ValueError, match="too few"):
        calibrate([_seen(TOP, "top", 0.5, 0.5)])
