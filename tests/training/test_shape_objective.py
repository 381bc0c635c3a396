import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.losses.cross_entropy import cross_entropy
from tf_tryon.losses.kl import kl, kl_from_standard
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.shape_objective import ShapeObjective

STEP = tf.constant(0, tf.int64)


@pytest.fixture
def run(fake_networks, small_config, random_batch):
    def run(**changes):
        config = small_config("shape", data__height=32, data__width=32, **changes)
        nets, batch = fake_networks(config), random_batch(5)
        return nets, batch, ShapeObjective()(nets, batch, KLWeight(config), STEP)[0]

    return run


def test_total_is_an_elbo_per_pixel_at_beta_one(run):
    nets, batch, objective = run(loss__beta=1.0, loss__kl_prior=0.0)
    q = nets.posterior(batch)
    codes = q.sample(batch[keys.NOISE][:, 0])
    nats = kl(q, nets.prior(batch, codes))
    elbo = 32 * 32 * cross_entropy(batch[keys.PARSING], nets.generate(batch, codes)[-1]) + nats
    np.testing.assert_allclose(objective.total(), elbo / 32**2, rtol=1e-5)
    np.testing.assert_allclose(objective.terms["kl"], nats, rtol=1e-5)


def test_the_second_kl_has_its_own_weight(run):
    nets, batch, objective = run(loss__beta=7.0, loss__kl_prior=0.5)
    np.testing.assert_allclose(objective.terms["kl_standard"], kl_from_standard(nets.posterior(batch)), rtol=1e-5)
    assert float(objective.weights["kl_standard"]) == pytest.approx(0.5 * 7 / 32**2)


def test_nats_are_told_for_each_garment(run):
    _, batch, objective = run()
    assert set(objective.terms) >= {"kl_top", "kl_bottom"}
    assert "kl_hat" not in objective.terms
    np.testing.assert_array_equal(objective.subset["kl_top"], batch[keys.TARGET].numpy() == 1)


def test_box_weights_keep_the_scale_and_stress_the_box(run):
    _, _, plain = run()
    _, _, stressed = run(loss__pixel_box=4.0)
    ratio = stressed.terms["cross_entropy"] / plain.terms["cross_entropy"]
    assert np.all(np.abs(ratio - 1) < 0.2)  # random labels: as hard inside the box as outside
    assert np.any(ratio != 1)


def test_box_accuracy_is_one_for_the_truth(run, fake_networks, small_config, random_batch):
    config = small_config("shape", data__height=32, data__width=32)
    nets, batch = fake_networks(config), random_batch(2)
    nets.generate = lambda batch, codes, training=False: [10 * batch[keys.PARSING]]
    objective, _ = ShapeObjective()(nets, batch, KLWeight(config), STEP)
    np.testing.assert_allclose(objective.terms["box_accuracy"], 1.0, rtol=1e-6)
