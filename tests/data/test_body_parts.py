import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.limbs import upper_and_lower


def _posed(*points):
    keypoints = np.zeros((1, 18, 3), np.float32)
    for joint, x, y, sure in points:
        keypoints[0, joint] = x, y, sure
    made = upper_and_lower(keypoints, (32, 48))
    for one, other in zip(made, upper_and_lower(tf.constant(keypoints), (32, 48)), strict=True):
        np.testing.assert_array_equal(one, other)
    return made


def _seen(start, end):
    """Pixels no farther than an eighth of the axis's length from it, one by one."""
    length = np.hypot(*np.subtract(end, start))
    wanted = np.zeros((1, 32, 48), bool)
    for y, x in np.ndindex(32, 48):
        along = np.dot(np.subtract((x + 0.5, y + 0.5), start), np.subtract(end, start)) / length**2
        nearest = np.add(start, np.clip(along, 0, 1) * np.subtract(end, start))
        wanted[0, y, x] = np.hypot(*np.subtract((x + 0.5, y + 0.5), nearest)) <= length / 8
    return wanted


@pytest.mark.parametrize("end", [(40.3, 20.2), (10.1, 27.4), (60.0, 9.0)])
def test_a_limb_is_what_lies_near_its_axis(end):
    upper, lower = _posed((3, 9.2, 8.1, 1), (4, *end, 0.2))
    np.testing.assert_array_equal(upper, _seen((9.2, 8.1), end))
    assert not lower.any()


def test_legs_are_below_and_a_limb_without_an_end_is_none():
    upper, lower = _posed((9, 20, 4, 1), (10, 20, 28, 1), (12, 40, 4, 1), (13, 40, 28, 0))
    assert not upper.any()
    assert lower[0, 8:24, 19:21].all()
    assert not lower[0, :, 30:].any()


def test_an_axis_of_no_length_is_no_limb_but_its_pixel():
    upper, _ = _posed((3, 9.2, 8.1, 1), (4, 9.2, 8.1, 1))
    assert upper.sum() <= 1
