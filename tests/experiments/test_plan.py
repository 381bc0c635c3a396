"""Experiments' configurations, and the work that follows from them."""

import importlib

import pytest

from tf_tryon.config import baseline, thesis
from tf_tryon.errors import TryOnError
from tf_tryon.experiments.plan import add_row, experiment, plan

NAMES = ("table_4_1", "table_4_1_64", "table_4_1_tiny")


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
        (lambda c: c.update(names=()), ValueError, "needs rows"),
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
