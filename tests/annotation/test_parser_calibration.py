"""Confidences become the overlaps that they stand for."""

import numpy as np
import pytest

from tf_tryon.annotation.annotation import Parsing
from tf_tryon.annotation.parser_calibration import calibrate
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


def test_too_few_are_refused():
    with pytest.raises(ValueError, match="too few"):
        calibrate([_seen(TOP, "top", 0.5, 0.5)])
