"""FiNet and BicycleGAN: each network by the shared checker, and both behind the contract."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import config as configuration
from tf_tryon import keys
from tf_tryon.models.bicyclegan import PatchDiscriminator, ResNetEncoder, TwoDiscriminators, UNet
from tf_tryon.models.build import build_networks
from tf_tryon.models.finet import FiNetEncoder, FiNetGenerator

NARROW = 0.125


def random(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.mark.parametrize(
    ("make", "shapes", "expected"),
    [
        (lambda: FiNetGenerator(3, True, width=NARROW), [(2, 64, 64, 14), (2, 1, 1, 8)], [(2, 64, 64, 3)]),
        (lambda: FiNetEncoder(width=NARROW), [(2, 32, 32, 3)], [(2, 1, 1, 8)] * 2),
        (lambda: UNet(width=NARROW), [(2, 32, 64, 3), (2, 1, 1, 8)], [(2, 32, 64, 3)]),
        (lambda: ResNetEncoder(width=NARROW), [(2, 64, 64, 3)], [(2, 1, 1, 8)] * 2),
        (lambda: ResNetEncoder(width=NARROW), [(2, 320, 320, 3)], [(2, 1, 1, 8)] * 2),
        (lambda: TwoDiscriminators(64, NARROW), [(2, 64, 64, 3)], [(2, 14, 14, 1), (2, 6, 6, 1)] * 2),
    ],
    ids=[
        "finet generator",
        "finet encoder",
        "unet",
        "resnet encoder",
        "resnet encoder of large pictures",
        "discriminators",
    ],
)
def test_networks(check_model, make, shapes, expected):
    model = make()
    model.build((None, *shapes[0][1:]))
    check_model(model, [random(*shape, seed=i) for i, shape in enumerate(shapes)], expected)


@pytest.mark.parametrize(("family", "stage"), [("finet", "shape"), ("finet", "texture"), ("bicyclegan", "texture")])
def test_contract(make_batch, family, stage):
    config = configuration.baseline(family, stage, 64)
    config.model.width = NARROW
    configuration.validate(config)
    nets, batch = build_networks(config), make_batch(config)
    code = (2, *configuration.latent_shape(config))
    assert code == (2, 1, 1, 8)
    posterior = nets.posterior(batch)
    prior = nets.prior(batch, posterior.mean)
    assert {tuple(x.shape) for x in (*posterior, *prior)} == {code}
    drawn = nets.sample_prior(batch, tf.ones(code), 0.5)
    np.testing.assert_allclose(drawn, prior.mean + 0.5 * prior.std, rtol=1e-5, atol=1e-6)
    first, second = (nets.generate(batch, codes)[-1] for codes in (drawn, drawn + 3.0))
    assert first.shape == (2, 64, 64, 8 if stage == "shape" else 3)
    assert not np.allclose(first, second)
    other = {**batch, nets.garment_key: batch[nets.garment_key][::-1]}
    assert not np.allclose(nets.posterior(other).mean, posterior.mean)
    if family == "bicyclegan":
        assert not prior.mean.numpy().any()
        assert (prior.std.numpy() == 1).all()
        hidden = {**batch, keys.PARSING: tf.zeros_like(batch[keys.PARSING])}
        np.testing.assert_array_equal(nets.generate(hidden, drawn)[-1], first)


def test_the_second_scale_leaves_what_is_outside_out_of_the_mean():
    """The mean of a constant picture is that constant, at the border too."""
    judge = PatchDiscriminator(8, layers=1)
    judge.build((None, 32, 32, 3))
    for first, second in zip(*judge.scales, strict=True):
        second.kernel.assign(first.kernel) if first.kernel.shape == second.kernel.shape else None
    whole, half = judge(tf.ones((1, 32, 32, 3)))
    again, _ = judge(tf.ones((1, 16, 16, 3)))
    np.testing.assert_allclose(half, again, rtol=1e-5)
    assert whole.shape[1] > half.shape[1]


@pytest.mark.parametrize(
    ("family", "stage", "changes", "words"),
    [
        ("finet", "texture", {"model.attention": True}, "model.attention"),
        ("finet", "shape", {"model.discriminator": True}, "model.discriminator"),
        ("bicyclegan", "shape", {}, "no stages"),
        ("bicyclegan", "texture", {"train.batch_size": 9}, "even"),
        ("bicyclegan", "texture", {"train.evaluate_every": 9}, "evaluate_every"),
        ("bicyclegan", "texture", {"loss.adversarial_start": 5}, "starts at once"),
        ("finet", "shape", {"loss.pixel_box": 1.0}, "pixel_box"),
        ("finet", "shape", {"model.family": "gan"}, "model.family"),
    ],
)
def test_what_a_baseline_does_not_have_is_refused(family, stage, changes, words):
    config = configuration.baseline(family, stage, 64)
    config.update_from_flattened_dict(changes)
    with pytest.raises(ValueError, match=words):
        configuration.validate(config)
