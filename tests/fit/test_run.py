"""What is refused before any work, and what an earlier call's people are kept for."""

import json
import os
import pathlib

import pytest

from tf_tryon.errors import InTheWayError, TryOnError
from tf_tryon.fit import people, run
from tf_tryon.fit.run import Given, fit
from tf_tryon.fit.training import NO_VGG
from tf_tryon.writing.results import new_files


def bundled(out: pathlib.Path) -> None:
    """A model that the verb `bundle` wrote."""
    with new_files(out, "manifest.json", by="tf-tryon bundle") as new:
        (new.path / "shape").mkdir()
        (new.path / "shape" / "weights.npz").write_text("weeks of work")


@pytest.mark.parametrize(
    "name", ["manifest.json", "shape/weights.npz", "texture/discriminator.npz", "fit.html", "before_and_after.png"]
)
def test_files_in_the_way_are_refused_before_any_work(name, base, many, tmp_path, untouched, monkeypatch):
    monkeypatch.setattr(run, "_people", lambda *_: pytest.fail("the work has begun"))
    out = tmp_path / "out"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("mine")
    with untouched(tmp_path), pytest.raises(InTheWayError, match=name):
        fit(Given((), str(many)), out, str(base), 1, NO_VGG)


def test_a_model_of_the_verb_bundle_is_not_replaced(base, many, tmp_path, untouched, monkeypatch):
    monkeypatch.setattr(run, "_people", lambda *_: pytest.fail("the work has begun"))
    bundled(tmp_path / "out")
    with untouched(tmp_path), pytest.raises(InTheWayError, match="was written by `tf-tryon bundle`"):
        fit(Given((), str(many)), tmp_path / "out", str(base), 1, NO_VGG)


def test_a_run_s_files_that_are_nobody_s_are_refused_before_any_work(base, many, tmp_path, monkeypatch):
    given, work = Given((), str(many)), tmp_path / "work"
    monkeypatch.setattr(run, "_people", lambda *_: pytest.fail("the work has begun"))
    work.mkdir()
    (work / "fit.json").write_text(json.dumps({"key": {}, "people": False, "granted": {}}))
    (work / "texture" / "checkpoints").mkdir(parents=True)
    with pytest.raises(TryOnError, match="other values of base, seed, data"):
        fit(given, tmp_path, str(base), 1, NO_VGG)
    key = {"base": str(base.resolve()), "seed": 0, **given.key()}
    (work / "fit.json").write_text(json.dumps({"key": key, "people": False, "granted": {}}))
    with pytest.raises(InTheWayError, match="texture holds checkpoints but no"):
        fit(given, tmp_path, str(base), 1, NO_VGG)


def test_a_refused_data_set_is_made_again(base, many, tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(people, "LEAST", 57)
    from_records = people.from_records
    monkeypatch.setattr(people, "from_records", lambda *given: (made.append(1), from_records(*given)))
    for _ in range(2):
        with pytest.raises(TryOnError, match="56 usable people, and 57 are needed"):
            fit(Given((), str(many)), tmp_path, str(base), 1, NO_VGG)
    monkeypatch.setattr(people, "LEAST", 56)
    monkeypatch.setattr(run.training, "train", lambda *_: 143)
    for _ in range(2):  # what is taken is kept
        assert fit(Given((), str(many)), tmp_path, str(base), 1, NO_VGG) == 143
    assert len(made) == 3


@pytest.mark.parametrize("name", ["anna_parsing.png", "anna_keypoints.json"])
def test_people_follow_from_the_files_beside_the_photos(name, tmp_path):
    photo, beside = tmp_path / "anna.jpg", tmp_path / name
    photo.write_bytes(b"photo")
    keys = [Given([photo]).key()]
    for text in ("found", "mended"):
        beside.write_text(text)
        os.utime(beside, ns=(0, len(keys)))
        keys.append(Given([photo]).key())
    assert len({key["photos"] for key in keys}) == 3
    assert Given([photo]).key() == keys[-1]
