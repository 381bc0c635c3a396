"""Planted errors are found, and only those."""

import io
import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_tryon.data import records
from tf_tryon.data.checking import duplicates
from tf_tryon.data.checking.check import check


def changed(record, **features):
    """A record with features that `encode` would refuse."""
    example = tf.train.Example.FromString(record)
    for name, value in features.items():
        feature = example.features.feature[name]
        if isinstance(value, bytes):
            feature.bytes_list.value[0] = value
        else:
            feature.float_list.value[:] = value
    return example.SerializeToString()


def png(labels):
    buffer = io.BytesIO()
    Image.fromarray(labels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def planted(tmp_path_factory, make_person):
    """People 0 to 11 and 20, with one error each in some."""
    folder = tmp_path_factory.mktemp("planted")
    people = [records.encode(**make_person(i)) for i in range(12)]
    strange = make_person(2)["labels"]
    strange[0, 0] = 99
    outside = make_person(3)["keypoints"]
    outside[4] = (80, 10, 1)
    bare = make_person(5)["labels"]
    bare[np.isin(bare, (1, 5, 6, 9, 18, 19))] = 0
    people[2] = changed(people[2], parsing=png(strange))
    people[3] = changed(people[3], keypoints=outside.ravel())
    people[5] = changed(people[5], parsing=png(bare))
    people[6] = changed(people[6], photo=b"no picture")
    people[7] = changed(people[7], parsing=png(np.zeros((32, 32), np.uint8)))
    people[8] = changed(people[8], keypoints=np.zeros(54))
    copy = make_person(1)
    dimmed = (copy["photo"] * 0.99).astype(np.uint8)
    people.append(records.encode(**{**copy, "photo": dimmed, "identity": "copy"}, jpeg_quality=70))
    people.append(records.encode(**{**make_person(20), "identity": "0004"}))
    with records.RecordWriter(folder, (64, 64), records_per_shard=7) as writer:
        for i, record in enumerate(people):
            writer.write(record, "train" if i < 12 else "test")
    shard = folder / "shard-00001-of-00002.tfrecord"
    data = bytearray(shard.read_bytes())
    offset = int(records.open_records(folder).index[9][1])
    data[offset + 40] ^= 1  # record 9
    shard.write_bytes(data)
    return folder


def test_planted_errors_are_found_and_nothing_else(planted):
    report = check(planted, progress=False)
    assert {(problem.kind, problem.record) for problem in report.problems} == {
        ("wrong labels", 2), ("keypoints outside", 3), ("no garment", 5), ("undecodable", 6), ("wrong size", 7),
        ("no keypoints", 8), ("corrupt", 9), ("photo twice", 12), ("id twice", 13), ("shard differs", None),
    }  # fmt: skip
    details = {problem.kind: problem.detail for problem in report.problems}
    assert "label 99 is not in cihp20" in details["wrong labels"]
    assert "(80, 10)" in details["keypoints outside"]
    assert details["photo twice"] == "looks like record 1, across splits train and test"
    assert "shard-00001-of-00002" in details["shard differs"]


def test_the_report_is_saved_with_pictures(planted, tmp_path):
    report = check(planted, progress=False)
    report.save(tmp_path)
    saved = json.loads((tmp_path / "check.json").read_text())
    assert len(saved["found"]) == 10
    assert "1 x corrupt" in (tmp_path / "check.txt").read_text()
    for name in ("contact_sheet.png", "problems.png"):
        with Image.open(tmp_path / name) as sheet:
            assert sheet.size[0] > 500


def test_a_sound_data_set_is_counted(data_set):
    report = check(data_set, progress=False)
    assert report.problems == []
    actual = report.summary()
    assert actual["splits"]["train"] == {
        "records": 14, "hat": 5, "top": 14, "bottom": 14, "shoes": 12, "dress": 2, "three_or_more": 13
    }  # fmt: skip
    assert actual["sizes"] == {"64x64": 18}
    assert actual["missing_keypoints"]["nose"] == 0
    assert sum(row["mean"] for row in actual["class_area"].values()) == pytest.approx(1)
    assert "no problems" in report.text()


def test_bits_are_counted_without_numpy_2():
    bits = np.array([[0, 1, 2**64 - 1], [0x8000000000000001, 0xFF00, 3]], np.uint64)
    assert duplicates._ones(bits).tolist() == [[0, 1, 64], [2, 8, 2]]


def test_people_of_no_split_are_counted_as_such(data_set, tmp_path):
    """As after an entry was taken out of the manifest by hand."""
    folder = shutil.copytree(data_set, tmp_path / "people")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["splits"]["test"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "(no split)" in check(folder, progress=False).text()


def test_a_data_set_that_was_made_again_is_read_again(data_set, photos_of_own_sizes, tmp_path):
    folder = shutil.copytree(data_set, tmp_path / "people")
    first = check(folder, progress=False).summary()
    shutil.rmtree(folder)
    shutil.copytree(photos_of_own_sizes, folder)
    assert check(folder, progress=False).summary()["sizes"] != first["sizes"]


def test_photos_are_grouped_by_their_looks(make_person):
    photos = [make_person(i)["photo"] for i in (0, 1, 2, 1, 0, 1)]
    photos[3] = np.asarray(Image.fromarray(photos[3]).resize((96, 96)))
    assert duplicates.groups([duplicates.look(photo) for photo in photos]) == [[0, 4], [1, 3, 5]]
    assert duplicates.groups([duplicates.look(photo) for photo in photos[:3]]) == []
    assert duplicates.groups([]) == []


def test_pictures_of_their_own_sizes_are_sound(photos_of_own_sizes):
    report = check(photos_of_own_sizes, progress=False)
    assert report.problems == []
    assert report.summary()["sizes"] == {"64x64": 1, **{f"{64 + i}x{64 + 2 * i}": 1 for i in range(1, 6)}}


def test_implausible_areas_and_disagreements_are_found(tmp_path, make_person):
    hooded, sound, wrong, halved = (make_person(i) for i in (0, 1, 2, 3))
    hooded["labels"][:40][hooded["labels"][:40] == 5] = 1  # a hat of the top's size
    wrong["labels"] = np.array([0, 1, 2, 3, 4, 13, 6, 7, 8, 5, *range(10, 13), 9, *range(14, 20)], np.uint8)[
        wrong["labels"]
    ]
    halved["keypoints"][:, :2] /= 2
    with records.RecordWriter(tmp_path, (64, 64)) as writer:
        for made in (hooded, sound, wrong, halved):
            writer.write(records.encode(**made), "train")
    actual = {(problem.kind, problem.record): problem.detail for problem in check(tmp_path, progress=False).problems}
    assert "hat is 4" in actual["implausible areas", 0]
    assert "the chest is face" in actual["labels and keypoints disagree", 2]
    assert "nose and eyes" in actual["labels and keypoints disagree", 3]
    assert not [number for _, number in actual if number == 1]
