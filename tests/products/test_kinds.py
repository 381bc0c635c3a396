"""The network that tells kinds: small, bundled, fed with cut-outs."""

import keras
import numpy as np
import pytest

from tf_tryon.products import kinds


def test_the_bundled_weights_are_small_and_give_probabilities(shirt):
    assert kinds.WEIGHTS.stat().st_size < 2 << 20
    chances = kinds.probabilities(*shirt())
    assert tuple(chances) == kinds.NAMES
    assert sum(chances.values()) == pytest.approx(1, abs=1e-4)
    garment, certainty = kinds.garment_of(chances)
    assert garment in kinds.GARMENTS
    assert 0.2 < certainty < 1


def test_the_network_is_float32_under_any_policy_and_follows_from_its_seed():
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        networks = [kinds.build_network(seed) for seed in (3, 3, 4)]
    finally:
        keras.mixed_precision.set_dtype_policy(policy)
    computing = networks[0].layers[1:]  # the first is the input
    assert {layer.compute_dtype for layer in computing} == {"float32"}
    first, again, other = (kinds.arrays_of(network)["label/0"] for network in networks)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_what_is_rare_in_the_training_data_is_not_given_up():
    chances = dict.fromkeys(kinds.NAMES, 0.0) | {"T-Shirt": 0.55, "Dress": 0.45}
    assert kinds.garment_of(chances)[0] == "dress"
    assert kinds.garment_of(chances | {"T-Shirt": 0.9, "Dress": 0.1})[0] == "top"


def test_the_picture_is_the_cut_out_on_white_as_large_as_it_fits(shirt):
    photo, mask = shirt(300, 240)
    picture = kinds.picture(photo, mask)
    assert picture.shape == (kinds.SIDE, kinds.SIDE, 4)
    marked = picture[..., 3] > 127
    rows = np.flatnonzero(marked.any(1))
    assert rows[-1] - rows[0] + 1 == kinds.SIDE - 4
    assert (picture[picture[..., 3] == 0][:, :3] == 255).all()


def test_what_labels_tell_of_sleeves_and_legs():
    assert kinds.reach({"T-Shirt": 0.6, "Longsleeve": 0.4, "Pants": 0.0}, "top", "arms") == pytest.approx(0.61)
    assert kinds.reach({"Shirt": 0.8, "T-Shirt": 0.2}, "top", "arms") is None  # a shirt has sleeves of any length
    assert kinds.reach({"Shorts": 1.0}, "bottom", "legs") < kinds.reach({"Pants": 1.0}, "bottom", "legs") == 1
    assert kinds.reach({}, "top", "arms") is None
