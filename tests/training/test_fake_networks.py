"""The tests' tiny networks refuse what the real ones refuse: else tests would pass that no training could."""

import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.models.build import build_networks


@pytest.fixture(scope="module", params=["shape", "texture"])
def pair(request, fake_networks, small_config):
    config = small_config(request.param, data__height=32, data__width=32, model__discriminator=False)
    return fake_networks(config), build_networks(config)


def _smaller(batch, key):
    return {**batch, key: batch[key][:, ::2, ::2]}


def _pose(batch, key):
    return {**batch, key: batch[keys.POSE]}  # of 19 channels, which nothing else has


WRONG = {
    "codes of another grid": lambda nets, batch, codes: nets.generate(batch, tf.tile(codes, [1, 3, 1, 1])),
    "codes of other channels": lambda nets, batch, codes: nets.generate(batch, codes[..., :1]),
    "fewer codes than people": lambda nets, batch, codes: nets.generate(batch, codes[:1]),
    "another garment": lambda nets, batch, codes: nets.posterior(_pose(batch, nets.garment_key)),
    "another context": lambda nets, batch, codes: nets.prior(_pose(batch, keys.CONTEXT), codes),
    "a smaller mask": lambda nets, batch, codes: nets.generate(_smaller(batch, keys.VISIBLE), codes),
    "a smaller picture": lambda nets, batch, codes: nets.generate(_smaller(batch, nets.completed_key), codes),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_both_refuse(pair, random_batch, wrong):
    batch = random_batch(2)
    codes = batch[keys.NOISE][:, 0]
    for nets in pair:
        for right in (nets.prior(batch, codes).mean, nets.posterior(batch).mean, codes):
            assert right.shape == codes.shape
        assert nets.generate(batch, codes)[-1].shape[1:3] == (32, 32)
        with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
            WRONG[wrong](nets, batch, codes)
