"""The garment's RoI: crops and what is laid back, in TensorFlow and numpy; the data's crops follow the same rule."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data import crops
from tf_tryon.geometry import roi

HEIGHT, WIDTH = SIZE = 32, 48
BOXES = tf.constant([[4.0, 10.0, 20.0, 22.0], [2.0, 3.0, 14.0, 45.0]])  # tall, wide


def _smooth(height=HEIGHT, width=WIDTH):
    """(2, H, W, 3): slow waves, at pixel centres."""
    y, x = np.meshgrid((np.arange(height) + 0.5) / HEIGHT, (np.arange(width) + 0.5) / WIDTH, indexing="ij")
    waves = np.stack([np.sin(3 * y + x), np.cos(2 * x - y), y * x], axis=-1)
    return tf.constant(np.stack([waves, -waves]), tf.float32)


def test_a_roi_holds_its_box_with_the_pictures_aspect():
    y0, x0, y1, x1 = np.transpose(roi.around(BOXES, SIZE))
    np.testing.assert_allclose((y1 - y0) / (x1 - x0), HEIGHT / WIDTH, rtol=1e-6)
    boxes = np.transpose(BOXES)
    np.testing.assert_allclose([y0 + y1, x0 + x1], [boxes[0] + boxes[2], boxes[1] + boxes[3]], rtol=1e-6)
    assert np.all(y0 <= boxes[0] + 1e-4)
    assert np.all(x1 >= boxes[3] - 1e-4)
    np.testing.assert_allclose([(y1 - y0)[0], (x1 - x0)[1]], [16, 42], rtol=1e-6)  # just holds it


def test_an_empty_box_gives_the_whole_picture():
    np.testing.assert_array_equal(roi.around(tf.zeros((1, 4)), SIZE), [[0, 0, HEIGHT, WIDTH]])
    whole = roi.around(tf.zeros((2, 4)), SIZE)
    np.testing.assert_allclose(roi.crop(_smooth(), whole, SIZE), _smooth(), atol=1e-6)


@pytest.mark.parametrize("pool", [1, 2])
def test_a_crop_shows_the_picture_at_the_rois_pixels(pool):
    seen = roi.around(BOXES[:1], SIZE)
    y0, x0, y1, x1 = np.asarray(seen)[0]
    rows = y0 + (np.arange(HEIGHT // pool) + 0.5) * (y1 - y0) / (HEIGHT // pool)
    columns = x0 + (np.arange(WIDTH // pool) + 0.5) * (x1 - x0) / (WIDTH // pool)
    y, x = np.meshgrid(rows / HEIGHT, columns / WIDTH, indexing="ij")
    inside = (rows > 1)[:, None] & (columns > 1) & (columns < WIDTH - 1)
    crop = roi.crop(_smooth()[:1], seen, (HEIGHT // pool, WIDTH // pool))[0]
    np.testing.assert_allclose(crop[..., 0][inside], np.sin(3 * y + x)[inside], atol=2e-3)


def test_beyond_the_picture_is_the_outside_value():
    seen = tf.constant([[-HEIGHT, 0.0, 0.0, WIDTH]])
    np.testing.assert_allclose(roi.crop(_smooth()[:1], seen, SIZE, 7.0)[0, :-1], 7.0)


def test_laying_back_inverts_the_crop_on_smooth_pictures():
    seen = roi.around(BOXES, SIZE)
    picture = _smooth()
    laid = roi.lay(roi.crop(picture, seen, SIZE), seen, SIZE)
    for i, (y0, x0, y1, x1) in enumerate(np.asarray(BOXES, int)):
        inside = np.s_[i, y0:y1, x0:x1]
        np.testing.assert_allclose(laid[inside], picture[inside], atol=0.01)


def test_cells_lie_where_they_were_seen_and_the_outermost_repeat():
    codes = tf.reshape(tf.range(4.0), (1, 2, 2, 1))
    seen = tf.constant([[8.0, 8.0, 24.0, 40.0]])
    laid = np.asarray(roi.lay(codes, seen, SIZE))[0, ..., 0]
    assert laid[:12, :16].max() == 0
    assert laid[20:, 32:].min() == 3
    np.testing.assert_allclose(laid[15:17, 23:25].mean(), 1.5, rtol=1e-5)


def test_the_datas_crops_follow_the_same_convention():
    picture = _smooth()
    data = crops.fit(picture, BOXES, 0.0)
    nets = roi.crop(picture, roi.around(BOXES, SIZE), SIZE)
    np.testing.assert_allclose(data, nets, atol=1e-4)


def test_numpy_and_tensorflow_agree():
    boxes, picture = BOXES.numpy(), _smooth()
    codes = np.random.default_rng(0).standard_normal((2, 4, 6, 3), np.float32)
    seen = roi.around(boxes, SIZE)
    np.testing.assert_allclose(seen, roi.around(BOXES, SIZE), rtol=1e-6)
    for size in (SIZE, (16, 12)):
        crop = roi.crop(picture.numpy(), seen, size, 1.0)
        np.testing.assert_allclose(crop, roi.crop(picture, tf.constant(seen), size, 1.0), atol=1e-5)
        laid = roi.lay(codes, seen, size)
        np.testing.assert_allclose(laid, roi.lay(tf.constant(codes), tf.constant(seen), size), atol=1e-5)
