"""A product's photo as users have them: with alpha, with a mask, named or not, worn, and none at all."""

import numpy as np
import pytest
from PIL import Image

from tf_tryon.errors import TryOnError
from tf_tryon.products import kinds
from tf_tryon.products.product import Product, UnsureError, of_photo, read_product


@pytest.fixture
def saved(shirt, tmp_path):
    photo, mask = shirt()
    Image.fromarray(photo).save(tmp_path / "shirt.png")
    return tmp_path / "shirt.png", photo, mask


def test_a_photo_is_cut_and_recognised(saved, monkeypatch):
    pytest.importorskip("cv2")
    path, photo, mask = saved
    monkeypatch.setattr(kinds, "probabilities", lambda *_: {"T-Shirt": 0.9, "Dress": 0.1})
    product = read_product(path)
    assert (product.garment, product.name) == ("top", "shirt")
    assert product.certainty == pytest.approx(0.685, abs=0.01)
    np.testing.assert_array_equal(product.photo, photo)
    assert (product.mask & mask).sum() / (product.mask | mask).sum() > 0.9


def test_alpha_is_the_outline_and_a_mask_wins_over_it(saved, tmp_path):
    _, photo, mask = saved
    half = mask.copy()
    half[:, :60] = False
    Image.fromarray(np.dstack([photo, mask.astype(np.uint8) * 255])).save(tmp_path / "cut.png")
    Image.fromarray(half.astype(np.uint8) * 255).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_product(tmp_path / "cut.png", "top").mask, mask)
    np.testing.assert_array_equal(read_product(tmp_path / "cut.png", "top", tmp_path / "mask.png").mask, half)
    Image.fromarray(half[:50].astype(np.uint8) * 255).save(tmp_path / "mask.png")
    with pytest.raises(ValueError, match="mask at the upright photo's own size"):
        read_product(tmp_path / "cut.png", "top", tmp_path / "mask.png")


def test_a_named_garment_is_taken_at_its_word(shirt):
    product = of_photo(*shirt()[:1], "x", "dress", shirt()[1])
    assert (product.garment, product.certainty) == ("dress", 1)


def test_what_is_worn_is_refused(saved):
    with pytest.raises(TryOnError, match=r"shirt\.png: a person wears this garment: .*--like"):
        read_product(saved[0], "top", None, lambda photo: True)


def test_what_is_not_recognised_may_be_named_or_marked(shirt, tmp_path, monkeypatch):
    photo, mask = shirt()
    Image.fromarray(np.dstack([photo, mask.astype(np.uint8) * 255])).save(tmp_path / "shirt.png")
    monkeypatch.setattr(kinds, "probabilities", lambda *_: dict.fromkeys(kinds.NAMES, 1 / len(kinds.NAMES)))
    with pytest.raises(UnsureError, match=r"shirt\.png: it can't be recognised .*--garment .*--wear-mask") as told:
        read_product(tmp_path / "shirt.png")
    assert told.value.fault.startswith(str(tmp_path / "shirt.png"))
    assert told.value.markable


def test_no_file_and_no_such_garment():
    with pytest.raises(FileNotFoundError, match=r"none\.jpg"):
        read_product("none.jpg")
    with pytest.raises(ValueError, match="choose one of hat"):
        Product(np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), bool), "scarf")
    with pytest.raises(ValueError, match="empty or not of"):
        Product(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), bool), "top")
