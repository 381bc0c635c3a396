"""What a tree holds comes back from its records, whatever its folders are called."""

import re
import shutil

import numpy as np
import pytest

from tf_tryon.data import records
from tf_tryon.data.person import Person
from tf_tryon.data.sources import build as build_lib
from tf_tryon.data.sources.layouts import LAYOUTS
from tf_tryon.data.vocabulary import CIHP20

TRAIN, TEST = {0, 1, 2, 3, 4}, {5, 6}
OPTIONS = build_lib.Options(size=64, workers=1, progress=False)


def number(person):
    """Of the person of tests/conftest.py, from the record's id."""
    if person.metadata["source"] == "multimodal":
        return int(re.search(r"id_(\d+)", person.id)[1])
    return int(re.search(r"(\d+)(_[01])?(_front)?$", person.id.removesuffix("_1_front"))[1])


@pytest.mark.parametrize("variant", [False, True])
@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "ccp"])  # which has no keypoints: test_ccp
def test_labels_keypoints_and_splits_come_back(name, variant, trees, make_person, tmp_path):
    getattr(trees, name.replace("-", "_"))(tmp_path / "root", variant)
    report = build_lib.build(name, tmp_path / "root", tmp_path / "out", OPTIONS)
    data = records.open_records(tmp_path / "out")
    data.verify()
    seen = {}
    for split in ("train", "test"):
        for i in data.split(split):
            person = Person.of(data, i)
            seen[number(person)] = split
            expected = make_person(number(person))
            np.testing.assert_array_equal(person.labels, CIHP20.table()[expected["labels"]])
            points = expected["keypoints"].copy()
            if name == "multimodal":  # has no neck
                points[1] = (points[2] + points[5]) / 2
            np.testing.assert_allclose(person.keypoints, points, atol=1e-3)
            assert np.abs(person.photo.astype(int) - expected["photo"]).mean() < 8
            assert person.dress == (name != "finet" and number(person) == 4)
    assert sorted(seen) == list(range(7))
    if name == "multimodal":  # no splits of its own: the thesis's shares of seven
        assert report.kept == {"train": 6, "test": 1}
    else:
        assert {i for i, split in seen.items() if split == "test"} == TEST
    assert report.reasons == ({"no whole person (stand-alone)": 1} if name == "deepfashion" else {})
    own = {"viton": "lip20", "dresscode": "atr18", "finet": "tryon8", "lip": "cihp20" if variant else "lip20"}
    assert {records.decode(data.read(i))["vocabulary"] for i in range(len(data))} == {own.get(name, "cihp20")}


@pytest.mark.parametrize("name", LAYOUTS)
def test_another_root_is_refused(name, tmp_path):
    (tmp_path / "root" / "holiday").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=r"root: .*(no folder|is there|missing)"):
        build_lib.build(name, tmp_path / "root", tmp_path / "out", OPTIONS)
    assert not (tmp_path / "out").exists()


MOVES = {
    "lip": {
        "train_imgaes": "TrainVal_images/TrainVal_images/train_images",
        "val_imgaes": "TrainVal_images/TrainVal_images/val_images",
        "train_segmentations": "TrainVal_parsing_annotations/train_segmentations",
        "val_segmentations": "TrainVal_parsing_annotations/val_segmentations",
        "train_id.txt": "TrainVal_images/train_id.txt",
        "val_id.txt": "TrainVal_images/val_id.txt",
    },
    "viton": {"train_pairs.txt": "train/train_pairs.txt", "train/pose": "train/poses"},
    "dresscode": {"dresses/images": "dresses/image"},
    "deepfashion": {
        "Img/img": "img",
        "Eval": "Anno/eval",
        "Anno/eval/list_eval_partition.txt": "list_eval_partition.txt",
    },
}


@pytest.mark.parametrize("name", MOVES)
def test_further_names_are_found(name, trees, tmp_path):
    getattr(trees, name)(tmp_path, False)
    layout = LAYOUTS[name]

    def found():
        return {(e.id, e.split, e.photo.is_file() or bool(e.rejected), e.parsing is None, e.keypoints is None)
                for e in layout.locate(tmp_path)}  # fmt: skip

    before = found()
    for old, new in MOVES[name].items():
        (tmp_path / new).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / old).rename(tmp_path / new)
    assert found() == before
    assert len(before) >= 7
    assert layout.vocabulary_of(tmp_path) == {"dresscode": "atr18", "deepfashion": "cihp20"}.get(name, "lip20")


def test_cihp_by_training_and_validation(trees, tmp_path):
    trees.lip(tmp_path, True)
    for part, inner in (("train", "Training"), ("val", "Validation")):
        for old, new in (("images", "Images"), ("labels", "Category_ids")):
            shutil.copytree(tmp_path / old, tmp_path / inner / new)
        (tmp_path / f"{part}_id.txt").rename(tmp_path / inner / f"{part}_id.txt")
    for old in ("images", "labels"):
        shutil.rmtree(tmp_path / old)
    found = list(LAYOUTS["lip"].locate(tmp_path))
    assert {(e.id, e.split) for e in found} == {(f"train/{i}", "train") for i in TRAIN} | {
        (f"val/{i}", "test") for i in TEST
    }
    assert all(e.photo.is_file() and e.parsing for e in found)
    assert LAYOUTS["lip"].vocabulary_of(tmp_path) == "cihp20"
