"""What a tree holds comes back from its records, whatever its folders are called."""

import dataclasses
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data import records
from tf_tryon.data.label_colours import PGN
from tf_tryon.data.person import Person
from tf_tryon.data.sources import build as build_lib
from tf_tryon.data.sources.layouts import LAYOUTS
from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.errors import TryOnError

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
    if name in ("multimodal", "photos"):  # no splits of their own: the thesis's shares of seven, or a tenth
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
    actual = list(LAYOUTS["lip"].locate(tmp_path))
    assert {(e.id, e.split) for e in actual} == {(f"train/{i}", "train") for i in TRAIN} | {
        (f"val/{i}", "test") for i in TEST
    }
    assert all(e.photo.is_file() and e.parsing for e in actual)
    assert LAYOUTS["lip"].vocabulary_of(tmp_path) == "cihp20"


def test_a_word_that_is_no_number_is_told_with_its_row(trees, tmp_path):
    trees.multimodal(tmp_path, False)
    path = tmp_path / "keypoints/keypoints_loc.txt"
    path.write_text(path.read_text().replace("-1", "none", 1))
    with pytest.raises(ValueError, match=r"keypoints_loc\.txt: the row of MEN-\S+ holds 'none', which is no number"):
        list(LAYOUTS["multimodal"].locate(tmp_path))


@pytest.mark.parametrize("colours", ["image-parse", "image-parse-new"])
def test_of_two_folders_of_labels_the_one_with_indices_is_taken(colours, trees, tmp_path):
    root = tmp_path / "root"
    trees.viton(root, False)
    other = {"image-parse": "image-parse-new", "image-parse-new": "image-parse"}[colours]
    for split in ("train", "test"):
        if other != "image-parse":
            (root / split / "image-parse").rename(root / split / other)
        for path in (root / split / other).iterdir():
            with Image.open(path) as image:
                labels = np.asarray(image)
            (root / split / colours).mkdir(exist_ok=True)
            Image.fromarray(PGN[labels]).save(root / split / colours / path.name)
    assert {e.parsing.parent.name for e in LAYOUTS["viton"].locate(root)} == {other}
    # Colours are read where there is nothing else.
    for split in ("train", "test"):
        shutil.rmtree(root / split / other)
    report = build_lib.build("viton", root, tmp_path / "out", OPTIONS)
    assert report.kept == {"train": 5, "test": 2}


def test_the_garments_that_a_layout_can_show_are_enough(trees, tmp_path):
    """VITON's photos end at the knees: top and bottom."""
    root = tmp_path / "root"
    trees.viton(root, False)
    for path in root.glob("*/image-parse/*.png"):
        with Image.open(path) as image:
            labels = np.asarray(image).copy()
        labels[np.isin(labels, (1, 18, 19))] = 0
        Image.fromarray(labels).save(path)
    kept = build_lib.build("viton", root, tmp_path / "two", OPTIONS).kept
    assert kept == {"train": 5, "test": 2}
    with pytest.raises(TryOnError, match="7 rejected: fewer than 3 garments"):
        build_lib.build("viton", root, tmp_path / "three", dataclasses.replace(OPTIONS, min_garments=3))
