"""Distances along a training: measured of weights alone, and shown with the full model's differences."""

import json
from pathlib import Path

import numpy as np
import pytest

from tf_tryon.config import baseline
from tf_tryon.experiments import curve, report_curves
from tf_tryon.experiments.document import Figure, Table
from tf_tryon.experiments.earlier import Earlier
from tf_tryon.experiments.plan import Row
from tf_tryon.models.build import build_networks
from tf_tryon.training.weights import save_weights


def features(pictures: np.ndarray) -> np.ndarray:
    return pictures.mean(axis=(1, 2))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, make_data_set) -> Path:
    return make_data_set(tmp_path_factory.mktemp("people"), train=6, test=12)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly")
def test_each_points_weights_are_measured(tmp_path: Path, people: Path, monkeypatch, uncompiled) -> None:
    config = baseline("bicyclegan", "texture", 64)
    config.model.width = 0.125
    weights = []
    for step in (1, 2):
        config.seed = step
        weights.append([step, str(tmp_path / f"{step}.npz")])
        save_weights(build_networks(config), weights[-1][1], step)
    network = type("Mean", (), {"name": "mean", "size": 3, "__call__": staticmethod(features)})
    monkeypatch.setattr(curve, "features_of", lambda job: network())
    job = {
        "data": str(people), "folder": str(tmp_path), "shape": "", "texture": weights, "frame": "", "seed": 0,
        "evaluation": {"garments": ["top"], "people": 12, "batch": 12},
    }  # fmt: skip
    with uncompiled():
        points = json.loads(json.dumps(curve.measure_curve(job)))["points"]
    assert [(point["step"], point["share"]) for point in points] == [(1, 0.5), (2, 1.0)]
    first, second = (point["measures"] for point in points)
    # Eleven of the twelve show a top and two garments more.
    assert set(first) == {f"made_{name}_mean_n{n}" for name, n in (("frechet", 5), ("kid", 5), ("paired_kid", 11))}
    assert first["made_frechet_mean_n5"]["value"] > 0
    assert first != second
    with np.load(tmp_path / curve.FILE) as kept:
        assert len(kept["0/made_paired_kid_mean_n11"]) == 12


def test_the_report_tells_where_an_ordering_is_going(tmp_path: Path) -> None:
    rows = [
        Row("full", "full model", ("a", "b"), "s", "", 23.07), Row("no_gan", "w/o GAN", ("c",), "s", "", 35.90),
        Row("later", "later", ("d",), "s", "", 30.0),
    ]  # fmt: skip
    curves = {}
    for row, values in (("full", ((50, 10), (52, 12))), ("no_gan", ((40, 30),))):
        curves[row] = [_curve(tmp_path / f"{row}-{i}", own) for i, own in enumerate(values)]
    differing = report_curves.differences(rows, curves, Earlier())
    blocks = report_curves.blocks(rows, curves, differing, tmp_path)
    figure, table = (next(block for block in blocks if isinstance(block, kind)) for kind in (Figure, Table))
    assert (tmp_path / figure.file).stat().st_size > 1000
    assert table.head == ["rows", "measure", "at 50%", "at 100%"]
    frechet, pairs = table.rows
    assert frechet[0] == "full model - w/o GAN"
    assert frechet[2].startswith("11 (")
    assert frechet[3].startswith("-19 (")
    assert pairs[1] == "kernel distance of pairs"
    assert report_curves.blocks(rows, {}, [], tmp_path) == []


def _curve(folder: Path, values: tuple[float, ...]) -> tuple[dict, Path]:
    rng = np.random.default_rng(int(values[0]))
    folder.mkdir()
    names = {"made_frechet_net_n50": 11, "made_paired_kid_net_n100": 101}
    kept = {
        f"{i}/{name}": value + np.concatenate([[0], 0.1 * rng.normal(size=size - 1)])
        for i, value in enumerate(values)
        for name, size in names.items()
    }
    np.savez(folder / curve.FILE, **kept)
    points = [
        {
            "share": (i + 1) / len(values),
            "measures": {name: {"value": value, "low": value - 1, "high": value + 1, "people": 50} for name in names},
        }
        for i, value in enumerate(values)
    ]
    return {"points": points}, folder
