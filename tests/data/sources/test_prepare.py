"""Every way in which an example is rejected has its reason; what is missing is annotated; large photos are cropped."""

import dataclasses
import json
import logging
import types

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.label_picture import save_labels
from tf_tryon.data.records import decode
from tf_tryon.data.sources.located import Located
from tf_tryon.data.sources.outcome import Outcome, RejectedError
from tf_tryon.data.sources.prepare import Preparer, Settings, _crop
from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.errors import TryOnError
from tf_tryon.geometry.crop import FILLED

SETTINGS = Settings("viton-hd", "cihp20", size=64, min_garments=3)


@pytest.fixture
def example(tmp_path, make_person):
    """Makes an example's files, after a change of its photo, labels or keypoints."""

    def make(change=lambda person: None, index=0):
        person = make_person(index)
        change(person)
        Image.fromarray(person["photo"]).save(tmp_path / "photo.png")
        Image.fromarray(person["labels"]).save(tmp_path / "labels.png")
        (tmp_path / "points.json").write_text(json.dumps(to_openpose(person["keypoints"])))
        return Located("anna", "train", tmp_path / "photo.png", tmp_path / "labels.png", tmp_path / "points.json")

    return make


def alone(*labels):
    """Keeps only these labels."""

    def change(person):
        person["labels"][~np.isin(person["labels"], labels)] = 0

    return change


def twice(person):
    for name in ("photo", "labels"):
        person[name] = np.concatenate([person[name], person[name]], axis=1)


def small(person):
    for name in ("photo", "labels"):
        person[name] = person[name][::3, ::3]
    person["keypoints"][:, :2] /= 3


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-100])


def overwrite(path, text):
    path.write_text(text)


def without(name):
    return lambda example: dataclasses.replace(example, **{name: None})


CASES = {
    "photo missing": (None, lambda e: e.photo.unlink()),
    "photo unreadable": (None, lambda e: cut_short(e.photo)),
    "parsing unreadable": (None, lambda e: overwrite(e.parsing, "no picture")),
    "keypoints unreadable": (None, lambda e: overwrite(e.keypoints, "{}")),
    "labels of another vocabulary": (lambda p: p["labels"].__setitem__((0, 0), 20), None),
    "photo and parsing differ in size": (lambda p: p.update(labels=p["labels"][:32]), None),
    "keypoints missing": (lambda p: p["keypoints"].fill(0), None),
    "parsing missing": (None, without("parsing")),
    "no person": (alone(), None),
    "several people": (twice, None),
    "too small": (small, None),
    "fewer than 3 garments": (alone(13, 5, 9), None),
    "stand-alone": (None, lambda e: dataclasses.replace(e, rejected="stand-alone")),
}


@pytest.mark.parametrize("reason", CASES)
def test_rejections_have_reasons(reason, example):
    change, damage = CASES[reason]
    made = example(change) if change else example()
    made = (damage(made) if damage else None) or made
    outcome = Preparer(SETTINGS).outcome(made)
    assert (outcome.reason, outcome.record) == (reason, b"")
    assert Outcome.from_bytes(outcome.to_bytes()) == outcome
    assert reason != "fewer than 3 garments" or outcome.detail == "top, bottom"


def test_a_decompression_bomb_is_rejected(example, monkeypatch):
    made = example()
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert Preparer(SETTINGS).outcome(made).reason == "photo unreadable"


def test_a_photo_wider_than_a_jpeg_is_rejected():
    strip = np.ones((130, 65_501), np.uint8)
    with pytest.raises(RejectedError, match="65501x130 pixels, and a record holds 65500 a side") as raised:
        _crop(strip, None, 1024)
    assert raised.value.reason == "too large"


@pytest.mark.parametrize("asked", [False, True])
def test_a_label_picture_is_of_the_vocabulary_that_it_states_unless_another_is_asked_for(asked, example):
    made = example()
    with Image.open(made.parsing) as labels:
        save_labels(CIHP20.table()[np.asarray(labels)], "tryon8", made.parsing)
    outcome = Preparer(dataclasses.replace(SETTINGS, asked=asked)).outcome(made)
    if asked:
        assert outcome.reason == "labels and keypoints disagree"
    else:
        assert decode(outcome.record)["vocabulary"] == "tryon8"


def test_log_lines_name_the_photo(example, caplog):
    made = example()
    own = json.loads(made.keypoints.read_text())["people"]
    sure = to_openpose(np.tile(np.float32([3, 3, 1]), (18, 1)))["people"]
    made.keypoints.write_text(json.dumps({"people": sure + own}))
    with caplog.at_level(logging.WARNING):
        Preparer(SETTINGS).outcome(made)
    assert f"the keypoints of {made.photo}: the labels show another of 2 people" in caplog.text


def annotator_of(person, refuse=False):
    """Finds `person`, whatever the photo; asked for keypoints alone, no labels."""
    points = (person["keypoints"] * (1, 1, 0.5)).astype(np.float32)

    class Annotators:
        def annotate(self, photo):
            if refuse:
                raise TryOnError("nobody is there")
            return types.SimpleNamespace(labels=person["labels"], vocabulary="cihp20", keypoints=points, turns=0)

        def keypoints(self, photo):
            if refuse:
                raise TryOnError("nobody is there")
            return points

    return dataclasses.replace(SETTINGS, annotator=Annotators)


@pytest.mark.parametrize("missing", ["parsing", "keypoints"])
def test_what_is_missing_is_annotated_and_what_is_there_is_kept(missing, example, make_person):
    preparer = Preparer(annotator_of(make_person(3)))
    record = decode(preparer.outcome(without(missing)(example())).record)
    own, actual = make_person(0), make_person(3)
    np.testing.assert_array_equal(record["labels"], (actual if missing == "parsing" else own)["labels"])
    expected = actual["keypoints"] * (1, 1, 0.5) if missing == "keypoints" else own["keypoints"]
    np.testing.assert_array_equal(record["keypoints"], expected.astype(np.float32))
    refused = Preparer(annotator_of(actual, refuse=True)).outcome(without(missing)(example()))
    assert (refused.reason, refused.detail) == ("not annotated: refused", "nobody is there")

    def load():
        raise TryOnError("no model")

    unloaded = Preparer(dataclasses.replace(SETTINGS, annotator=load)).outcome(without(missing)(example()))
    assert (unloaded.reason, unloaded.detail) == (f"{missing} missing", "annotators can't be loaded: no model")


def test_a_large_photo_is_cropped_to_the_person(example):
    def enlarge(person):
        for name in ("photo", "labels"):
            grown = np.kron(person[name], np.ones((2, 2) + (1,) * (person[name].ndim - 2), np.uint8))
            person[name] = np.pad(grown, [(15, 7), (90, 12)] + [(0, 0)] * (grown.ndim - 2))
        person["keypoints"][:, :2] = person["keypoints"][:, :2] * 2 + (90, 15)

    record = decode(Preparer(SETTINGS).outcome(example(enlarge)).record)
    rows = np.flatnonzero(record["labels"].any(axis=1))
    assert record["photo"].shape == (64, 64, 3)
    assert rows[-1] + 1 - rows[0] == pytest.approx(FILLED * 64, abs=1.5)
    assert set(np.unique(record["labels"])) == {0, 1, 5, 9, 13, 14, 15, 16, 17, 18, 19}
    assert record["metadata"]["photo"] == [150, 230]
    assert record["metadata"]["visible"] == ["hat", "top", "bottom", "shoes"]
    classes = CIHP20.table()[record["labels"]]
    x, y, _ = record["keypoints"][3].astype(int)  # the right elbow
    assert classes[y, x] == 2


def test_a_photo_keeps_its_own_resolution_up_to_a_height(make_person, tmp_path):
    person = make_person(0, 192)
    for name in ("photo", "labels"):
        person[name] = np.pad(person[name], [(0, 8), (0, 40)] + [(0, 0)] * (person[name].ndim - 2))
    Image.fromarray(person["photo"]).save(tmp_path / "photo.png")
    Image.fromarray(person["labels"]).save(tmp_path / "labels.png")
    (tmp_path / "points.json").write_text(json.dumps(to_openpose(person["keypoints"])))
    located = Located("anna", "train", tmp_path / "photo.png", tmp_path / "labels.png", tmp_path / "points.json")

    def record(**options):
        return decode(Preparer(dataclasses.replace(SETTINGS, size=None, **options)).outcome(located).record)

    own, half = record(), record(max_height=160)
    np.testing.assert_array_equal(own["labels"], person["labels"])
    np.testing.assert_allclose(own["keypoints"], person["keypoints"], atol=1e-3)
    assert half["photo"].shape == (160, 186, 3)
    np.testing.assert_allclose(half["keypoints"][:, 0], person["keypoints"][:, 0] * 186 / 232, rtol=0.01)
    small = Preparer(dataclasses.replace(SETTINGS, size=None, max_height=128)).outcome(located)
    assert (small.reason, small.detail) == ("too small", "the person is 111 pixels tall, and 128 are needed")
