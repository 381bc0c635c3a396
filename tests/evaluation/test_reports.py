"""Both stages' reports with tiny untrained networks on tiny people."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.records import open_records
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation import report, sampling, subject
from tf_tryon.evaluation.shape_report import evaluate_shape
from tf_tryon.evaluation.texture_report import evaluate_texture


class Colours:
    """Stands for a network: the means of the picture's four quarters."""

    name = "quarters"
    size = 12

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        return tf.reshape(tf.image.resize(pictures, (2, 2), "area"), (-1, 12)).numpy()


@pytest.mark.slow
def test_the_shape_report_does_not_depend_on_the_batch(people: Path, bundle: Path) -> None:
    run = subject.load(bundle / "shape").runs["shape"]
    records = open_records(people)
    options = {"count": 5, "samples": 2, "seed": 4, "garments": ("top",), "progress": False}
    actual = evaluate_shape(run.nets, records, run.config, batch=5, **options)["top"]
    again = evaluate_shape(run.nets, records, run.config, batch=3, **options)["top"]
    for name, estimate in actual.items():
        assert estimate["people"] == 5, name
        assert again[name]["value"] == pytest.approx(estimate["value"], abs=1e-4), name
    assert actual["truth_whole"]["value"] == actual["truth_sound"]["value"] == 1
    assert actual["truth_asymmetry"]["value"] == 0
    assert {"prior_best_of_2_garment_iou", "prior_pairwise_1_minus_iou_of_2", "kl_nats"} <= set(actual)
    assert not [name for name in actual if name.startswith("shown_")]
    run.config.model.replaces = "garment"
    shown = evaluate_shape(run.nets, records, run.config, batch=5, **options)["top"]
    assert {name: shown[name] for name in actual} == actual
    assert shown["shown_box_accuracy"]["value"] > actual["prior_box_accuracy"]["value"]  # what isn't the top's is right


@pytest.mark.slow
def test_the_texture_report_has_three_ways_and_two_anchors(people: Path, bundle: Path) -> None:
    actual = subject.load(bundle)
    run = actual.runs["texture"]
    assert actual.shape is actual.runs["shape"]
    results = evaluate_texture(
        run.nets, open_records(people), run.config, count=8, samples=2, shape=actual.shape.nets, features=Colours(),
        garments=("bottom",), batch=3, progress=False,
    )["bottom"]  # fmt: skip
    for kind in ("truth", "filled", "posterior", "prior", "end_to_end"):
        assert results[f"{kind}_frechet_quarters_n4"]["value"] >= 0
    for kind in ("prior", "end_to_end"):
        assert results[f"{kind}_seam_ratio"]["value"] > 0
        assert f"{kind}_colour_spread_ratio_of_2" in results
    assert 0 < results["posterior_l1_box"]["value"] < 1
    without = evaluate_texture(
        run.nets, open_records(people), run.config, count=4, samples=2, garments=("bottom",), batch=4, progress=False
    )["bottom"]
    assert not [name for name in without if "frechet" in name or "end_to_end" in name]


def test_visible_pixels_are_the_photo_s(people: Path, bundle: Path) -> None:
    run = subject.load(bundle / "texture").runs["texture"]
    sampler = sampling.Sampler(run.nets, seed=0)
    first, batch = next(sampling.people(open_records(people), "test", "top", run.config, 3, 8))
    made = sampling.complete_photo(batch, sampler.sample(batch, first, 0))
    visible = ~sampling.erased(batch)
    np.testing.assert_array_equal(made[visible], sampling.true_photo(batch)[visible])


def test_noise_is_a_person_s_own(bundle: Path) -> None:
    sampler = sampling.Sampler(subject.load(bundle / "shape").runs["shape"].nets, seed=3)
    np.testing.assert_array_equal(sampler.noise(10, 2, 4)[1:], sampler.noise(11, 2, 3))
    assert not np.array_equal(sampler.noise(10, 2, 4), sampler.noise(10, 3, 4))
    assert not np.array_equal(sampler.noise(10, 2, 4), sampler.noise(10, 2, 4, posterior=True))


def test_the_table_marks_what_is_reached(tmp_path: Path) -> None:
    good, bad = ({"value": v, "low": v - 0.1, "high": v + 0.1, "people": 9} for v in (0.3, 0.2))
    measure = "prior_pairwise_1_minus_iou_of_8"
    nothing = {"value": None, "low": None, "high": None, "people": 0}
    stages = {
        "shape": {"top": {measure: bad}, "bottom": {measure: bad, "truth_asymmetry": nothing}, "hat": {measure: good}}
    }
    table = report.write({"model": "runs/shape", "samples": 8, "stages": stages}, tmp_path / "out" / "report.json")
    text = table.read_text()
    assert "| **0.20** (0.10 to 0.30) | 0.20 ✗ (0.10 to 0.30) | 0.30 (0.20 to 0.40) | >= 0.15 / >= 0.25 |" in text
    assert "| truth_asymmetry | - | - | - |  |" in text
    assert report.bar("posterior_l1_box", "top") == ("<=", 0.08)
    assert not report.reached(None, "<=", 1)


def test_what_cannot_be_evaluated_is_said(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(TryOnError, match="nowhere"):
        subject.load(tmp_path / "nowhere")
    with pytest.raises(TryOnError, match="of the texture stage"):
        subject.load(bundle / "texture", shape=bundle / "texture")
    with pytest.raises(TryOnError, match="has none"):
        subject.load(bundle / "shape", shape=bundle / "shape")
