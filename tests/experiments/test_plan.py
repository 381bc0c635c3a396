"""Experiments' configurations, and the work that follows from them."""

import importlib

import pytest

from tf_tryon.config import baseline, thesis
from tf_tryon.errors import TryOnError
from tf_tryon.experiments.plan import add_row, experiment, plan

NAMES = ("table_4_1", "table_4_1_64", "table_4_1_tiny")


def test_the_table_on_photos_has_seeds_and_a_row_without_each_recommended_change():
    config = importlib.import_module("tf_tryon.configs.experiments.table_4_1_photos").get_config()
    work = plan(config)
    rows = {row.name: row for row in work.rows}
    assert {row.thesis_fid for row in work.rows} == {0.0, 23.07, 34.68, 28.02, 24.28, 35.90, 27.32, 29.78}
    assert {name for name, row in rows.items() if len(row.textures) == 3} == {
        "full", "no_gan", "no_attention", "no_spectral_norm"
    }  # fmt: skip
    assert config.evaluation.figures == "garments"
    whole = config.budget.shape + config.budget.texture
    for row in work.rows:
        for texture in row.textures:
            assert sum(work.runs[name].config.train.steps for name in (row.shape, texture) if name) == whole
    recommended = {stage: work.runs[f"recommended-{stage}"].config for stage in ("shape", "texture")}
    changes = {
        "window": {"data.crop"}, "input skips": {"model.input_skips"}, "modulation": {"model.decoder_norm"},
        "KL steering": {"loss.kl_schedule", "loss.beta"}, "autoregressive prior": {"model.prior"},
        "shared channels": {"model.latent_shared", "model.latent_centred"},
    }  # fmt: skip
    assert {row.removed for row in work.rows} == {"", *changes}
    for row in work.rows:
        for stage, run in (("shape", row.shape), ("texture", row.texture)) if row.removed else ():
            own, other = (_flat(config) for config in (work.runs[run].config, recommended[stage]))
            differing = {name for name in own if own[name] != other[name]}
            assert differing <= changes[row.removed]
            assert differing
    crops = {run.config.data.crop for name, run in work.runs.items() if not name.startswith("recommended_no_window")}
    assert crops == {"garment"}


def _flat(config, prefix=""):
    flat = {}
    for key, value in config.items():
        flat |= _flat(value, f"{prefix}{key}.") if hasattr(value, "items") else {prefix + key: value}
    return flat


def two_rows():
    config = experiment("two")
    add_row(config, "full", "full model", thesis("texture"), thesis("shape"), thesis_fid=23.07)
    add_row(config, "other", "other", thesis("texture"), shape_of="full", thesis_fid=30.0)
    return config


@pytest.mark.parametrize("name", NAMES)
def test_shipped_experiments_have_the_tables_rows_under_one_budget(name):
    config = importlib.import_module(f"tf_tryon.configs.experiments.{name}").get_config()
    work = plan(config)
    assert [row.thesis_fid for row in work.rows[:7]] == [23.07, 34.68, 28.02, 24.28, 35.90, 27.32, 29.78]
    assert len(work.rows) == 9
    whole = config.budget.shape + config.budget.texture
    for row in work.rows:
        stages = [work.runs[name] for name in (row.shape, row.texture) if name]
        assert sum(run.config.train.steps for run in stages) == whole
    ablations = {row.name: row.shape for row in work.rows if row.name.startswith("no_")}
    assert set(ablations.values()) == {"full-shape", ""}
    assert ablations["no_two_stage"] == ""


@pytest.mark.parametrize("family", ["finet", "bicyclegan"])
def test_a_nat_has_the_same_price_at_each_size(family):
    small, large = (baseline(family, "texture", size) for size in (64, 256))
    prices = [config.loss.beta / config.data.height**2 for config in (small, large)]
    assert prices[0] == prices[1] == pytest.approx({"finet": 0.1, "bicyclegan": 0.01}[family])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda c: c.budget.update(unit="hours"), ValueError, "budget.unit"),
        (lambda c: c.budget.update(shape=0.0), ValueError, "positive"),
        (lambda c: c.rows.other.update(shape_of="nobody"), ValueError, "shape_of"),
        (lambda c: c.rows.other.update(shape_of=""), ValueError, "two_stage"),
        (lambda c: c.rows.other.texture.model.update(output_scales=9), ValueError, "other-texture: config.model"),
        (lambda c: c.rows.other.texture.data.update(height=128, width=128), TryOnError, "can't be compared"),
        (lambda c: c.evaluation.update(samples=1), ValueError, "2 samples"),
        (lambda c: c.evaluation.update(figures="faces"), ValueError, "evaluation.figures"),
        (lambda c: c.rows.other.update(seeds=(1, 1)), ValueError, "once"),
        (lambda c: (c.curves.update(points=2), c.budget.update(unit="minutes")), ValueError, "curves.points"),
        (lambda c: c.update(names=()), ValueError, "needs rows"),
        (lambda c: c.update(names=("fulll",)), ValueError, "no row 'fulll': choose of full, other"),
        (lambda c: c.update(names=("full", "full")), ValueError, "once"),
        (lambda c: c.evaluation.update(figure_people=0), ValueError, "evaluation.figure_people = 0"),
        (lambda c: c.evaluation.update(batch=0), ValueError, "evaluation.batch = 0"),
        (lambda c: c.evaluation.update(garments=()), ValueError, "evaluation.garments is empty"),
        (lambda c: c.reader.update(batch=0), ValueError, "reader.batch = 0"),
        (lambda c: c.reader.update(steps=0), ValueError, "reader.steps = 0"),
        (lambda c: c.curves.update(points=-1), ValueError, "curves.points = -1"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_trained(change, error, words):
    config = two_rows()
    change(config)
    with pytest.raises(error, match=words):
        plan(config)


def test_seed_and_weights_are_every_runs():
    config = two_rows()
    config.seed, config.perceptual_weights = 5, "vgg.h5"
    config.rows.full.texture.loss.perceptual = "vgg16"
    runs = plan(config).runs
    assert {run.config.seed for run in runs.values()} == {5}
    assert runs["full-texture"].config.loss.perceptual_weights == "vgg.h5"
    assert runs["other-texture"].config.loss.perceptual_weights == ""  # VGG-19's


def test_seeds_are_of_the_second_stage_and_each_is_a_copy():
    config = two_rows()
    config.rows.other.seeds = (0, 7)
    config.curves.points = 4
    config.budget.texture = 10.0
    work = plan(config)
    row = work.rows[1]
    assert (row.textures, row.copies) == (("other-texture", "other-texture-seed7"), ("other", "other-seed7"))
    copy = work.runs["other-texture-seed7"]
    assert (copy.config.seed, copy.like, work.runs["full-shape"].config.seed) == (7, "other-texture", 0)
    assert copy.config.train.weights_every == 3  # steps 3, 6, 9 and 10
    assert work.runs["full-shape"].config.train.weights_every == work.runs["full-shape"].config.train.steps
