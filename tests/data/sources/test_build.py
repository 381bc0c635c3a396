"""The same bytes by any number of processes and by Beam, after interruptions too; splits; what is refused."""

import dataclasses
import json
import os
import re
import shutil
import sys

import pytest

from tf_tryon import data
from tf_tryon.data import records
from tf_tryon.data.parts import FOLDER
from tf_tryon.data.sources import build as build_lib
from tf_tryon.data.sources import work as work_lib
from tf_tryon.data.sources.build import Options, build
from tf_tryon.data.sources.split import drawn, held_out, tenth
from tf_tryon.errors import TryOnError

OPTIONS = Options(size=64, workers=1, progress=False)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(build_lib, "PART", 2)


@pytest.fixture
def root(trees, tmp_path):
    """VITON-HD's tree with one photo that can't be read."""
    trees.viton_hd(tmp_path / "root", False)
    (tmp_path / "root/train/image/000002_0.jpg").write_bytes(b"\xff\xd8 torn")
    return tmp_path / "root"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_folder_and_its_report(root, tmp_path):
    report = build("viton-hd", root, tmp_path / "out", OPTIONS)
    assert report.kept == {"train": 4, "test": 2}
    data = records.open_records(tmp_path / "out")
    assert [records.decode(data.read(i))["id"] for i in data.split("test")] == ["test/000005_0", "test/000006_0"]
    actual = json.loads((tmp_path / "out/rejections.json").read_text())
    assert (actual["located"], actual["kept"]) == (7, {"train": 4, "test": 2})
    assert actual["rejected"] == {"photo unreadable": 1}
    (row,) = actual["examples"]
    assert row["id"] == "train/000002_0"
    text = (tmp_path / "out/rejections.txt").read_text()
    assert re.search(r"1 rejected: photo unreadable", text)
    assert "train/000002_0\tphoto unreadable\t" in text
    assert (tmp_path / "out/contact_sheet.png").exists()
    assert not (tmp_path / "out" / FOLDER).exists()


def test_only_one_split(root, tmp_path):
    assert build("viton-hd", root, tmp_path / "out", dataclasses.replace(OPTIONS, split="test")).kept == {"test": 2}


def test_processes_and_interruptions_do_not_change_the_bytes(root, tmp_path, monkeypatch):
    whole = build_lib.make_part

    def make_part(work, number):
        if number == 2:
            raise KeyboardInterrupt
        return whole(work, number)

    monkeypatch.setattr(build_lib, "make_part", make_part)
    with pytest.raises(KeyboardInterrupt):
        build("viton-hd", root, tmp_path / "one", OPTIONS)
    assert not (tmp_path / "one" / records.MANIFEST).exists()
    monkeypatch.setattr(
        build_lib, "make_part", lambda work, number: {0: 1 / 0}[number] if number < 2 else whole(work, number)
    )
    build("viton-hd", root, tmp_path / "one", OPTIONS)  # without making parts 0 and 1 again
    monkeypatch.undo()
    monkeypatch.setattr(build_lib, "PART", 3)
    build("viton-hd", root, tmp_path / "two", dataclasses.replace(OPTIONS, workers=2))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_photo_that_was_repaired_meanwhile_is_looked_at_again(root, tmp_path, monkeypatch):
    """After half of the run and the warning of the first hundred: its rejection must not be kept."""

    def make_part(work, number, whole=build_lib.make_part):
        if number == 3:
            raise KeyboardInterrupt
        return whole(work, number)

    with monkeypatch.context() as patch:
        patch.setattr(build_lib, "make_part", make_part)
        with pytest.raises(KeyboardInterrupt):
            build("viton-hd", root, tmp_path / "out", OPTIONS)
    shutil.copy(root / "train/image/000001_0.jpg", root / "train/image/000002_0.jpg")
    with pytest.raises(ValueError, match=r"unfinished.*examples"):
        build("viton-hd", root, tmp_path / "out", OPTIONS)


def test_people_are_held_out_where_a_number_is_given(root, tmp_path):
    report = build("viton-hd", root, tmp_path / "out", dataclasses.replace(OPTIONS, test=1))
    assert report.kept == {"train": 5, "test": 1}


def test_beam_makes_the_same_bytes_and_counts_rejections(root, tmp_path, monkeypatch):
    pytest.importorskip("apache_beam")
    from tf_tryon.data import beam

    counters = {}
    run = beam.run
    monkeypatch.setattr(beam, "run", lambda *args: counters.update(run(*args)))
    build("viton-hd", root, tmp_path / "beam", dataclasses.replace(OPTIONS, runner="DirectRunner"))
    assert counters == {work_lib.KEPT: 6, "photo unreadable": 1}
    build("viton-hd", root, tmp_path / "pool", OPTIONS)
    assert contents(tmp_path / "beam") == contents(tmp_path / "pool")


@pytest.mark.slow
def test_two_workers_of_a_dask_cluster_make_the_same_bytes(root, tmp_path):
    pytest.importorskip("apache_beam")
    pytest.importorskip("dask.distributed")
    build("viton-hd", root, tmp_path / "dask", dataclasses.replace(OPTIONS, runner="DaskRunner", workers=2))
    build("viton-hd", root, tmp_path / "pool", OPTIONS)
    assert contents(tmp_path / "dask") == contents(tmp_path / "pool")


def test_without_beam_a_runner_is_refused(root, tmp_path, monkeypatch):
    monkeypatch.delattr(data, "beam", raising=False)
    monkeypatch.setitem(sys.modules, "tf_tryon.data.beam", None)
    with pytest.raises(TryOnError, match=r"needs Apache Beam .*tf-tryon\[beam\]"):
        build("viton-hd", root, tmp_path / "out", dataclasses.replace(OPTIONS, runner="DirectRunner"))


def test_annotators_are_asked_for_before_anything_is_read(root, tmp_path):
    for path in root.rglob("*_keypoints.json"):
        path.unlink()
    with pytest.raises(TryOnError, match="no photo of viton-hd has keypoints, and annotators"):
        build("viton-hd", root, tmp_path / "out", OPTIONS)

    def load():
        raise TryOnError("the model file is missing")

    with pytest.raises(TryOnError, match=r"7 keypoints, and .* model file is missing; --noannotate"):
        build("viton-hd", root, tmp_path / "out", dataclasses.replace(OPTIONS, annotator=load))
    assert not (tmp_path / "out").exists()


def test_nothing_kept_is_an_error_with_a_report(root, tmp_path):
    with pytest.raises(TryOnError, match=r"no example could be kept:(.|\n)*rejected: fewer than 4 garments"):
        build("viton-hd", root, tmp_path / "out", dataclasses.replace(OPTIONS, min_garments=4, split="test"))
    assert (tmp_path / "out/rejections.json").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 100}, "multiple of 32"),
        ({"max_height": 512}, "cropped to a size, or keep their own"),
        ({"size": None, "max_height": 64}, "max_height 64: 128 or more"),
        ({"splits": "halves"}, "own, thesis, tenth or held-out"),
        ({"splits": "held-out"}, "say how many"),
        ({"splits": "tenth", "test": 2}, "goes with held-out alone"),
        ({"test": 0}, "1 or more"),
        ({"split": "val"}, "train or test"),
        ({"vocabulary": "lip22"}, "vocabulary 'lip22'"),
        ({"workers": 0}, "workers 0"),
    ],
)
def test_wrong_options_are_refused(change, message, root, tmp_path):
    with pytest.raises(ValueError, match=message):
        build("viton-hd", root, tmp_path / "out", dataclasses.replace(OPTIONS, **change))


def test_drawn_splits_have_the_thesis_numbers_and_divide_no_group():
    groups = [f"id_{i // 3}" for i in range(9100)]
    splits = drawn(groups, seed=1)
    assert (splits.count("train"), splits.count("test")) == (8023, 1000)
    by_split = [{g for g, s in zip(groups, splits, strict=True) if s == name} for name in ("train", "test")]
    assert not by_split[0] & by_split[1]
    assert splits == drawn(groups, seed=1)
    assert splits != drawn(groups, seed=2)
    few = drawn([str(i) for i in range(90)], seed=0)
    assert (few.count("train"), few.count("test")) == (80, 10)
    assert drawn(["one"], seed=0) == ["train"]


def test_who_is_held_out_does_not_depend_on_who_else_is_there():
    names = [str(i) for i in range(40)]
    splits = held_out(names, [i % 2 == 0 for i in range(40)], seed=3, test=5)
    tested = {name for name, split in zip(names, splits, strict=True) if split == "test"}
    assert len(tested) == 5
    assert splits.count("train") == 35
    assert all(int(name) % 2 == 0 for name in tested)
    fewer = [name for name in names if int(name) % 2 == 0]
    again = held_out(fewer, [True] * 20, seed=3, test=5)
    assert {name for name, split in zip(fewer, again, strict=True) if split == "test"} == tested
    assert held_out(names, [True] * 40, seed=4, test=5) != held_out(names, [True] * 40, seed=3, test=5)
    # A group's other photos are in neither split.
    assert sorted(held_out(["a", "a", "b"], [True, True, False], seed=0, test=1)) == ["", "test", "train"]


def test_a_tenth_is_drawn_name_by_name():
    names = [str(i // 2) for i in range(600)]
    splits = dict(zip(names, tenth(names, seed=3), strict=True))
    assert 20 <= list(splits.values()).count("test") <= 40
    for some in (names[:150], names[::-1], names[100:]):
        assert tenth(some, seed=3) == [splits[name] for name in some]
    assert tenth(names, seed=4) != tenth(names, seed=3)
    trained = [name for name, split in splits.items() if split == "train"]
    tested = [name for name, split in splits.items() if split == "test"]
    for few in (trained[:2], tested[:2], [*trained[:3], *trained[:3]]):  # whoever they are, there is one of each
        assert set(tenth(few, seed=3)) == {"train", "test"}
    assert (tenth(tested[:1], seed=3), tenth([], seed=3)) == (["train"], [])


def test_missing_photos_are_one_line_with_a_count(root, tmp_path):
    with (root / "train_pairs.txt").open("a") as file:
        file.write("".join(f"9{i:05d}_0.jpg 000001_1.jpg\n" for i in range(40)))
    report = build("viton-hd", root, tmp_path / "out", OPTIONS)
    assert report.reasons == {"photo missing": 40, "photo unreadable": 1}
    text = (tmp_path / "out/rejections.txt").read_text()
    assert text.count("photo missing") == 2  # among the counts, and the line
    assert "photo missing\t40 that the lists name, the first is train/900000_0;" in text
    assert len(json.loads((tmp_path / "out/rejections.json").read_text())["examples"]) == 41


def test_a_name_in_latin_1_stops_nothing(root, tmp_path):
    old, new = "000003_0", os.fsdecode(b"caf\xe9 3")
    for path in root.rglob(f"{old}*"):
        path.rename(path.with_name(path.name.replace(old, new)))
    pairs = root / "train_pairs.txt"
    pairs.write_bytes(pairs.read_bytes().replace(old.encode(), b"caf\xe9 3"))
    torn = root / "train/image" / os.fsdecode(b"t\xf6rn.jpg")
    torn.write_bytes(b"")
    with pairs.open("ab") as file:
        file.write(b"t\xf6rn.jpg 1.jpg\n")
    report = build("viton-hd", root, tmp_path / "out", OPTIONS)
    assert report.kept == {"train": 4, "test": 2}
    data = records.open_records(tmp_path / "out")
    assert "train/caf\u00e9 3" in {records.decode(data.read(i))["id"] for i in range(len(data))}
    assert "train/t\u00f6rn\tphoto unreadable" in (tmp_path / "out/rejections.txt").read_text()
