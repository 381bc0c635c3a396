import numpy as np
import pytest

from tf_tryon.data.keypoint_units import to_pixels

SIZE = (80, 40)


@pytest.fixture
def points(make_person):
    actual = make_person(0)["keypoints"] * (0.5, 1, 1)
    actual[4] = 0
    return actual.astype(np.float32)


def test_parts_of_the_photo_become_pixels(points):
    parts = points / (40, 80, 1)
    np.testing.assert_allclose(to_pixels([parts], SIZE)[0], points, rtol=1e-5)
    both = (parts * 2 - (1, 1, 0)) * (parts[:, 2:] > 0) + (0, 0, 1) * parts * (0, 0, -1)
    np.testing.assert_allclose(to_pixels([both], SIZE)[0], points, rtol=1e-4, atol=1e-4)


def test_pixels_stay(points):
    (same,) = to_pixels([points], SIZE)
    assert same is points
    assert to_pixels([], SIZE) == []


def test_a_canvas_is_believed_unless_points_lie_beyond_it(points):
    (actual,) = to_pixels([points / (2, 2, 1)], SIZE, canvas=(40, 20))
    np.testing.assert_allclose(actual, points, rtol=1e-5)
    (same,) = to_pixels([points], SIZE, canvas=(20, 20))
    assert same is points


def test_a_point_at_the_corner_is_no_unit():
    corner = np.zeros((18, 3), np.float32)
    corner[:2] = 1, 1, 1
    (same,) = to_pixels([corner], SIZE)
    assert same is corner
