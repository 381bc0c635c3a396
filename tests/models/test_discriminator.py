"""The discriminator: a 6x6 map at 256 px, and one block less below 96 px."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.models.discriminator import Discriminator
from tf_tryon.training.variables import named_variables


def _random(*shape):
    return tf.constant(np.random.default_rng(0).standard_normal(shape), tf.float32)


@pytest.mark.parametrize(
    ("size", "blocks", "score"), [((64, 64), 4, (2, 2)), ((96, 128), 5, (1, 2)), ((128, 128), 5, (2, 2))]
)
def test_scores_and_features(check_model, size, blocks, score):
    model = Discriminator(min(size), width=0.125, attention=size[0] != 64)
    model.build((None, *size, 3))
    features = [(2, size[0] >> i, size[1] >> i, 8 if i < 3 else 16) for i in range(1, blocks + 1)]
    outputs = check_model(model, [_random(2, *size, 3)], [(2, *score, 1), *features], reload=size[0] == 96)
    assert outputs[0].dtype == tf.float32


def test_map_of_scores_at_256_px_is_6x6():
    model = Discriminator(256, width=0.125)
    model.build((None, 256, 256, 3))
    scores, _ = model(tf.zeros((1, 256, 256, 3)))
    assert scores.shape == (1, 6, 6, 1)


def test_the_last_convolution_keeps_its_spectral_norm():
    model = Discriminator(64, width=0.125, spectral=False, attention=False)
    model.build((None, 64, 64, 3))
    variables = named_variables(model, "discriminator")
    assert [name for name, variable in variables.items() if not variable.trainable] == ["discriminator/score/u"]
