import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.body_parts import ARMS, LEGS, TRUNK, near_bones

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


def test_of_an_axis_without_length_its_pixel_is_near():
    near = _near(ARMS, (3, 9.5, 8.5, 1), (4, 9.5, 8.5, 1))
    assert np.argwhere(near).tolist() == [[8, 9]]
