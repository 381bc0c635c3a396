"""A garment is cut from a plain ground, and what can't be a product is refused with a reason."""

import numpy as np
import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.products.cutout import cut, main_parts

cv2 = pytest.importorskip("cv2")


@pytest.mark.parametrize("seed", range(3))
def test_the_garment_is_cut_from_its_ground(shirt, seed):
    colours = np.random.default_rng(seed).integers(20, 110, 3)
    photo, mask = shirt(300, 240, colour=colours, seed=seed)
    actual = cut(photo)
    assert actual.shape == mask.shape
    assert (actual & mask).sum() / (actual | mask).sum() > 0.93


def test_a_light_garment_on_a_dark_ground(shirt):
    photo, mask = shirt(colour=(240, 240, 235), ground=(60, 40, 30))
    actual = cut(photo)
    assert (actual & mask).sum() / (actual | mask).sum() > 0.9


def test_nothing_but_ground_is_no_garment():
    photo = np.random.default_rng(0).normal(150, 3, (120, 100, 3)).astype(np.uint8)
    with pytest.raises(TryOnError, match=r"no garment stands out|fills the whole photo"):
        cut(photo)


def test_several_garments_are_refused_but_a_pair_of_shoes_is_one():
    mask = np.zeros((60, 60), bool)
    mask[10:50, 5:25] = mask[10:50, 35:55] = True
    mask[2:4, 2:4] = True  # a speck
    mask[20:24, 10:14] = False  # a hole
    with pytest.raises(TryOnError, match="shows 2 garments"):
        main_parts(mask, pair=False)
    pair = main_parts(mask, pair=True)
    assert pair.sum() == 2 * 40 * 20
    mask[10:50, 25:35] = True
    assert main_parts(mask, pair=False).sum() == 40 * 50
    with pytest.raises(TryOnError, match="empty"):
        main_parts(np.zeros((4, 4), bool), pair=True)
