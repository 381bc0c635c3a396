import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.records import open_records
from tf_tryon.layers import compat
from tf_tryon.models.build import build_networks
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.step import State, TrainingStep
from tf_tryon.training.texture_objective import TextureObjective

STEP = tf.constant(0, tf.int64)


@pytest.fixture
def make(fake_networks, small_config):
    def make(**changes):
        config = small_config("texture", data__height=32, data__width=32, **changes)
        return fake_networks(config), TextureObjective(config), KLWeight(config)

    return make


def test_both_samples_and_all_adversarial_terms(make, random_batch):
    nets, objective, weight = make()
    batch = random_batch(3)
    first, second = objective(nets, batch, weight, STEP, True)
    assert {"pixel", "pixel_random", "kl_cost", "adversarial_match", "adversarial_random"} <= set(first.weights)
    assert set(second.weights) == {"discriminator_real", "discriminator_posterior", "discriminator_random"}
    made = nets.generate(batch, nets.posterior(batch).sample(batch[keys.NOISE][:, 0]))[-1]
    random = nets.generate(batch, batch[keys.NOISE][:, 1])[-1]
    photo, visible = batch[keys.PHOTO].numpy(), batch[keys.VISIBLE].numpy()
    made, random = made.numpy(), random.numpy()
    np.testing.assert_allclose(first.terms["pixel"], np.abs(photo - made).mean((1, 2, 3)), rtol=1e-5)
    expected = (np.abs(photo - random) * visible).mean((1, 2, 3))
    np.testing.assert_allclose(first.terms["pixel_random"], expected, rtol=1e-5)
    real, bar, norm = (nets.discriminate(x)[0].numpy() for x in (photo, made, random))
    np.testing.assert_allclose(first.terms["adversarial_match"], ((real - bar) ** 2).mean((1, 2, 3)), rtol=1e-4)
    np.testing.assert_allclose(first.terms["adversarial_random"], ((norm - 1) ** 2).mean((1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(second.terms["discriminator_real"], ((real - 1) ** 2).mean((1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(second.terms["discriminator_random"], (norm**2).mean((1, 2, 3)), rtol=1e-4)
    assert all(term.shape == (3,) and term.dtype == tf.float32 for term in first.terms.values())


def test_before_the_gan_there_is_no_random_sample(make, random_batch):
    nets, objective, weight = make()
    first, second = objective(nets, random_batch(2), weight, STEP, False)
    assert second is None
    assert not [name for name in first.terms if "random" in name or "adversarial" in name]


def test_without_a_gan_both_samples_stay(make, random_batch):
    nets, objective, weight = make(model__discriminator=False)
    first, second = objective(nets, random_batch(2), weight, STEP, False)
    assert second is None
    assert "pixel_random" in first.weights


@pytest.mark.parametrize("still", ["learning_rate", "discriminator_learning_rate"])
def test_neither_loss_moves_the_others_networks(make, random_batch, uncompiled, still):
    nets, objective, _ = make(**{f"train__{still}": 0.0})
    step = TrainingStep(State.create(nets), objective, tf.distribute.get_strategy())
    before = {name: net.get_weights()[0] for name, net in nets.models.items()}
    with uncompiled():
        step(random_batch(4), 0)
    moved = {name for name, net in nets.models.items() if np.any(net.get_weights()[0] != before[name])}
    assert moved == ({"discriminator"} if still == "learning_rate" else nets.models.keys() - {"discriminator"})


def test_random_codes_can_come_from_the_prior_without_gradient(make, random_batch):
    nets, objective, weight = make(loss__random_codes="prior", loss__appearance=0.0, loss__beta=0.0)
    with tf.GradientTape() as tape:
        first, _ = objective(nets, random_batch(2), weight, STEP, True)
        loss = first.terms["adversarial_random"]
    assert tape.gradient(loss, compat.raw(nets.context_encoder.trainable_variables[0])) is None


def test_pixels_of_another_class_than_the_photos_do_not_count(make, random_batch):
    nets, objective, weight = make()
    batch = random_batch(2)

    class Stage:
        """Says background everywhere in the first example's box."""

        def replace(self, batch):
            chosen = tf.constant([1.0, 0.0])[:, None, None, None] * (1 - batch[keys.VISIBLE])
            other = chosen * tf.one_hot(tf.zeros([2, 32, 32], tf.int32), 8) + (1 - chosen) * batch[keys.PARSING]
            return {**batch, keys.PARSING: other}

    plain, _ = objective(nets, batch, weight, STEP, False)
    objective._shape_stage = Stage()
    replaced, _ = objective(nets, batch, weight, STEP, False)
    ratio = (replaced.terms["pixel"] / plain.terms["pixel"]).numpy()
    background = float(tf.reduce_mean(batch[keys.PARSING][0, 8:24, 4:28, 0]))
    hidden = 16 * 24 / 32**2
    assert ratio[0] == pytest.approx(1 - hidden * (1 - background), abs=0.05)
    assert ratio[1] == pytest.approx(1, rel=1e-5)


def test_latent_regression_reads_the_code_from_the_random_picture(make, random_batch):
    nets, objective, weight = make(loss__latent_regression=0.5)
    first, _ = objective(nets, random_batch(2), weight, STEP, True)
    assert first.weights["latent_regression"] == 0.5
    assert np.all(first.terms["latent_regression"] > 0)


def test_an_erased_region_leaves_visible_pixels_out_of_the_random_sample_too(make, random_batch):
    options = {"loss__region": "erased", "model__discriminator": False, "loss__latent_regression": 0.5}
    nets, objective, weight = make(**options)
    first, _ = objective(nets, random_batch(2), weight, STEP, False)
    assert first.weights.keys() == {"pixel", "kl_cost", "kl_standard", "latent_regression"}


def test_latent_regression_reads_a_picture_as_the_data_crops_it(small_config, people):
    """x_a of the photo itself is the pipeline's x_a, and the real encoder's code has the random code's shape."""
    config = small_config("texture", loss__latent_regression=0.5, model__discriminator=False, train__batch_size=2)
    batch = next(iter(training_dataset(open_records(people), config)))
    objective = TextureObjective(config)
    np.testing.assert_allclose(objective._garment(batch, batch[keys.PHOTO]), batch[keys.GARMENT_RGB], atol=1e-5)
    nets = build_networks(config)
    actual, _ = objective(nets, batch, KLWeight(config), STEP, False)
    picture = nets.generate(batch, batch[keys.NOISE][:, 1])[-1]
    again = nets.posterior({**batch, keys.GARMENT_RGB: objective._garment(batch, picture)}).mean
    expected = np.abs(again - batch[keys.NOISE][:, 1]).mean((1, 2, 3))
    np.testing.assert_allclose(actual.terms["latent_regression"], expected, rtol=1e-4)
