"""Both stages behind their contract: shapes, what each network may see, reproducible starts."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import baseline, latent_shape, thesis, validate
from tf_tryon.derived import doubled
from tf_tryon.layers import compat
from tf_tryon.models.build import build_networks

RECOMMENDED = {
    "latent_layout": "aligned", "prior": "autoregressive", "encoder_context": True, "encoder_pool": 2,
    "context_pool": 2, "input_skips": True, "decoder_norm": "spade", "upsample": "resize", "output_scales": 1,
    "latent_shared": 3,
}  # fmt: skip


def _config(stage, **model):
    config = thesis(stage)
    config.data.height, config.data.width = 64, 96
    config.data.shape_frame = "box"
    config.model.width = 0.125
    config.model.update(model)
    validate(config)
    return config


def _run(config, batch):
    nets = build_networks(config)

    noise = tf.constant(np.random.default_rng(0).standard_normal((2, *latent_shape(config))), tf.float32)
    posterior = nets.posterior(batch)
    codes = posterior.sample(noise)
    prior, drawn = nets.prior(batch, codes), nets.sample_prior(batch, noise)
    outputs = nets.generate(batch, codes)
    scores = None if nets.discriminator is None else nets.discriminate(outputs[-1])[0]
    return posterior, prior, drawn, outputs, scores


@pytest.mark.parametrize(
    ("stage", "model"),
    [
        ("shape", {}),
        ("texture", {}),
        ("shape", RECOMMENDED),
        ("texture", RECOMMENDED),
        ("shape", {"latent_stride": 16}),
    ],
    ids=["shape", "texture", "shape recommended", "texture recommended", "stride 16"],
)
def test_contract(make_batch, stage, model):
    config = _config(stage, **model)
    posterior, prior, drawn, outputs, scores = _run(config, make_batch(config))
    code = (2, *latent_shape(config))
    assert {tuple(x.shape) for x in (*posterior, *prior, drawn)} == {code}
    assert {x.dtype for x in (*posterior, *prior, *outputs)} == {tf.float32}
    channels = 8 if stage == "shape" else 3
    sizes = [(2, 64 >> i, 96 >> i, channels) for i in reversed(range(config.model.output_scales))]
    assert [tuple(x.shape) for x in outputs] == sizes
    assert (scores is None) == (stage == "shape")


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_doubled_networks_have_the_same_codes_and_one_output_more(make_batch, stage):
    config = _config(stage, **RECOMMENDED)
    cells = latent_shape(config)
    validate(doubled(config))
    assert (config.data.height, config.data.width, latent_shape(config)) == (128, 192, cells)
    posterior, _, drawn, outputs, _ = _run(config, make_batch(config))
    assert {tuple(x.shape) for x in (*posterior, drawn)} == {(2, *cells)}
    assert [tuple(x.shape[1:3]) for x in outputs] == [(64, 96), (128, 192)]


def test_without_two_stages_keypoints_replace_classes(make_batch):
    config = _config("texture", two_stage=False)
    *_, outputs, _ = _run(config, make_batch(config))
    assert outputs[-1].shape == (2, 64, 96, 3)


@pytest.mark.parametrize(("stage", "secret"), [("shape", keys.PARSING), ("texture", keys.PHOTO)])
def test_nothing_of_the_erased_box_is_seen_but_by_the_posterior(make_batch, stage, secret):
    config = _config(stage, **RECOMMENDED)
    batch = make_batch(config)
    nets = build_networks(config)
    noise = tf.ones((2, *latent_shape(config)))
    visible = batch[keys.VISIBLE]
    other = {**batch, secret: batch[secret] * visible + (1 - visible) * tf.reverse(batch[secret], [1])}
    for key in (keys.GARMENT_MASK, keys.GARMENT_RGB):
        other[key] = -batch[key]

    def blind(batch):
        drawn = nets.sample_prior(batch, noise)
        return drawn, nets.generate(batch, noise)[-1]

    for one, two in zip(blind(batch), blind(other), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
    assert np.abs(nets.posterior(batch).mean - nets.posterior(other).mean).max() > 1e-6


def test_codes_act_inside_the_erased_box_only_where_they_are_laid(make_batch):
    config = _config("shape", latent_layout="aligned")
    nets, batch = build_networks(config), make_batch(config)
    laid = nets.laid(batch, tf.ones((2, *latent_shape(config))))
    np.testing.assert_allclose(tf.reduce_max(laid, -1, keepdims=True), 1 - batch[keys.VISIBLE], atol=1e-6)


@pytest.mark.parametrize("prior", ["independent", "autoregressive"])
def test_shared_channels_are_one_value_for_posterior_samples_and_generator(make_batch, prior):
    config = _config("shape", **{**RECOMMENDED, "prior": prior})
    nets, batch = build_networks(config), make_batch(config)
    codes = tf.constant(np.random.default_rng(0).standard_normal((2, *latent_shape(config))), tf.float32)
    drawn = np.ptp(nets.sample_prior(batch, codes), axis=(1, 2))
    assert np.ptp(nets.posterior(batch).mean, axis=(1, 2))[:, -3:].max() < 1e-6
    assert drawn[:, -3:].max() == 0
    assert drawn[:, :-3].min() > 0
    for read in (lambda z: nets.generate(batch, z)[-1], lambda z: nets.prior(batch, z).mean):
        np.testing.assert_array_equal(read(codes), read(nets.share(codes)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: _config("shape", **RECOMMENDED),
        lambda: _config("texture", **{**RECOMMENDED, "prior": "independent"}),
        lambda: baseline("finet", "texture", 64),
    ],
    ids=["autoregressive", "independent", "finet"],
)
def test_draws_come_with_their_prior_and_of_one_person_there_may_be_many(make_batch, make):
    config = make()
    config.model.width = 0.125
    nets, batch = build_networks(config), make_batch(config)
    noise = tf.constant(np.random.default_rng(0).standard_normal((2, *latent_shape(config))), tf.float32)
    first = {key: tensor[:1] for key, tensor in batch.items()}
    twice = {key: tf.repeat(tensor, 2, axis=0) for key, tensor in first.items()}
    for given, people in ((batch, batch), (first, twice)):
        codes, prior = nets.draw_prior(given, noise, 0.5)
        np.testing.assert_allclose(codes, nets.sample_prior(people, noise, 0.5), atol=1e-5)
        for drawn, expected in zip(prior, nets.prior(people, codes), strict=True):
            np.testing.assert_allclose(drawn, expected, atol=1e-5)


@pytest.mark.parametrize("prior", ["independent", "autoregressive"])
def test_channels_of_its_own_are_drawn_at_the_local_temperature(make_batch, prior):
    config = _config("shape", **{**RECOMMENDED, "prior": prior, "local_temperature": 0.25})
    nets, batch = build_networks(config), make_batch(config)
    noise = np.random.default_rng(0).standard_normal((2, *latent_shape(config))).astype(np.float32)
    scaled = noise * np.array([*[0.25] * 5, *[1.0] * 3], np.float32)
    config.model.local_temperature = 1.0
    plain = build_networks(config)
    np.testing.assert_allclose(nets.sample_prior(batch, noise), plain.sample_prior(batch, scaled), atol=1e-5)


def test_centred_codes_leave_to_the_shared_channels_what_cells_have_alike(make_batch):
    config = _config("texture", **RECOMMENDED, latent_centred=True)
    nets, batch = build_networks(config), make_batch(config)
    codes = tf.constant(np.random.default_rng(0).standard_normal((2, *latent_shape(config))), tf.float32)
    read = [nets.generate(batch, codes + shift)[-1] for shift in (0.0, [*[1.0] * 5, *[0.0] * 3], [*[0.0] * 7, 1.0])]
    np.testing.assert_allclose(read[1], read[0], atol=1e-5)
    assert np.abs(read[2] - read[0]).max() > 1e-4


def test_initial_weights_follow_from_the_seed():
    first, again, other = _config("shape"), _config("shape"), _config("shape")
    other.seed = 1
    weights = [build_networks(first).generator.get_weights()]
    build_networks(_config("texture"))  # whatever was built in between
    weights += [build_networks(config).generator.get_weights() for config in (again, other)]
    for a, b in zip(weights[0], weights[1], strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(np.any(a != b) for a, b in zip(weights[0], weights[2], strict=True))


def _layers(layer):
    return [layer, *(inner for child in compat.sublayers(layer) for inner in _layers(child))]


@pytest.mark.parametrize("family", [pytest.param("tryon", marks=pytest.mark.slow), "finet", "bicyclegan"])
def test_precision_is_what_was_asked_for_whatever_the_global_policy(family):
    config = _config("texture", **RECOMMENDED) if family == "tryon" else baseline(family, "texture", 64)
    config.model.width = 0.125
    before = keras.mixed_precision.global_policy()
    try:
        for policy, wanted in (("mixed_bfloat16", "float32"), ("float32", "mixed_bfloat16")):
            keras.mixed_precision.set_global_policy(policy)
            nets = build_networks(config) if wanted == "float32" else build_networks(config, wanted)
            for layer in (layer for model in nets.models.values() for layer in _layers(model)):
                assert layer.compute_dtype == wanted.removeprefix("mixed_"), layer.name
                assert all(weight.dtype == "float32" for weight in layer.weights)
            assert keras.mixed_precision.global_policy().name == policy
    finally:
        keras.mixed_precision.set_global_policy(before)


def test_one_update_turns_every_u():
    nets = build_networks(_config("texture"))
    vectors = [u for u in nets.spectral_state() if u.shape[0] > 1]
    before = [np.asarray(v) for v in vectors]
    nets.update_spectral_norms()
    assert len(before) > 50
    assert all(np.abs(old - v).max() > 1e-4 for old, v in zip(before, vectors, strict=True))


def test_shape_stage_has_no_discriminator():
    with pytest.raises(ValueError, match="discriminator"):
        build_networks(_config("shape")).discriminate(tf.zeros((1, 64, 96, 3)))
