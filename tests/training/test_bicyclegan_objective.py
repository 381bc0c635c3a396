"""BicycleGAN's losses: halves of the batch, and who learns from what."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import baseline
from tf_tryon.models.build import build_networks
from tf_tryon.training.bicyclegan_objective import BicycleGANObjective
from tf_tryon.training.kl_weight import KLWeight


@pytest.fixture(scope="module")
def made():
    config = baseline("bicyclegan", "texture", 32)
    config.model.width = 0.125
    rng = np.random.default_rng(0)
    visible = np.ones((4, 32, 32, 1), np.float32)
    visible[:, 8:24, 8:24] = 0
    batch = {
        keys.PHOTO: tf.constant(rng.uniform(-1, 1, (4, 32, 32, 3)), tf.float32),
        keys.VISIBLE: tf.constant(visible),
        keys.NOISE: tf.constant(rng.standard_normal((4, 2, 1, 1, 8)), tf.float32),
    }
    nets = build_networks(config)
    with tf.GradientTape(persistent=True) as tape:
        objective, judgement = BicycleGANObjective()(nets, batch, KLWeight(config), tf.constant(0, tf.int64), True)
        total = objective.total()
    return nets, batch, objective, judgement, (tape, total)


def test_terms_are_means_over_their_half(made):
    nets, batch, objective, judgement, _ = made
    photos, noise = batch[keys.PHOTO], batch[keys.NOISE]
    codes = nets.posterior({keys.PHOTO: photos[0::2]}).sample(noise[0::2, 0])
    fake = nets.generate(batch, tf.stack([codes[0], noise[1, 1], codes[1], noise[3, 1]]))[-1]
    expected = np.mean(np.abs(photos[0::2] - fake[0::2]))
    assert np.mean(objective.terms["pixel"]) == pytest.approx(expected, rel=1e-4)
    assert not objective.terms["pixel"].numpy()[1::2].any()
    scores = nets.discriminator.random(fake[1::2])
    expected = sum(np.mean(np.square(score - 1)) for score in scores)
    assert np.mean(objective.terms["adversarial_random"]) == pytest.approx(expected, rel=1e-3)
    latent = np.mean(np.abs(nets.posterior({keys.PHOTO: fake[1::2]}).mean - noise[1::2, 1]))
    assert np.mean(objective.terms["latent_regression"]) == pytest.approx(latent, rel=1e-3)
    assert set(judgement.weights) == {
        f"discriminator_{kind}" for kind in ("real_encoded", "encoded", "real_random", "random")
    }
    assert objective.weights["pixel"] == 10
    assert objective.weights["latent_regression"] == 0.5
    assert float(objective.weights["kl_cost"]) == pytest.approx(0.01)


def test_micro_batches_and_replicas_make_the_terms_of_the_whole_batch(made):
    nets, batch, objective, judgement, _ = made
    weight, step = KLWeight(nets.config), tf.constant(0, tf.int64)
    parts = [{key: value[rows] for key, value in batch.items()} for rows in (slice(0, 2), slice(2, 4))]
    losses = [BicycleGANObjective()(nets, part, weight, step) for part in parts]
    for whole, of_parts in zip((objective, judgement), zip(*losses, strict=True), strict=True):
        for name, values in whole.terms.items():
            actual = tf.concat([part.terms[name] for part in of_parts], axis=0)
            np.testing.assert_allclose(actual, values, rtol=1e-3, atol=1e-6, err_msg=name)


def test_the_latent_term_teaches_the_generator_only(made):
    nets, _, objective, _, (tape, total) = made
    term = objective.terms["latent_regression"]

    def gradients(model, what):
        return tape.gradient(what, [w.value for w in model.trainable_weights])

    assert all(g is None or not np.any(g) for g in gradients(nets.encoder, term))
    for model, what in ((nets.generator, term), (nets.encoder, total)):
        actual = gradients(model, what)  # a bias before an instance norm may have none
        assert all(np.any(g) for g, w in zip(actual, model.trainable_weights, strict=True) if w.name == "kernel")


def test_each_discriminator_judges_its_own_half(made):
    nets, _, _, judgement, (tape, _) = made
    for name, other in (("encoded", "random"), ("random", "encoded")):
        term = judgement.terms[f"discriminator_{name}"]
        actual = {
            which: tape.gradient(term, [w.value for w in getattr(nets.discriminator, which).trainable_weights])
            for which in (name, other)
        }
        assert all(g is not None for g in actual[name])
        assert all(g is None for g in actual[other])
