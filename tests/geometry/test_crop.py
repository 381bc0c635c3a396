import numpy as np

from tf_tryon.geometry import crop, numpy_arrays


def floats(box):
    return [float(side) for side in box]


def test_the_person_fills_97_percent_of_the_input():
    box = floats(crop.person_crop(numpy_arrays, (100, 50, 488, 150), (600, 300), (64, 64)))
    assert box == [94.0, -100.0, 494.0, 300.0]
    assert (488 - 100) / (box[2] - box[0]) == 0.97


def test_a_photo_that_is_cropped_already_is_taken_whole():
    assert floats(crop.person_crop(numpy_arrays, (10, 20, 90, 60), (100, 100), (64, 64))) == [0, 0, 100, 100]
    assert floats(crop.person_crop(numpy_arrays, (10, 20, 70, 60), (100, 100), (64, 64))) != [0, 0, 100, 100]


def test_the_garment_has_a_margin_and_stands_in_the_middle():
    person = (0, 0, 800, 200)
    box = floats(crop.garment_crop(numpy_arrays, (100, 40, 400, 160), person, (64, 64), 1.35))
    np.testing.assert_allclose(box, [250 - 202.5, 100 - 202.5, 250 + 202.5, 100 + 202.5], rtol=1e-6)
    hat = floats(crop.garment_crop(numpy_arrays, (0, 80, 40, 120), person, (64, 64), 1.35))
    np.testing.assert_allclose(hat[2] - hat[0], crop.LEAST * 800)


def test_jitter_moves_by_parts_of_the_crop_and_scales_about_its_middle():
    box = floats(crop.jittered(numpy_arrays, (0.0, 0.0, 100.0, 100.0), (0.1, -0.2), 1.5, (50, 50)))
    np.testing.assert_allclose(box, [60 - 75, 30 - 75, 60 + 75, 30 + 75])


def test_coordinates_are_of_the_crop():
    box, size = (10.0, -20.0, 110.0, 80.0), (64, 64)
    points = crop.Point(np.array([-20.0, 30.0]), np.array([10.0, 60.0]))
    inside = crop.into_crop(box, points, size)
    np.testing.assert_allclose(inside.x, [0, 32])
    np.testing.assert_allclose(inside.y, [0, 32])
