import json

import pytest
import tensorflow as tf

from tf_tryon.data import records
from tf_tryon.data.person import Person


def test_random_access_reads_what_tensorflow_streams(data_set):
    opened = records.open_records(data_set)
    files = sorted(map(str, data_set.glob("shard-*.tfrecord")))
    assert files[0].endswith("shard-00000-of-00004.tfrecord")
    assert len(files) == 4
    streamed = list(tf.data.TFRecordDataset(files, buffer_size=1 << 16).as_numpy_iterator())
    assert [opened.read(i) for i in range(len(opened))] == streamed
    assert (opened.split("train"), opened.split("test")) == (range(14), range(14, 18))
    assert opened.size == (64, 64)
    with pytest.raises(ValueError, match="no split 'val': it has train, test"):
        opened.split("val")


def test_a_corrupt_shard_is_named(tmp_path, make_data_set):
    folder = make_data_set(tmp_path / "people", 8, 2)
    path = folder / "shard-00001-of-00002.tfrecord"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    opened = records.open_records(folder)
    assert opened.read(0)
    with pytest.raises(ValueError, match=r"shard-00001-of-00002\.tfrecord: record [5-9] is corrupt \(the checksum"):
        [opened.read(i) for i in range(10)]


def test_what_is_no_data_set_is_refused(tmp_path, make_data_set):
    with pytest.raises(FileNotFoundError, match="is no data set"):
        records.open_records(tmp_path)
    folder = make_data_set(tmp_path / "people", 3, 2)
    shard = folder / "shard-00000-of-00001.tfrecord"
    data = shard.read_bytes()
    shard.write_bytes(data[:-1])
    with pytest.raises(ValueError, match="the manifest says"):
        records.open_records(folder)
    shard.unlink()
    with pytest.raises(FileNotFoundError, match=r"shard-00000-of-00001\.tfrecord is missing"):
        records.open_records(folder)
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": 99}))
    with pytest.raises(ValueError, match="version 99"):
        records.open_records(folder)
    manifest.write_text("{")
    with pytest.raises(ValueError, match="not JSON"):
        records.open_records(folder)


def write_all(folder, people):
    with records.RecordWriter(folder, (64, 64)) as writer:
        for record in people:
            writer.write(record)


def test_an_interrupted_writer_leaves_nothing(tmp_path, make_person):
    def people():
        yield records.encode(**make_person(0))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_all(tmp_path / "people", people())
    assert list((tmp_path / "people").iterdir()) == []


def test_writer_keeps_splits_together_and_data_sets_whole(tmp_path, make_person, make_data_set):
    record = records.encode(**make_person(0))
    with records.RecordWriter(tmp_path / "a", (64, 64)) as writer:
        writer.write(record, "train")
        writer.write(record, "test")
        with pytest.raises(ValueError, match="follow one another"):
            writer.write(record, "train")
    with pytest.raises(ValueError, match="no record"):
        write_all(tmp_path / "c", [])
    folder = make_data_set(tmp_path / "b")
    with pytest.raises(FileExistsError, match="another folder, or --overwrite it"):
        records.RecordWriter(folder, (64, 64))
    with records.RecordWriter(folder, (64, 64), overwrite=True) as writer:
        writer.write(record)
    assert len(records.open_records(folder)) == 1
    assert len(list(folder.glob("shard-*"))) == 1


def test_writing_is_reproducible(tmp_path, make_data_set):
    first, second = make_data_set(tmp_path / "a", 3, 1), make_data_set(tmp_path / "b", 3, 1)
    assert (first / "manifest.json").read_bytes() == (second / "manifest.json").read_bytes()


def test_pictures_may_have_sizes_of_their_own(photos_of_own_sizes, data_set):
    opened = records.open_records(photos_of_own_sizes)
    assert opened.size is None
    assert [Person.of(opened, i).size for i in (0, 5)] == [(64, 64), (74, 69)]
    assert opened.checked(5) == opened.read(5)
    # Readers of before know version 1 alone, and refuse what they can't read; data sets of one size are still of it.
    versions = [
        json.loads((folder / "manifest.json").read_text())["version"] for folder in (photos_of_own_sizes, data_set)
    ]
    assert versions == [2, 1]


def test_overwriting_removes_what_the_manifest_lists_and_nothing_else(tmp_path, make_person, make_data_set, untouched):
    folder = make_data_set(tmp_path / "people")
    for name in ("notes.txt", "shard-00000-of-00009.tfrecord.bak", "mean_garments.npz", "usable.npz"):
        (folder / name).write_text("mine")
    listed = {path.name for path in folder.glob("shard-*.tfrecord")} | {"index.npz", "manifest.json"}
    with untouched(folder, lambda name: name in listed or name == "shard-00000-of-00001.tfrecord"):
        with records.RecordWriter(folder, (64, 64), overwrite=True) as writer:
            writer.write(records.encode(**make_person(0)))
    assert len(list(folder.glob("shard-*.tfrecord"))) == 1
    assert len(records.open_records(folder)) == 1


@pytest.mark.parametrize("name", ["shard-00003-of-00004.tfrecord", "index.npz", "manifest.json"])
def test_what_no_manifest_lists_is_not_replaced(tmp_path, make_data_set, untouched, name):
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / name).write_text("{}")
    with untouched(tmp_path), pytest.raises(FileExistsError, match=f"{name}.*move it away"):
        records.RecordWriter(folder, (64, 64), overwrite=True)


def test_a_strangers_manifest_removes_nothing_elsewhere(tmp_path, make_person, make_data_set):
    folder = make_data_set(tmp_path / "people")
    victims = [tmp_path / "victim.txt", folder / "notes.txt"]
    manifest = json.loads((folder / "manifest.json").read_text())
    for path, name in zip(victims, ("../victim.txt", "notes.txt"), strict=True):
        path.write_text("mine")
        manifest["shards"].append({**manifest["shards"][0], "name": name})
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with records.RecordWriter(folder, (64, 64), overwrite=True) as writer:
        writer.write(records.encode(**make_person(0)))
    assert [path.read_text() for path in victims] == ["mine", "mine"]


def test_a_kill_while_names_are_given_is_gone_on_from(tmp_path, make_person, monkeypatch):
    def write(stop=None):
        with monkeypatch.context() as patch:
            if stop:
                patch.setattr(records, "save_arrays", stop)
            with records.RecordWriter(tmp_path / "people", (64, 64), records_per_shard=1) as writer:
                for index in range(2):
                    writer.write(records.encode(**make_person(index)))

    def killed(*_, **__):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(killed)
    assert not (tmp_path / "people" / "manifest.json").exists()
    write()
    assert len(records.open_records(tmp_path / "people")) == 2
    assert len(list((tmp_path / "people").iterdir())) == 4
