import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.body_parts import ARMS, LEGS, TRUNK, near_bones, with_hidden_legs

_SIZE = 32, 48


def _near(bones, *points):
    keypoints = np.zeros((1, 18, 3), np.float32)
    for joint, x, y, sure in points:
        keypoints[0, joint] = x, y, sure
    made = near_bones(keypoints, bones, _SIZE)
    np.testing.assert_array_equal(made, near_bones(tf.constant(keypoints), bones, _SIZE))
    return made[0]


def _seen(start, end):
    """Pixels no farther than an eighth of the axis's length from it, one by one."""
    length = np.hypot(*np.subtract(end, start))
    wanted = np.zeros(_SIZE, bool)
    for y, x in np.ndindex(_SIZE):
        along = np.dot(np.subtract((x + 0.5, y + 0.5), start), np.subtract(end, start)) / length**2
        nearest = np.add(start, np.clip(along, 0, 1) * np.subtract(end, start))
        wanted[y, x] = np.hypot(*np.subtract((x + 0.5, y + 0.5), nearest)) <= length / 8
    return wanted


@pytest.mark.parametrize("end", [(40.3, 20.2), (10.1, 27.4), (60.0, 9.0)])
@pytest.mark.parametrize("bones", [ARMS, LEGS, TRUNK])
def test_a_part_is_what_lies_near_its_bones(bones, end):
    first, last = bones[1]
    near = _near(bones, (first, 9.2, 8.1, 1), (last, *end, 0.2))
    np.testing.assert_array_equal(near, _seen((9.2, 8.1), end))


def test_a_bone_without_an_end_is_none():
    near = _near(LEGS, (9, 20, 4, 1), (10, 20, 28, 1), (12, 40, 4, 1), (13, 40, 28, 0))
    assert near[8:24, 19:21].all()
    assert not near[:, 30:].any()


@pytest.mark.parametrize("kind", [np.asarray, tf.constant])
def test_legs_that_clothes_hide_are_where_a_standing_person_has_them(kind):
    """Of three people one shows a knee and an ankle, one no leg at all, and one no hip."""
    points = np.zeros((3, 18, 3), np.float32)
    points[:, 1], points[:, 8], points[:, 11] = (20, 10, 1), (15, 39.8, 1), (25, 37.8, 0.5)
    points[0, 9], points[0, 13] = (12, 65, 0.6), (30, 90, 0.7)
    points[2, 8] = 0
    made = np.asarray(with_hidden_legs(kind(points)))
    unseen = made[1]
    np.testing.assert_allclose(unseen[[9, 12]], [(15, 64.3, 1), (25, 62.3, 1)], atol=0.02)
    np.testing.assert_allclose(unseen[[10, 13]], [(15, 88.8, 1), (25, 86.8, 1)], atol=0.02)
    np.testing.assert_allclose(made[0, [9, 10, 13]], [(12, 65, 0.6), (9, 90.2, 1), (30, 90, 0.7)], atol=1e-3)
    np.testing.assert_array_equal(made[2], points[2])
    others = [joint for joint in range(18) if joint not in (9, 10, 12, 13)]
    np.testing.assert_array_equal(made[:, others], points[:, others])


def test_of_an_axis_without_length_its_pixel_is_near():
    near = _near(ARMS, (3, 9.5, 8.5, 1), (4, 9.5, 8.5, 1))
    assert np.argwhere(near).tolist() == [[8, 9]]
