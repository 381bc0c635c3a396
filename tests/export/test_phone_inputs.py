import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import examples
from tf_tryon.errors import TryOnError
from tf_tryon.export import phone_inputs
from tf_tryon.export.tflite import contract_of


@pytest.mark.parametrize("garment", ["top", "bottom"])
def test_numpy_inputs_are_those_of_training(stage, people, garment):
    contract, compared = contract_of(stage.config), 0
    for person in people:
        if person.dress and garment == "bottom":
            continue
        keypoints = person.keypoints.copy()
        keypoints[compared] = 0  # a missing one
        moved = dataclasses.replace(person, keypoints=keypoints)
        batch = examples.from_people([moved], garment, stage.means, stage.config)
        actual = phone_inputs.build(moved, garment, stage.means, contract)
        nets = stage.networks
        np.testing.assert_allclose(actual.box, batch[keys.BOX][0], atol=1e-4)
        np.testing.assert_array_equal(actual.visible, batch[keys.VISIBLE][0, ..., 0])
        np.testing.assert_allclose(actual.given, nets.given(batch)[0], atol=1e-6)
        np.testing.assert_allclose(actual.context, nets.prior_inputs(batch)[0], atol=1e-4)
        codes = np.random.default_rng(0).standard_normal((1, *contract.grid), np.float32)
        laid = phone_inputs.lay(codes.reshape(contract.cells, -1), actual, contract)
        np.testing.assert_allclose(laid, nets.laid(batch, tf.constant(codes))[0], atol=1e-4)
        compared += 1
    assert compared >= 3


def test_tiled_codes_are_repeated(stage, people):
    contract = dataclasses.replace(contract_of(stage.config), aligned=False)
    inputs = phone_inputs.build(people[0], "top", stage.means, contract)
    codes = np.arange(12, dtype=np.float32).reshape(4, 3)
    laid = phone_inputs.lay(codes, inputs, contract)
    np.testing.assert_array_equal(laid, np.tile(codes.reshape(2, 2, 3), (32, 32, 1)))


def test_what_cannot_be_completed_is_refused(stage, people):
    contract = contract_of(stage.config)
    bare = dataclasses.replace(people[0], labels=np.where(people[0].labels == 5, 0, people[0].labels))
    with pytest.raises(TryOnError, match="no top"):
        phone_inputs.build(bare, "top", stage.means, contract)
    with pytest.raises(TryOnError, match="top, bottom, not hat"):
        phone_inputs.build(people[0], "hat", stage.means, contract)
    small = dataclasses.replace(people[0], labels=people[0].labels[:32])
    with pytest.raises(ValueError, match="works on"):
        phone_inputs.build(small, "top", stage.means, contract)
