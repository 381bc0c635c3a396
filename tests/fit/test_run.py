"""What is refused before any work, and what an earlier call's people are kept for."""

import json
import os
import pathlib
import shutil

import pytest

from tf_tryon.config import read, to_json
from tf_tryon.errors import InTheWayError, TryOnError
from tf_tryon.fit import people, run
from tf_tryon.fit.run import Given, fit
from tf_tryon.fit.training import IMAGENET, NO_VGG, check_vgg, configurations
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.losses import vgg_weights
from tf_tryon.stages import TEXTURE
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
    own = {"model": str(base.resolve()), "digest": ModelFolder(base).digest}
    key = {"base": own, "seed": 0, **given.key()}
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


def test_a_base_of_other_contents_is_another_base(base, many, tmp_path, monkeypatch):
    mine, out = tmp_path / "mybase", tmp_path / "out"
    shutil.copytree(base, mine)
    monkeypatch.setattr(run.training, "train", lambda *_: 143)
    assert fit(Given((), str(many)), out, str(mine), 1, NO_VGG) == 143
    (out / "work" / "shape").mkdir()
    assert fit(Given((), str(many)), out, str(mine), 1, NO_VGG) == 143
    config = read(mine / "shape" / "config.json")
    (mine / "shape" / "config.json").write_text(to_json(config).replace('"seed": 0', '"seed": 1'))
    with pytest.raises(TryOnError, match="other values of base: give the same"):
        fit(Given((), str(many)), out, str(mine), 1, NO_VGG)


def test_weights_of_the_kernel_distance_are_looked_for_before_any_work(base, many, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_people", lambda *_: pytest.fail("the work has begun"))
    assert configurations(base, IMAGENET, 0)[TEXTURE].loss.perceptual == "none"
    broken = tmp_path / "vgg.h5"
    broken.write_bytes(b"no weights")
    with pytest.raises(TryOnError, match=r"vgg\.h5 \(.*\): give --vgg FILE, or --vgg none$"):
        fit(Given((), str(many)), tmp_path / "out", str(base), 1, str(broken))

    def offline(network, path):
        raise FileNotFoundError("set config.loss.perceptual_weights") from Exception("URL fetch failure")

    monkeypatch.setattr(vgg_weights, "load", offline)
    with pytest.raises(TryOnError, match=r"from Keras \(URL fetch failure\): give --vgg FILE, or --vgg none$"):
        fit(Given((), str(many)), tmp_path / "out", str(base), 1)
    assert not (tmp_path / "out").exists()


def test_weights_of_the_loss_are_looked_for_too(base, monkeypatch):
    looked = []
    monkeypatch.setattr(vgg_weights, "load", lambda *given: looked.append(given))
    config = configurations(base, "vgg.h5", 0)[TEXTURE]
    config.loss.perceptual = "vgg19"
    check_vgg(config, "vgg.h5")
    assert looked == [("vgg16", "vgg.h5"), ("vgg19", "")]


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
