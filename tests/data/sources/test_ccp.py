"""Clothing Co-Parsing's tree: photos at their own size, labels by name and pose, labelled people held out."""

import dataclasses
import types

import numpy as np
import pytest
import scipy.io

from tf_tryon.data import records
from tf_tryon.data.person import Person
from tf_tryon.data.sources import build as build_lib
from tf_tryon.data.sources import ccp
from tf_tryon.data.vocabulary import CIHP20, FACE
from tf_tryon.errors import TryOnError

LABELLED, TAGGED = (0, 1, 3, 4), (2, 5)


@pytest.fixture
def root(trees, tmp_path):
    trees.ccp(tmp_path / "root", {i: i in LABELLED for i in range(6)})
    return tmp_path / "root"


@pytest.fixture
def options(make_person, monkeypatch):
    """Annotators that know the person by the photo's background."""
    people = {i: make_person(i, 192) for i in range(6)}

    class Annotators:
        def keypoints(self, photo):
            apart = {i: np.abs(photo.astype(int) - person["photo"]).mean() for i, person in people.items()}
            return people[min(apart, key=apart.__getitem__)]["keypoints"]

        def annotate(self, photo):
            points = self.keypoints(photo)
            (actual,) = [person for person in people.values() if person["keypoints"] is points]
            labels = actual["labels"]
            if actual["identity"] == "0005":  # a parser that sees no shoes
                labels = np.where(np.isin(labels, (18, 19)), 0, labels).astype(np.uint8)
            return types.SimpleNamespace(labels=labels, vocabulary="cihp20", keypoints=points, turns=0)

        def close(self):
            pass

    return build_lib.Options(workers=1, progress=False, annotator=Annotators, labelled=True, test=2)


def test_people_come_back(root, options, make_person, tmp_path):
    report = build_lib.build("ccp", root, tmp_path / "out", options)
    assert report.kept == {"train": 2, "test": 2}
    data = records.open_records(tmp_path / "out")
    assert data.size is None
    for i in range(4):
        person = Person.of(data, i)
        made = make_person(int(person.id), 192)
        assert person.dress == (person.id == "0004")
        np.testing.assert_allclose(person.keypoints, made["keypoints"], atol=1e-3)
        expected = CIHP20.table()[made["labels"]]
        below_the_chin = (expected == FACE) & (np.arange(192)[:, None] >= 3 * 13)  # the figure's face ends at the neck
        np.testing.assert_array_equal(person.labels[~below_the_chin], expected[~below_the_chin])
        own = records.decode(data.read(i))["labels"]
        assert set(np.unique(own)) >= {14, 15, 16, 17, 18, 19}  # left and right


def test_tags_are_kept_as_names(root):
    actual = {example.id: example for example in ccp.locate(root)}
    assert [actual[f"{i:04d}"].parsing is not None for i in range(6)] == [i in LABELLED for i in range(6)]
    assert actual["0002"].metadata == {"tags": ["null", "blouse", "boots", "jeans", "skin", "stockings"]}
    assert actual["0000"].metadata == {}


def test_the_parsers_labels_are_checked_by_the_tags(root, options, tmp_path):
    """Person 2 agrees; of person 5, who wears boots, the parser finds none. Both are never held out."""
    report = build_lib.build("ccp", root, tmp_path / "out", dataclasses.replace(options, labelled=False, test=4))
    assert report.kept == {"train": 1, "test": 4}
    assert report.rejected == [("0005", "parsing lacks a tagged garment", "shoes")]
    data = records.open_records(tmp_path / "out")
    (parsed,) = (records.decode(data.read(i)) for i in data.split("train"))
    assert parsed["id"] == "0002"
    assert parsed["metadata"]["annotated"] == ["parsing", "keypoints"]
    own = records.decode(data.read(data.split("test")[0]))
    assert own["metadata"]["annotated"] == ["keypoints"]


def test_without_annotators_there_are_no_keypoints(root, options, tmp_path):
    with pytest.raises(TryOnError, match="no photo of ccp has keypoints"):
        build_lib.build("ccp", root, tmp_path / "out", dataclasses.replace(options, annotator=None))


DAMAGED = {
    "parsing unreadable": [
        lambda path: path.write_bytes(b"torn"),
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: scipy.io.savemat(path, {"labels": np.zeros((192, 192), np.uint8)}),
        lambda path: scipy.io.savemat(path, {"groundtruth": np.full((192, 192), 59)}),
        lambda path: scipy.io.savemat(path, {"groundtruth": np.full((192, 192), 0.5)}),
    ],
    "photo and parsing differ in size": [
        lambda path: scipy.io.savemat(path, {"groundtruth": np.zeros((192, 191), np.uint8)})
    ],
    "no person": [lambda path: scipy.io.savemat(path, {"groundtruth": np.zeros((192, 192))})],
}


@pytest.mark.parametrize(("reason", "damage"), [(r, d) for r, damages in DAMAGED.items() for d in damages])
def test_damaged_annotations_are_rejected(reason, damage, root, options, tmp_path):
    damage(root / "annotations/pixel-level/0003.mat")
    report = build_lib.build("ccp", root, tmp_path / "out", options)
    assert report.reasons == {reason: 1}
    assert report.rejected[0][0] == "0003"


def test_other_names_are_refused(root, options, tmp_path):
    path = root / "label_list.mat"
    scipy.io.savemat(path, {"label_list": np.array([["null", "hat"]], object)})
    with pytest.raises(ValueError, match=r"label_list\.mat: not the 59 names.*: null, hat"):
        build_lib.build("ccp", root, tmp_path / "out", options)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"label_list\.mat is missing"):
        build_lib.build("ccp", root, tmp_path / "out", options)
