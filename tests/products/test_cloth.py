"""Cloth keeps its colours and its pattern wherever it is laid, and goes on past the product's edge."""

import numpy as np
import pytest

from tf_tryon.products.cloth import Cloth
from tf_tryon.products.product import Product


@pytest.fixture
def cloth(shirt):
    photo, mask = shirt(320, 240, ground=(20, 160, 40))
    return Cloth(Product(photo, mask, "top"))


def test_no_ground_is_left_in_it(cloth):
    laid = cloth.laid((10, 5, 110, 90), (128, 128)).astype(int)
    assert laid.shape == (128, 128, 3)
    assert (laid[..., 0] > laid[..., 1] + 20).all()  # red everywhere, no green


def test_stripes_keep_their_direction_and_scale_with_the_garment(cloth):
    def waves(laid: np.ndarray) -> int:
        grey = laid[..., 0].astype(float) - laid[..., 0].mean()
        down, across = (np.abs(np.fft.rfft(grey, axis=axis)).mean(axis=1 - axis) for axis in (0, 1))
        assert down[1:].max() > 4 * across[1:].max()
        return int(down[1:].argmax()) + 1

    # The shirt's 208 rows have 13 pairs of stripes of 16.
    assert waves(cloth.laid((0, 10, 128, 118), (128, 128))) == pytest.approx(13, abs=1)
    assert waves(cloth.laid((32, 40, 96, 90), (128, 128))) == pytest.approx(26, abs=1)


def test_a_box_without_extent_and_a_tiny_product_are_borne(shirt):
    small = Product(np.full((3, 3, 3), 90, np.uint8), np.eye(3, dtype=bool), "hat")
    assert (Cloth(small).laid((5, 5, 5, 5), (32, 32)) == 90).all()
