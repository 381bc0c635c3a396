"""One skin is divided by the pose."""

import numpy as np
import pytest

from tf_tryon.data.sources import skin
from tf_tryon.data.sources.skin import HEAD, LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG, TORSO, part_of_skin


@pytest.fixture
def points(make_person):
    points = make_person(0)["keypoints"]
    points[:, 0] += 32 - points[0, 0]  # the nose in the middle
    return points


def parts(points, *areas):
    """The part of each rectangle (rows, columns)."""
    mask = np.zeros((64, 64), bool)
    for area in areas:
        mask[area] = True
    where = np.full((64, 64), -1)
    where[mask] = part_of_skin(mask, points)
    return [sorted(set(where[area].ravel())) for area in areas]


def test_each_limb_is_its_bones(points):
    face, neck, chest = np.s_[7:13, 30:34], np.s_[14:16, 31:33], np.s_[20:28, 29:35]
    right, left = np.s_[22:32, 18:22], np.s_[22:32, 43:46]
    thigh, shin = np.s_[38:44, 26:30], np.s_[46:56, 35:38]
    actual = parts(points, face, neck, chest, right, left, thigh, shin)
    assert actual == [[HEAD], [TORSO], [TORSO], [RIGHT_ARM], [LEFT_ARM], [RIGHT_LEG], [LEFT_LEG]]


def test_below_the_neck_is_no_face(points):
    points[0] = points[14] = points[15] = (32, 20, 1)  # looks down
    (chest,) = parts(points, np.s_[17:30, 30:34])
    assert HEAD not in chest


def test_a_hand_before_the_thigh_is_no_leg(points):
    points[4] = points[7] = 0  # the wrists can't be seen
    hand, leg = np.s_[36:41, 27:30], np.s_[44:56, 26:30]
    assert parts(points, hand, leg) == [[RIGHT_ARM], [RIGHT_LEG]]
    whole = np.s_[36:56, 26:30]  # one island that reaches the ankle
    assert parts(points, whole) == [[RIGHT_LEG]]


def test_missing_keypoints_leave_bones_out(points):
    points[8:14] = 0
    assert parts(points, np.s_[46:56, 28:30])[0] == [RIGHT_ARM]
    assert skin.hips(points) is None
    assert parts(np.zeros((18, 3)), np.s_[0:4, 0:4]) == [[TORSO]]
    assert part_of_skin(np.zeros((4, 4), bool), points).shape == (0,)
