"""Configurations: the thesis's numbers, refused keys and combinations, and every shipped file."""

import importlib
from pathlib import Path

import pytest
from ml_collections import ConfigDict

from tf_tryon import config as configuration

ROOT = Path(__file__).parents[1]
NAMES = sorted(path.stem for path in (ROOT / "configs").glob("*.py") if path.stem != "__init__")


def _load(name: str) -> ConfigDict:
    return importlib.import_module(f"tf_tryon.configs.{name}").get_config()


@pytest.mark.parametrize("stage", configuration.STAGES)
def test_thesis_numbers(stage):
    config = configuration.thesis(stage)
    configuration.validate(config)
    assert config.stage == stage
    assert (config.data.height, config.data.width, config.data.min_garments) == (256, 256, 3)
    assert (config.data.box_widen, config.data.keypoint_radius) == (1.1, 5 / 256)
    assert configuration.latent_shape(config) == (8, 8, 8)
    assert config.model.output_scales == {"shape": 1, "texture": 4}[stage]
    assert config.model.discriminator == (stage == "texture")
    assert config.train.steps == {"shape": 20_000, "texture": 60_000}[stage]
    assert config.train.batch_size == 16
    assert (config.train.learning_rate, config.train.beta_1, config.train.beta_2) == (1e-4, 0.5, 0.999)
    assert (config.loss.appearance, config.loss.adversarial) == (20, 1)
    assert config.loss.pixel == 1 / 32
    assert config.loss.content == (1 / 16, 1 / 8, 1 / 4, 1, 1)
    assert config.loss.style == pytest.approx((0.625, 1 / 2.3, 1 / 1.8, 1 / 2.8, 12.5))
    assert config.loss.kl_prior == 1


@pytest.mark.parametrize("stage", configuration.STAGES)
def test_thesis_beta_is_its_lambda_20_in_elbo_units(stage):
    config = configuration.thesis(stage)
    h, w, c = configuration.latent_shape(config)
    assert config.loss.beta == 20 * configuration.elbo_weights(config) / (h * w * c) == 2560


@pytest.mark.parametrize("stage", configuration.STAGES)
def test_thesis_uses_no_recommended_option(stage):
    config = configuration.thesis(stage)
    assert (config.model.latent_layout, config.model.prior, config.model.decoder_norm, config.model.upsample) == (
        "tiled", "independent", "instance", "transposed",
    )  # fmt: skip
    assert not config.model.input_skips
    assert not config.model.encoder_context
    assert (config.loss.kl_schedule, config.loss.latent_regression) == ("constant", 0)
    assert (config.train.ema, config.train.clip_norm, config.train.warmup_steps) == (0, 0, 0)
    assert (config.train.final_learning_rate, config.train.precision) == (1, "float32")


def test_unknown_keys_are_refused():
    config = configuration.thesis("shape")
    with pytest.raises(AttributeError, match="btach_size"):
        config.train.btach_size = 4
    with pytest.raises((AttributeError, KeyError), match="modle"):
        config.modle = 1


def test_wrong_types_are_refused():
    config = configuration.thesis("shape")
    with pytest.raises(TypeError):
        config.train.batch_size = "four"


@pytest.mark.parametrize(
    ("stage", "changes", "words"),
    [
        ("shape", {"stage": "colour"}, "config.stage"),
        ("shape", {"data.height": 100}, "multiple of 32"),
        ("shape", {"data.width": 0}, "config.data.width"),
        ("shape", {"data.targets.top": -1.0}, "config.data.targets"),
        ("shape", {"data.targets.top": 0.0, "data.targets.bottom": 0.0}, "config.data.targets"),
        ("shape", {"train.batch_size": 0}, "config.train.batch_size"),
        ("shape", {"train.accumulate": 3}, "config.train.accumulate"),
        ("shape", {"train.accumulate": 32}, "config.train.accumulate"),
        ("shape", {"train.ema": 1.0}, "config.train.ema"),
        ("shape", {"train.log_every": 0}, "config.train.log_every"),
        ("shape", {"train.picture_every": -1}, "config.train.picture_every = -1: must not be negative; 0: never"),
        ("shape", {"train.precision": "float8"}, "config.train.precision"),
        ("shape", {"model.output_scales": 6}, "config.model.output_scales"),
        ("shape", {"model.discriminator": True}, "discriminator"),
        ("shape", {"model.two_stage": False}, "two_stage"),
        ("shape", {"train.shape_fraction": 0.5}, "texture stage"),
        ("shape", {"loss.kl_schedule": "target", "loss.kl_target_nats": 0.0}, "kl_target_nats"),
        ("shape", {"loss.kl_schedule": "sometimes"}, "config.loss.kl_schedule"),
        ("shape", {"loss.latent_regression": 0.5}, "texture stage"),
        ("texture", {"train.shape_fraction": 0.5}, "shape_run"),
        ("texture", {"train.shape_run": "runs/shape"}, "give both"),
        ("texture", {"train.shape_run": "runs/shape", "train.shape_fraction": 1.5}, "shape_fraction = 1.5"),
        (
            "texture",
            {"train.shape_run": "runs/shape", "train.shape_fraction": 0.5, "train.networks": "prior"},
            "take no parsings",
        ),
        ("texture", {"model.two_stage": False, "model.encoder_context": True}, "encoder_context = False"),
        ("texture", {"loss.region": "erased"}, "discriminator = False"),
        ("texture", {"model.encoder_head_std": 0.0}, "encoder_head_std"),
        ("texture", {"data.height": 32, "data.width": 32}, "discriminator"),
        ("texture", {"loss.style": (1.0, 1.0)}, "five weights"),
        ("texture", {"loss.perceptual_crop": 8}, "config.loss.perceptual_crop = 8: VGG halves it .* at least 16, or 0"),
        ("texture", {"loss.perceptual_crop": -4}, "config.loss.perceptual_crop = -4"),
        ("texture", {"loss.adversarial_start": -1}, "config.loss.adversarial_start = -1: must be at least 0"),
        ("shape", {"loss.kl_anneal_steps": -1}, "config.loss.kl_anneal_steps"),
        ("shape", {"data.box_widen": 0.0}, r"config.data.box_widen = 0.0: must be at least 1"),
        ("shape", {"train.learning_rate": -1.0}, "config.train.learning_rate"),
        ("shape", {"train.learning_rate": float("nan")}, "config.train.learning_rate"),
        ("shape", {"train.warmup_steps": -1}, "config.train.warmup_steps"),
        ("shape", {"train.clip_norm": -1.0}, "config.train.clip_norm"),
        ("texture", {"model.latent_stride": 12}, "latent_stride"),
        ("texture", {"model.latent_stride": 64}, "config.model.encoder_pool = 1"),
        ("texture", {"model.generator_pool": 4}, "config.model.generator_pool = 4: choose 1 or 2"),
        ("texture", {"model.generator_pool": 2, "data.width": 96}, "config.data.width = 96: .* multiple of 64"),
        ("shape", {"train.networks": "finer"}, "generator_pool = 2"),
        ("texture", {"train.networks": "finer", "model.generator_pool": 2}, "without a discriminator"),
        ("texture", {"model.replaces": "garment"}, "config.model.replaces concerns the shape stage only"),
        ("texture", {"model.local_temperature": 1.5}, "config.model.local_temperature = 1.5: choose 0 to 1"),
        ("texture", {"model.latent_centred": True}, "latent_centred .* goes with latent_shared > 0"),
        ("shape", {"model.latent_layout": "aligned"}, "shape_frame"),
        ("shape", {"model.encoder_context": True}, "shape_frame"),
    ],
)
def test_values_and_combinations_that_cannot_work_are_refused(stage, changes, words):
    config = configuration.thesis(stage)
    for name, value in changes.items():
        config.update_from_flattened_dict({name: value})
    with pytest.raises(ValueError, match=words):
        configuration.validate(config)


@pytest.mark.parametrize(
    ("family", "changes", "words"),
    [
        ("finet", {"data.height": 64, "data.width": 64}, "is finet's at 256 px"),
        ("bicyclegan", {"data.height": 64, "data.width": 64}, "is bicyclegan's at 256 px"),
        ("bicyclegan", {"loss.kl_prior": 1.0}, "config.loss.kl_prior: bicyclegan has no such term; leave it at 0.0"),
        ("bicyclegan", {"loss.region": "erased"}, "leave it at 'picture'"),
    ],
)
def test_a_baseline_is_asked_for_no_more_than_it_has(family, changes, words):
    config = configuration.baseline(family, "texture")
    configuration.validate(config)
    for name, value in changes.items():
        config.update_from_flattened_dict({name: value})
    with pytest.raises(ValueError, match=words):
        configuration.validate(config)
    configuration.validate(configuration.baseline(family, "texture", 64))


def test_all_recommended_files_are_there():
    sizes = {f"{stage}{suffix}" for stage in configuration.STAGES for suffix in ("_thesis", "", "_128", "_debug")}
    assert sizes <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_configuration_is_valid(name):
    config = _load(name)
    configuration.validate(config)
    assert config.is_locked
    assert config.stage in name.split("_")
    size = 128 if "_128" in name else 64 if "_debug" in name else 256
    assert (config.data.height, config.data.width) == (size, size)


@pytest.mark.parametrize("stage", configuration.STAGES)
def test_thesis_files_change_nothing(stage):
    assert _load(f"{stage}_thesis").to_json() == configuration.thesis(stage).to_json()


@pytest.mark.parametrize("name", NAMES)
def test_saved_configurations_come_back_equal(name):
    config = _load(name)
    back = configuration.from_json(configuration.to_json(config), "run/config.json")
    assert configuration.to_json(back) == configuration.to_json(config)
    assert back == config


def test_a_saved_configuration_of_an_earlier_version_gets_defaults():
    text = configuration.to_json(configuration.thesis("shape")).replace('"ema": 0.0,', "")
    assert configuration.from_json(text, "run/config.json") == configuration.thesis("shape")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stage": "shape", "unheard_of": 1}'])
def test_what_is_no_saved_configuration_is_refused_by_name(text):
    with pytest.raises(ValueError, match=r"run/config\.json"):
        configuration.from_json(text, "run/config.json")


def test_addons_spectral_norm_is_refused_without_tensorflow_addons(monkeypatch):
    config = configuration.thesis("texture")
    config.model.spectral_norm = "addons"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"spectral_norm = 'addons' needs tensorflow-addons.*'native'"):
        configuration.validate(config)
