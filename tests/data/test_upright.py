import numpy as np
import pytest

from tf_tryon.data import upright


@pytest.fixture
def points(make_person):
    return make_person(0)["keypoints"]


@pytest.mark.parametrize("turns", range(4))
def test_turning_back_brings_the_person_upright(points, turns):
    """The photo is turned, and what is found turns it back."""
    lying = upright.turned_points(points, (64, 64), turns)
    assert upright.quarter_turns(lying) == -turns % 4


@pytest.mark.parametrize("turns", range(-4, 5))
def test_points_turn_with_the_picture(turns):
    picture = np.zeros((6, 9), np.uint8)
    picture[1, 7] = 1
    points = np.zeros((18, 3), np.float32)
    points[4] = 7.5, 1.5, 0.9  # the middle of that pixel
    moved = upright.turned_points(points, picture.shape, turns)
    ((row, column),) = np.argwhere(upright.turned(picture, turns))
    np.testing.assert_allclose(moved[4], [column + 0.5, row + 0.5, 0.9])
    assert not moved[5].any()


def bending_over(points):
    points[[0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17], :2] = points[8, :2] + (-20, 0)
    points[[0, 14, 15, 16, 17], :2] += (-10, 0)


def on_the_floor_with_straight_legs(points):
    points[[9, 10, 12, 13], 1] = points[8, 1]
    points[[9, 12], 0] += 15
    points[[10, 13], 0] += 30


def leaning(points):
    angle = np.radians(40)
    points[:, :2] = points[:, :2] @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def with_a_trunk_alone(points):
    points[[0, 1, 14, 15, 16, 17, 9, 10, 12, 13]] = 0
    points[:, :2] = points[:, 1::-1]


def missing(points):
    points[:] = 0


@pytest.mark.parametrize(
    "change", [bending_over, on_the_floor_with_straight_legs, leaning, with_a_trunk_alone, missing]
)
def test_who_does_not_lie_across_the_photo_stays(points, change):
    change(points)
    assert upright.quarter_turns(points) == 0


def test_what_was_done_is_told():
    assert "by 90 degrees to the right" in upright.turn_sentence(3)
    assert "upside down" in upright.turn_sentence(2)
