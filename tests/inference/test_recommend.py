"""Recommendation ranks by the model's own score, and models of one stage complete too."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf_tryon.config import baseline
from tf_tryon.data.person import Person
from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundle import write_bundle
from tf_tryon.inference.recommend import people_wearing, recommend
from tf_tryon.inference.recommendation_sheet import recommendation_sheet
from tf_tryon.inference.stage import Stage
from tf_tryon.inference.tryon import TryOn
from tf_tryon.models.build import build_networks

pytestmark = [
    pytest.mark.usefixtures("eager"),  # to compile the networks would take half a minute
    pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly"),
]


@pytest.fixture
def people(make_person: Callable[..., dict[str, Any]]) -> list[Person]:
    from tf_tryon.data import records

    return [Person.from_record(records.encode(**make_person(i), jpeg_quality=None)) for i in range(8)]


def test_the_score_is_the_prior_s_and_the_best_come_first(model: Any, people: list[Person]) -> None:
    person, others = people[1], list(people_wearing(iter(people), "bottom"))
    assert len(others) == 7  # the fifth wears a dress
    ranked = recommend(model, person, "bottom", others)
    assert sorted(r.person.id for r in ranked) == sorted(p.id for p in others)
    scores = [r.score for r in ranked]
    assert scores == sorted(scores, reverse=True)
    own = next(r for r in ranked if r.person.id == person.id)
    for stage in (model.shape, model.texture):
        batch = stage.batch(person, "bottom")
        expected = stage.log_prior(batch, stage.encode(batch))[0]
        assert own.scores[stage.config.stage] == pytest.approx(expected, rel=1e-3, abs=1e-2)
    worn = [model.complete(person, "bottom", samples=1, like=r.person) for r in ranked[:2]]
    tiles = [(r.person.photo, f"{r.score:.1f} nats") for r in ranked[:2]]
    shown, alone = (
        recommendation_sheet(person, "bottom", tiles, worn),
        recommendation_sheet(person, "bottom", tiles, []),
    )
    assert shown.width == alone.width > 300
    assert shown.height > alone.height


def test_a_speck_of_a_garment_is_not_in_the_catalogue(model: Any, people: list[Person]) -> None:
    """`complete` would refuse to take it, after all were ranked."""
    speck = people[2]
    speck.labels = np.where(speck.labels == 6, 0, speck.labels).astype(np.uint8)
    speck.labels[3, 3] = 6
    assert list(people_wearing(iter([speck, people[4]]), "bottom")) == []
    assert list(people_wearing(iter([speck, people[4]]), "dress")) == [people[4]]


def test_who_wears_none_is_refused(model: Any, people: list[Person]) -> None:
    with pytest.raises(TryOnError, match="a dress covers top and bottom"):
        recommend(model, people[4], "bottom", people[:1])
    with pytest.raises(TryOnError, match="a dress covers top and bottom"):
        recommend(model, people[1], "bottom", people[3:5])
    with pytest.raises(TryOnError, match="not hat"):
        recommend(model, people[0], "hat", people[:1])


@pytest.fixture
def one_stage() -> TryOn:
    config = baseline("bicyclegan", "texture", 64)
    config.model.width = 0.125
    return TryOn(None, Stage(config, build_networks(config), np.ones((4, 64, 64, 3), np.float32), "digest"))


def test_a_model_of_one_stage_completes_without_a_parsing(one_stage: TryOn, people: list[Person]) -> None:
    person = people[1]
    made = one_stage.complete(person, "top", samples=2, seed=3)
    assert (made.photos[:, ~made.erased] == person.photo[~made.erased]).all()
    assert (made.parsings[:, made.erased] == 0).all()
    assert set(made.codes) == {"texture"}
    with pytest.raises(ValueError, match="one stage"):
        one_stage.complete(person, "top", walk=0)
    for options in ({"keep_shape": True}, {"background": "restore"}, {"like": people[2], "like_stages": ("shape",)}):
        with pytest.raises(ValueError, match="this model has one stage"):
            one_stage.complete(person, "top", **options)


def test_stages_that_do_not_belong_together_are_refused(model: Any, one_stage: TryOn) -> None:
    with pytest.raises(ValueError, match="needs a first stage"):
        TryOn(None, model.texture)
    with pytest.raises(ValueError, match="without a first stage"):
        TryOn(model.shape, one_stage.texture)


@pytest.mark.parametrize(
    ("field", "value"), [("box_widen", 1.3), ("crop", "garment"), ("keypoint_radius", 0.1), ("height", 128)]
)
def test_stages_that_see_a_person_differently_are_refused(model: Any, field: str, value: Any) -> None:
    """Each would erase, and each front end paste, another region."""
    config = model.texture.config.copy_and_resolve_references()
    config.data[field] = value
    with pytest.raises(TryOnError, match=rf"config\.data\.{field} is .* for shape and {value} for texture"):
        TryOn(model.shape, dataclasses.replace(model.texture, config=config, folded=False))


def test_a_bundle_of_one_stage_comes_back(one_stage: TryOn, people: list[Person], data_set: Path, tmp_path: Path):
    from tf_tryon.data.records import open_records
    from tf_tryon.training.weights import save_weights

    save_weights(one_stage.texture.networks, tmp_path / "run.npz", step=2)
    write_bundle(None, tmp_path / "run.npz", open_records(data_set), tmp_path / "model")
    back = TryOn.load(tmp_path / "model")
    assert back.shape is None
    first, second = (m.complete(people[1], "top", samples=1).photos.astype(int) for m in (one_stage, back))
    assert np.abs(first - second).max() <= 3  # float16
