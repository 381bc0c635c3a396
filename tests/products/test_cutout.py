"""A garment is cut from a plain ground, and what can't be a product is refused with a reason."""

import numpy as np
import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.products import cutout
from tf_tryon.products.cutout import NoProductError, cut, main_parts

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


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (3, 200), (1000, 15)])
def test_what_has_no_room_for_a_garment_is_refused(size):
    with pytest.raises(NoProductError, match=f"too small or too narrow: of {size[1]}x{size[0]} pixels"):
        cut(np.full((*size, 3), 90, np.uint8))


@pytest.mark.parametrize("size", [(5, 5), (6, 300), (300, 6)])
def test_the_smallest_that_is_looked_at_is_answered(size):
    with pytest.raises(NoProductError, match=r"stands out|fills the whole"):
        cut(np.full((*size, 3), 90, np.uint8))


def test_what_opencv_refuses_is_no_product(shirt, monkeypatch):
    def refuse(*_):
        raise cv2.error("OpenCV(4.11)\n assertion failed")

    monkeypatch.setattr(cv2, "grabCut", refuse)
    with pytest.raises(NoProductError, match=r"background \(OpenCV\(4\.11\) assertion failed\): lay or hang it"):
        cut(shirt()[0])


def test_without_opencv_the_remedy_is_told_and_nothing_is_held_against_the_photo(shirt, monkeypatch):
    monkeypatch.setattr(cutout, "open_cv", lambda: None)
    with pytest.raises(TryOnError, match=r"needs OpenCV: `pip install") as refused:
        cut(shirt()[0])
    assert not isinstance(refused.value, NoProductError)


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
