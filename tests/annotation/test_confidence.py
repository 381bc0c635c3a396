"""Confidence is the expected overlap, less in a close-up."""

import numpy as np
import pytest

from tf_tryon.annotation.confidence import garment_confidences


@pytest.fixture
def person(make_person):
    """Labels (64, 64) and keypoints of the same."""
    made = make_person(1)
    return made["labels"].copy(), made["keypoints"].copy()


def certain(labels: np.ndarray) -> np.ndarray:
    return np.eye(20, dtype=np.float32)[labels]


def test_it_is_the_overlap_to_expect():
    labels = np.zeros((4, 4), np.uint8)
    labels[:2] = 5
    p = np.zeros((4, 4, 20), np.float32)
    p[..., 5], p[..., 7], p[..., 0] = 0.3, 0.4, 0.3  # top and coat are one class
    p[2:, :, 7], p[2:, :, 0] = 0.0, 0.7
    assert garment_confidences(labels, p) == pytest.approx({"top": 8 * 0.7 / (8 + 8 * 0.3)})


def test_a_sure_parsing_is_trusted(person):
    labels, points = person
    assert garment_confidences(labels, certain(labels), points) == {"top": 1.0, "bottom": 1.0, "shoes": 1.0}


def test_a_close_up_is_doubted(person):
    labels, points = person
    points[8:14, 2] = 0  # hips and all below
    assert set(garment_confidences(labels, certain(labels), points).values()) == {0.5}


def test_a_line_takes_it_to_what_is_to_be_had(person):
    labels, points = person
    lines = np.array([[0, 1], [0.1, 0.6], [0.2, 2.0], [-3, 1]])
    actual = garment_confidences(labels, certain(labels), points, lines)
    assert actual == pytest.approx({"top": 0.7, "bottom": 1.0, "shoes": 0.0})
