"""A product worn: its colours on the garment, whatever the weights, and shapes that fit its sleeves."""

from typing import Any

import numpy as np
import pytest

from tf_tryon import keys
from tf_tryon.errors import TryOnError
from tf_tryon.inference import wearing
from tf_tryon.inference.request import Request
from tf_tryon.products.product import Product


@pytest.fixture
def product() -> Product:
    photo = np.full((80, 60, 3), 255, np.uint8)
    photo[10:70, 15:45] = np.where(np.arange(60)[:, None, None] // 6 % 2, (200, 60, 40), (120, 30, 20))
    mask = np.zeros((80, 60), bool)
    mask[10:70, 15:45] = True
    return Product(photo, mask, "top", "stripes", {"T-Shirt": 1.0})


def test_the_garment_has_the_products_colours(model: Any, large_person: Any, product: Product) -> None:
    result = model.complete(large_person, "top", samples=2, seed=1, wear=product)
    assert result.photos.shape == (2, *large_person.photo.shape)
    for photo, labels in zip(result.photos, result.parsings, strict=True):
        np.testing.assert_array_equal(photo[~result.erased], large_person.photo[~result.erased])
        garment = photo[(labels == 5) & result.erased].astype(float)
        if len(garment) > 200:  # untrained networks may show little of one
            assert np.abs(garment.mean(axis=0) - product.photo[product.mask].mean(axis=0)).max() < 40


def test_samples_follow_from_the_seed(model: Any, someone: Any, product: Product) -> None:
    first, again = (model.complete(someone, "top", samples=2, seed=4, wear=product) for _ in range(2))
    np.testing.assert_array_equal(first.photos, again.photos)
    kept = model.complete(someone, "top", samples=3, seed=4, wear=product, keep_shape=True)
    assert (kept.parsings == kept.parsings[:1]).all()


def test_detail_and_mean_colour_are_the_cloths() -> None:
    rng = np.random.default_rng(0)
    labels = np.zeros((1, 48, 48), np.uint8)
    labels[0, 8:40, 8:40] = 5
    cloth = np.broadcast_to(np.where(np.arange(48) % 4 < 2, 0.5, -0.1)[None, None, :, None], (1, 48, 48, 3))
    generated = np.full((1, 48, 48, 3), -0.3) + rng.normal(0, 0.01, (1, 48, 48, 3))
    made = wearing.with_detail(generated.astype(np.float32), labels, cloth.astype(np.float32), "top")
    inside = labels[0] == 5
    assert np.abs(made[0] - cloth[0])[inside].mean() < 0.05
    np.testing.assert_allclose(made[0][~inside], generated[0][~inside], atol=1e-6)


def test_shapes_are_chosen_by_how_much_of_the_arms_they_cover() -> None:
    keypoints = np.zeros((18, 3), np.float32)
    keypoints[[2, 3, 4]] = [(10, 10, 1), (10, 25, 1), (10, 40, 1)]
    batch = {keys.KEYPOINTS: type("T", (), {"numpy": lambda self: keypoints[None]})()}
    labels = np.zeros((4, 48, 48), np.uint8)
    for number, down in enumerate((41, 21, 11, 30)):  # to the wrist, above the elbow, hardly, below it
        labels[number, 8:down, 5:16] = 5
    ground = np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), bool)
    long, short, any_ = (Product(*ground, "top", "", {kind: 1.0}) for kind in ("Longsleeve", "T-Shirt", "Shirt"))
    assert wearing.chosen(labels, batch, long, 1).tolist() == [0]
    assert wearing.chosen(labels, batch, short, 1).tolist() == [1]
    assert wearing.chosen(labels, batch, any_, 2).tolist() == [0, 1]
    assert wearing.candidates(any_, 2, 100) == 2
    assert wearing.candidates(short, 4, 100) > 4
    assert wearing.candidates(short, 100, 100) == 100
    keypoints[:, 2] = 0
    assert wearing.chosen(labels, batch, long, 2).tolist() == [0, 1]  # no arms are seen


def test_what_excludes_each_other_is_refused(someone: Any, product: Product) -> None:
    for options in ({"like": someone}, {"walk": 0}, {"keep_texture": True}):
        with pytest.raises(ValueError, match="exclude each other"):
            Request("top", wear=product, **options)
    with pytest.raises(ValueError, match="stripes is a top, and a bottom"):
        Request("bottom", wear=product)


def test_a_model_of_one_stage_refuses(someone: Any, product: Product, model: Any) -> None:
    from tf_tryon.config import baseline
    from tf_tryon.inference.stage import Stage
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.models.build import build_networks

    config = baseline("bicyclegan", "texture", 64)
    config.model.width = 0.125
    alone = TryOn(None, Stage(config, build_networks(config), np.ones((4, 64, 64, 3), np.float32), "digest"))
    with pytest.raises(TryOnError, match="one stage"):
        alone.complete(someone, "top", samples=1, wear=product)
