"""Cloth keeps its colours and its pattern wherever it is laid, and goes on past the product's edge."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.products.cloth import cloth_of, laid
from tf_tryon.products.product import Product


@pytest.fixture
def cloth(shirt):
    photo, mask = shirt(320, 240, ground=(20, 160, 40))
    return cloth_of(Product(photo, mask, "top"))


def test_no_ground_is_left_in_it(cloth):
    picture = laid(cloth, (10, 5, 110, 90), (128, 128), small=False)
    assert picture.shape == (128, 128, 3)
    assert (picture[..., 0] > picture[..., 1] + 20).all()  # red everywhere, no green


def test_stripes_keep_their_direction_and_scale_with_the_garment(cloth):
    def waves(box: tuple[int, ...]) -> int:
        red = laid(cloth, box, (128, 128), small=False)[..., 0]
        grey = red - red.mean()
        down, across = (np.abs(np.fft.rfft(grey, axis=axis)).mean(axis=1 - axis) for axis in (0, 1))
        assert down[1:].max() > 4 * across[1:].max()
        return int(down[1:].argmax()) + 1

    # The shirt's 208 rows have 13 pairs of stripes of 16.
    assert waves((0, 10, 128, 118)) == pytest.approx(13, abs=1)
    assert waves((32, 40, 96, 90)) == pytest.approx(26, abs=1)


def test_a_box_without_extent_and_a_tiny_product_are_borne(shirt):
    tiny = cloth_of(Product(np.full((3, 3, 3), 90, np.uint8), np.eye(3, dtype=bool), "hat"))
    np.testing.assert_allclose(laid(tiny, (5, 5, 5, 5), (32, 32), small=True), 90, atol=1e-3)


def test_the_oblongest_cloth_takes_no_more_than_some_pictures():
    thread = np.full((1, 512, 3), 90, np.uint8)
    np.testing.assert_allclose(laid(thread, (0, 0, 32, 32), (32, 32), small=False), 90, atol=1e-3)


def test_tensors_are_laid_as_arrays_are(cloth):
    box, size = (3.0, 7.0, 60.0, 50.0), (64, 64)
    there = laid(tf.constant(cloth), tuple(tf.constant(box)), size, tf.constant(False)).numpy()
    np.testing.assert_allclose(there, laid(cloth, box, size, small=False), atol=0.01)
