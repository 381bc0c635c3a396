import math

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.config import latent_shape, thesis
from tf_tryon.training.kl_weight import KLWeight

YES = tf.constant(True)


@pytest.fixture
def make(small_config):
    def make(**loss):
        return KLWeight(small_config("shape", **{f"loss__{name}": value for name, value in loss.items()}))

    return make


def test_a_nat_costs_beta_over_pixels(make):
    weight = make(beta=2560.0)
    assert float(weight.weight(tf.constant(0))) == pytest.approx(2560 / 64**2)
    np.testing.assert_array_equal(weight.cost(tf.constant([1.0, 7.0])), [1, 7])


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_a_nat_costs_what_the_thesis_lambda_lets_it_cost(stage):
    config = thesis(stage)
    latents = math.prod(latent_shape(config))  # lambda_KL = 20 weighs the KL's mean over them
    assert float(KLWeight(config).weight(tf.constant(0))) == pytest.approx(20 / latents)


def test_annealing_is_linear_and_stays_at_beta(make):
    weight = make(beta=2.0, kl_schedule="annealed", kl_anneal_steps=10)
    actual = [float(weight.beta(tf.constant(step))) for step in (0, 4, 9, 100)]
    np.testing.assert_allclose(actual, [0.2, 1.0, 2.0, 2.0], rtol=1e-6)


def test_free_nats_cost_nothing(make):
    weight = make(kl_schedule="free_bits", kl_free_nats=3.0)
    np.testing.assert_array_equal(weight.cost(tf.constant([1.0, 3.0, 5.0])), [0, 0, 2])


def test_the_controller_moves_beta_towards_the_target(make):
    weight = make(beta=1.0, kl_schedule="target", kl_target_nats=10.0)
    weight.observe(tf.constant(100.0), YES)
    assert float(weight.beta(tf.constant(0))) == pytest.approx(1.02)  # far above: the largest step
    weight = make(beta=1.0, kl_schedule="target", kl_target_nats=10.0)
    weight.observe(tf.constant(9.5), YES)
    assert float(weight.beta(tf.constant(0))) == pytest.approx(1.02 ** (3 * np.log(0.95)), rel=1e-5)


def test_the_controller_settles(make):
    weight, nats = make(beta=1.0, kl_schedule="target", kl_target_nats=10.0), 100.0
    for _ in range(600):  # a model whose KL follows 100 / beta within some ten steps
        nats += 0.1 * (100.0 / float(weight.beta(tf.constant(0))) - nats)
        weight.observe(tf.constant(nats, tf.float32), YES)
    assert nats == pytest.approx(10.0, rel=0.02)
    assert float(weight.beta(tf.constant(0))) == pytest.approx(10.0, rel=0.05)


def test_an_invalid_step_is_not_seen(make):
    weight = make(beta=1.0, kl_schedule="target")
    weight.observe(tf.constant(np.nan), tf.constant(False))
    assert [float(v) for v in weight.state().values()] == [1.0, -1.0]
