"""The crop around a person, cut in numpy and in the graph."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.annotation.parser_canvas import on_canvas
from tf_tryon.annotation.parser_crop import MARGIN, ParserCrop


@pytest.mark.parametrize("crop", [ParserCrop(-5, 10, 40, 25), ParserCrop(3, -8, 64, 40), ParserCrop(2, 2, 8, 5)])
def test_what_is_cut_comes_back_to_its_place(crop):
    labels = np.random.default_rng(0).integers(1, 20, (32, 50), np.uint8)
    back = crop.paste(crop.cut(labels, (crop.height, crop.width)), labels.shape)
    inside = np.zeros(labels.shape, bool)
    inside[max(crop.top, 0) : crop.top + crop.height, max(crop.left, 0) : crop.left + crop.width] = True
    np.testing.assert_array_equal(back, np.where(inside, labels, 0))
    np.testing.assert_array_equal(crop.paste(np.ones((64, 40), np.uint8), labels.shape) > 0, inside)


def test_it_is_around_the_person_and_keeps_its_proportions():
    for box in ((10, 20, 110, 50), (10, 20, 60, 120)):
        crop = ParserCrop.around(box, (256, 160))
        assert crop.width == pytest.approx(crop.height * 160 / 256, abs=1)
        assert crop.top + crop.height / 2 == pytest.approx((box[0] + box[2]) / 2, abs=1)
        assert crop.left + crop.width / 2 == pytest.approx((box[1] + box[3]) / 2, abs=1)
        shares = (box[2] - box[0]) / crop.height, (box[3] - box[1]) / crop.width
        assert max(shares) == pytest.approx(1 / (1 + 2 * MARGIN), abs=0.02)


def test_points_and_what_lies_beyond_the_photo():
    crop, points = ParserCrop(-10, 20, 40, 20), np.zeros((18, 3), np.float32)
    points[3] = (30, 10, 0.8)
    moved = crop.points(points, (80, 40))
    np.testing.assert_allclose(moved[3], (20, 40, 0.8), rtol=1e-6)
    assert not moved[[0, 1, 2, 4]].any()
    outside = crop.outside((100, 35), (80, 40))
    assert outside[:20].all()
    assert outside[:, 30:].all()
    assert not outside[20:, :30].any()


@pytest.mark.parametrize("zoom", [1, 3])
def test_in_the_graph_it_shows_the_same(zoom):
    labels = np.zeros((60 * zoom, 90 * zoom), np.int32)
    labels[10 * zoom : 50 * zoom, 30 * zoom : 50 * zoom] = 5
    labels[10 * zoom : 18 * zoom, 36 * zoom : 44 * zoom] = 13
    photo = np.repeat((labels * 10)[..., None], 3, axis=-1).astype(np.uint8)
    points = np.zeros((18, 3), np.float32)
    points[0] = (40 * zoom, 14 * zoom, 0.9)
    person = {"photo": tf.constant(photo), "labels": tf.constant(labels), "keypoints": tf.constant(points)}
    size = (64, 40)
    seen = on_canvas(person, size, 1.0)
    crop = ParserCrop.around((10 * zoom, 30 * zoom, 50 * zoom, 50 * zoom), size)
    expected = crop.cut(labels.astype(np.uint8), (crop.height, crop.width))
    expected = expected[np.arange(64) * crop.height // 64][:, np.arange(40) * crop.width // 40]
    assert (seen["labels"].numpy() == expected).mean() > 0.95
    inside = seen["labels"].numpy() == 5
    assert np.abs(seen["photo"].numpy()[inside] * 255 - 50).mean() < 5
    np.testing.assert_allclose(seen["keypoints"][0], crop.points(points, size)[0], atol=1)
    assert not seen["keypoints"][1:].numpy().any()
