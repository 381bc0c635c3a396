"""A data set's folder that a stranger made: each fault ends in one sentence that names file and remedy."""

import json
import os
import shutil

import numpy as np
import pytest

from tf_tryon.cli import main as cli
from tf_tryon.data import records
from tf_tryon.errors import BadFileError, MissingFileError

REMEDY = "make or copy the data set again"


@pytest.fixture
def folder(data_set, tmp_path):
    return shutil.copytree(data_set, tmp_path / "people")


def change(folder, **fields):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for name, value in fields.items():
        manifest[name] = value(manifest[name]) if callable(value) else value
    path.write_text(json.dumps(manifest))


def shard(**fields):
    """Changes the second shard."""
    return lambda shards: [shards[0], {**shards[1], **fields}, *shards[2:]]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"splits": "train"}, "splits is 'train', not an object"),
        ({"splits": [[0, 14]]}, "splits is a list, not an object"),
        ({"splits": {"train": 14}}, "splits.train is 14, not a list"),
        ({"splits": {"train": [0, 99]}}, r"splits.train\[1\] is 99, not a whole number from 0 to 18"),
        ({"splits": {"train": [9, 2]}}, "splits.train ends at 2, before it begins at 9"),
        ({"splits": {"train": [0, 9], "test": [8, 18]}}, "splits has 'train' and 'test' share people"),
        ({"count": -3}, "count is -3, not a whole number from 1"),
        ({"count": 17.5}, "count is 17.5, not a whole number"),
        ({"count": "18"}, "count is '18', not a whole number"),
        ({"count": 17}, "shards hold 18 records, and count is 17"),
        ({"size": None}, "size is null, not a list"),
        ({"version": 2, "size": "64"}, "size is '64', not a list"),
        ({"size": [64]}, "size has 1 entries, not 2"),
        ({"size": [64, 10**9]}, r"size\[1\] is 1000000000, not a whole number from 1 to 16384"),
        ({"generator": ["studio"]}, "generator is a list, not a text"),
        ({"shards": {}}, "shards is an object, not a list"),
        (
            {"shards": shard(name="../people/shard-00000-of-00004.tfrecord")},
            r"shards\[1\].name is '../people/.*no name",
        ),
        ({"shards": shard(name="/etc/passwd")}, "is no name of a file in this folder"),
        ({"shards": shard(name="shard-00000-of-00004.tfrecord")}, "shards name one file twice"),
        ({"shards": shard(sha256="0")}, "sha256 is no SHA-256"),
        ({"shards": shard(bytes=-1)}, r"shards\[1\].bytes is -1"),
        ({"shards": lambda shards: [s["name"] for s in shards]}, r"shards\[0\] is 'shard.*, not an object"),
    ],
)
def test_a_wrong_manifest_is_refused(folder, fields, message):
    change(folder, **fields)
    with pytest.raises(BadFileError, match=f"manifest.json: .*{message}.*; {REMEDY}$"):
        records.open_records(folder)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("shard", lambda a: a + 99, "record 0 is said to lie in shard 99"),
        ("shard", lambda a: a - 1, "in shard -1"),
        ("offset", lambda a: a - 1, "at byte -1"),
        ("offset", lambda a: a + 2**62, "where there is none"),
        ("length", lambda a: np.full_like(a, 2**63 - 1), "where there is none"),
        ("length", lambda a: a[:5], "18 records|says 18"),
        ("length", lambda a: a.astype(np.float64), "length holds float64"),
        ("offset", lambda a: a[:, None], "offset holds int64 of shape"),
        ("shard", lambda a: a.astype(object), "never read"),
        ("shard", None, "holds no array shard"),
    ],
)
def test_a_wrong_index_is_refused(folder, name, change, message):
    with np.load(folder / "index.npz") as file:
        arrays = {key: file[key] for key in file.files}
    arrays[name] = change and change(arrays[name])
    np.savez(folder / "index.npz", **{key: array for key, array in arrays.items() if array is not None})
    with pytest.raises(BadFileError, match=f"index.npz.*{message}.*{REMEDY}$"):
        records.open_records(folder)


def test_what_lies_under_a_shards_name_must_be_a_file(folder):
    path = folder / "shard-00001-of-00004.tfrecord"
    path.unlink()
    with pytest.raises(MissingFileError, match=r"shard-00001-of-00004\.tfrecord is missing"):
        records.open_records(folder)
    os.mkfifo(path)
    with pytest.raises(BadFileError, match="is a pipe, not a file"):
        records.open_records(folder)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(BadFileError, match="is a device, not a file"):
        records.open_records(folder)


def test_the_command_line_says_it_in_one_line(folder, capsys, tmp_path):
    (folder / "manifest.json").write_text('{"splits": ' + "[" * 100_000)
    for verb in (["data", "show"], ["data", "check"], ["complete", f"--out={tmp_path / 'out'}"]):
        assert cli.main([*verb, str(folder)]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "manifest.json: not JSON that is read here (nested too deeply)" in error
