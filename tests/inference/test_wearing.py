"""A product worn: its colours on the garment, whatever the weights, and shapes that fit its sleeves."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from tf_tryon import keys
from tf_tryon.errors import TryOnError
from tf_tryon.inference import wearing
from tf_tryon.inference.request import Request
from tf_tryon.products.product import Product


def test_the_garment_has_the_products_colours(model: Any, large_person: Any, product: Product) -> None:
    result = model.complete(large_person, "top", samples=2, seed=1, wear=product)
    assert result.photos.shape == (2, *large_person.photo.shape)
    looked_at = 0
    for photo, labels in zip(result.photos, result.parsings, strict=True):
        np.testing.assert_array_equal(photo[~result.erased], large_person.photo[~result.erased])
        # Its outline is mixed with what is beside it, and untrained networks make little else.
        garment = photo[ndimage.binary_erosion((labels == 5) & result.erased)].astype(float)
        if len(garment) > 20:
            looked_at += 1
            assert np.abs(garment.mean(axis=0) - product.photo[product.mask].mean(axis=0)).max() < 40
    assert looked_at


def test_samples_follow_from_the_seed(model: Any, someone: Any, product: Product) -> None:
    first, again = (model.complete(someone, "top", samples=2, seed=4, wear=product) for _ in range(2))
    np.testing.assert_array_equal(first.photos, again.photos)
    more = model.complete(someone, "top", samples=9, seed=4, wear=product)  # more than go through the nets at once
    np.testing.assert_array_equal(more.photos[:2], first.photos)


def test_detail_and_mean_colour_are_the_cloths() -> None:
    rng = np.random.default_rng(0)
    labels = np.zeros((1, 48, 48), np.uint8)
    labels[0, 8:40, 8:40] = 5
    cloth = np.broadcast_to(np.where(np.arange(48) % 4 < 2, 0.5, -0.1)[None, None, :, None], (1, 48, 48, 3))
    generated = np.full((1, 48, 48, 3), -0.3) + rng.normal(0, 0.01, (1, 48, 48, 3))
    given = (tf.constant(array, tf.float32) for array in (generated, cloth))
    made = wearing.with_detail(next(given), tf.constant(labels), next(given), {keys.TARGET: tf.constant([1])}).numpy()
    inside = labels[0] == 5
    assert np.abs(made[0] - cloth[0])[inside].mean() < 0.05
    np.testing.assert_allclose(made[0][~inside], generated[0][~inside], atol=1e-6)


def test_shapes_are_chosen_by_how_much_of_the_arms_they_cover() -> None:
    keypoints = np.zeros((1, 18, 3), np.float32)
    keypoints[0, [2, 3, 4]] = [(10, 10, 1), (10, 25, 1), (10, 40, 1)]
    batch = {keys.KEYPOINTS: tf.constant(keypoints), keys.TARGET: tf.constant([1])}
    labels = np.zeros((4, 1, 48, 48), np.uint8)
    for number, down in enumerate((21, 41, 11, 30)):  # above the elbow, to the wrist, hardly, below it
        labels[number, 0, 8:down, 5:16] = 5

    def kept(reach: float) -> int:
        return int(wearing.fitting(tf.constant(labels), batch, tf.constant(reach))[0])

    assert [kept(reach) for reach in (1.0, 0.35, 0.0, 0.7)] == [1, 0, 2, 3]
    legs = {**batch, keys.TARGET: tf.constant([2])}
    assert int(wearing.fitting(tf.constant(labels), legs, tf.constant(1.0))[0]) == 0  # no legs are seen
    keypoints[..., :2] += 1000  # arms beyond the picture
    batch[keys.KEYPOINTS] = tf.constant(keypoints)
    assert kept(1.0) == 0


def test_the_blur_is_scipys() -> None:
    """low() of a garment against scipy's Gaussian, which its matrices are made of."""
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 48, 32, 3)).astype(np.float32)
    wanted = ndimage.gaussian_filter(picture[0], (2, 2, 0), truncate=3)
    np.testing.assert_allclose(wearing._blurred(tf.constant(picture))[0], wanted, atol=1e-5)


def test_what_excludes_each_other_is_refused(someone: Any, product: Product) -> None:
    for options in ({"like": someone}, {"walk": 0}, {"keep_texture": True}, {"keep_shape": True}):
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
