"""Labels and keypoints of one person agree, also where something is hidden; those of other kinds are told apart."""

import numpy as np
import pytest

from tf_tryon.data import agreement
from tf_tryon.data.vocabulary import (
    BOTTOM,
    CIHP20,
    FACE,
    HAT,
    LOWER_SKIN,
    SHOES,
    TOP,
    UPPER_SKIN,
    to_classes,
    to_record,
)

# Labels of other makers for CIHP-20's.
PASCAL_PARTS = {1: 1, 13: 1, 5: 2, 14: 4, 15: 4, 9: 5, 16: 6, 17: 6, 18: 6, 19: 6}
OFF_BY_ONE = {label: label + 1 for label in range(20)}
REQUANTISED = {0: 9, 1: 3, 5: 0, 9: 1, 13: 5, 14: 2, 15: 2, 16: 7, 17: 7, 18: 13, 19: 13}


def renamed(labels, table):
    lookup = np.zeros(256, np.uint8)
    lookup[list(table)] = list(table.values())
    return lookup[labels]


@pytest.fixture
def body(make_person):
    """Classes and keypoints of a person with a hat."""
    made = make_person(0, 128)
    return CIHP20.table()[made["labels"]], made["keypoints"]


@pytest.mark.parametrize("size", [64, 256])
@pytest.mark.parametrize("index", range(8))
def test_people_agree_with_themselves(make_person, index, size):
    made = make_person(index, size)
    assert agreement.disagreements(CIHP20.table()[made["labels"]], made["keypoints"]) == []


def test_one_point_far_beyond_the_picture_stops_nothing(body):
    classes, points = body
    points[4, 0] = 1e20
    assert agreement.disagreements(classes, points)


def hand_over_the_face(classes, points):
    x, y = points[0, :2].astype(int)
    classes[y - 4 : y + 10, x - 6 : x + 6] = UPPER_SKIN


def phone_before_the_face(classes, points):
    x, y = points[0, :2].astype(int)
    classes[y - 6 : y + 4, x - 4 : x + 4] = 0


def hat_down_to_the_nose(classes, points):
    face = classes == FACE
    face[int(points[0, 1]) - 1 :] = False
    classes[face] = HAT


def hat_in_the_hand(classes, points):
    classes[classes == HAT] = 0
    x, y = points[4, :2].astype(int)
    classes[y : y + 10, x - 6 : x + 6] = HAT


def feet_cut(classes, points):
    classes[:] = np.roll(classes, 30, axis=0)
    classes[:30] = 0
    points[:, 1] += 30
    points[points[:, 1] >= len(classes)] = 0


def bag_over_a_hip(classes, points):
    x, y = points[8, :2].astype(int)
    classes[y - 8 : y + 12, x - 8 : x + 4] = 0


def hair_over_the_shoulders(classes, points):
    (left, top), (right, bottom) = points[2, :2].astype(int), points[11, :2].astype(int)
    classes[top : (top + bottom) // 2, left : left + 10] = FACE
    classes[top : (top + bottom) // 2, right - 2 : right + 10] = FACE


def a_long_coat(classes, points):
    classes[classes == BOTTOM] = TOP


def a_dress(classes, points):
    classes[np.isin(classes, (TOP, BOTTOM))] = BOTTOM


def bathing(classes, points):
    classes[classes == TOP] = UPPER_SKIN
    classes[:, :][classes == BOTTOM] = LOWER_SKIN


def from_behind(classes, points):
    points[[0, 14, 15]] = 0


def half_the_points_missing(classes, points):
    points[[3, 4, 6, 7, 9, 10, 12, 13]] = 0


@pytest.mark.parametrize(
    "change",
    [hand_over_the_face, phone_before_the_face, hat_down_to_the_nose, hat_in_the_hand, feet_cut, bag_over_a_hip,
     hair_over_the_shoulders, a_long_coat, a_dress, bathing, from_behind, half_the_points_missing],
)  # fmt: skip
def test_what_real_photos_show_is_no_disagreement(body, change):
    change(*body)
    assert agreement.disagreements(*body) == []


@pytest.mark.parametrize(
    ("table", "vocabulary", "sign"),
    [
        (PASCAL_PARTS, "tryon8", "hat lies elsewhere"),
        (PASCAL_PARTS, "cihp20", "nose and eyes lie on hat"),
        (OFF_BY_ONE, "mm24", "what should be background is top"),
        (REQUANTISED, "cihp20", "what should be background is bottom"),
        ({i: i for i in range(20)}, "mm24", "right ankle and left ankle lie on upper-body skin"),
        ({1: 1, 5: 4, 9: 6, 13: 11, 14: 14, 15: 15, 16: 12, 17: 13, 18: 9, 19: 10}, "cihp20", "the chest is face"),
        ({1: 7, 5: 1, 9: 5, 13: 14, 14: 15, 15: 15, 16: 15, 17: 15, 18: 11, 19: 11}, "lip20", "lie on"),
    ],
)
def test_labels_of_another_kind_are_told(make_person, table, vocabulary, sign):
    made = make_person(0, 128)
    labels, known = to_record(renamed(made["labels"], table), vocabulary, made["keypoints"])
    actual = agreement.disagreements(to_classes(labels, known), made["keypoints"])
    assert any(sign in text for text in actual), actual


@pytest.mark.parametrize("scale", [1 / 128, 0.5, 0.75, 1.4, 2, 3])
def test_keypoints_of_another_scale_are_told(body, scale):
    classes, points = body
    assert agreement.disagreements(classes, points * (scale, scale, 1))


def test_points_beyond_the_photo_are_counted(body):
    classes, points = body
    assert "18 of 18 keypoints lie outside the photo" in agreement.disagreements(classes, points + (500, 0, 0))


def test_what_a_user_erases_may_lie_anywhere(body):
    classes, points = body
    classes[: len(classes) // 2][classes[: len(classes) // 2] > 0] = SHOES
    assert agreement.disagreements(classes, points)
    assert agreement.disagreements(classes, points, erased=SHOES) == []


def test_few_points_or_no_labels_are_not_judged(body):
    classes, points = body
    assert agreement.disagreements(np.zeros_like(classes), points) == []
    points[3:] = 0
    assert agreement.disagreements(classes, points * (0, 0, 1)) == []


def test_vocabularies_that_fit_are_found(make_person):
    made = make_person(0, 128)
    assert agreement.fitting(made["labels"], made["keypoints"]) == ("lip20", "cihp20", "lip21")
    classes = CIHP20.table()[made["labels"]]
    assert agreement.fitting(classes, made["keypoints"], "cihp20") == ("tryon8",)


def test_support_counts_points_on_the_person(body):
    classes, points = body
    assert agreement.support(classes > 0, points) == 18
    assert agreement.support(classes > 0, points - (200, 0, 0)) == -18
    assert agreement.support(classes > 0, 0 * points) == 0
