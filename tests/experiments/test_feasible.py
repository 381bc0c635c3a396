"""What would fail after hours is told before anything is trained, by the field that is to be changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ml_collections import ConfigDict

from tf_tryon.config import baseline
from tf_tryon.errors import TryOnError
from tf_tryon.experiments.plan import add_row, experiment
from tf_tryon.experiments.run import run_experiment


@pytest.fixture
def config() -> ConfigDict:
    made = experiment("tiny")
    stages = [baseline("finet", stage, 64) for stage in ("texture", "shape")]
    for stage in stages:
        stage.loss.perceptual = "none"
    add_row(made, "full", "FiNet", *stages)
    made.evaluation.update(people=8, samples=2, features="none", garments=("top",))
    return made


def _vgg(config: ConfigDict, folder: Path) -> None:
    config.evaluation.features, config.perceptual_weights = "vgg16", str(folder / "vgg.h5")


def _rows_own(config: ConfigDict, folder: Path) -> None:
    loss = config.rows.full.texture.loss
    loss.perceptual, loss.perceptual_weights = "vgg19", str(folder / "vgg.h5")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda config, folder: config.evaluation.update(features="resnet"), r"evaluation\.features.*choose one"),
        (lambda config, folder: config.evaluation.update(features="inception_2015"), "classify_image_graph_def"),
        (lambda config, folder: config.evaluation.update(garments=("hat",)), "not among those that are trained"),
        (lambda config, folder: config.evaluation.update(figures_beside=str(folder / "none")), "none.*no data set"),
        (_vgg, r"config\.perceptual_weights.*vgg\.h5"),
        (_rows_own, r"config\.rows\.full\.texture\.loss\.perceptual_weights.*vgg\.h5"),
    ],
)
def test_it_is_told_at_once(
    config: ConfigDict, change: Callable[..., Any], told: str, tmp_path: Path, make_data_set: Any
) -> None:
    data = make_data_set(tmp_path / "people", train=6, test=12)
    change(config, tmp_path)
    with pytest.raises((TryOnError, ValueError), match=told):
        run_experiment(config, data, tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_people_to_measure_on_are_needed(config: ConfigDict, tmp_path: Path, make_data_set: Any) -> None:
    with pytest.raises(TryOnError, match="8 or more"):
        run_experiment(config, make_data_set(tmp_path / "few", train=6, test=4), tmp_path / "work")
