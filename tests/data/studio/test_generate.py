"""Generation: the same bytes for any number of workers, resuming, the folder's parts."""

import dataclasses
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data import parts as parts_lib
from tf_tryon.data import records
from tf_tryon.data.studio import generate as generate_lib
from tf_tryon.data.studio.generate import generate
from tf_tryon.data.studio.outfit_distribution import fingerprint, sample_outfit
from tf_tryon.data.studio.render import Picture

BREAK_AT = "TF_TRYON_TEST_BREAK_AT"


def tiny(seed, index, size):
    """A picture of nobody: a stack of garments, quickly made, but with a real draw as its metadata."""
    if index == int(os.environ.get(BREAK_AT, "-1")):
        raise OSError("the light went out")
    rng = np.random.default_rng((seed, index))
    parsing = np.repeat(np.array([0, 13, 5, 9, 18, 0], np.uint8), -(-size // 6))[:size, None].repeat(size, axis=1)
    photo = rng.integers(0, 255, (20, 3), dtype=np.uint8)[parsing]
    keypoints = np.concatenate([rng.uniform(0, size, (18, 2)), np.ones((18, 1))], axis=1).astype(np.float32)
    return Picture(photo, parsing, keypoints, {"outfit": sample_outfit(rng).to_dict()})


def made(folder, **options):
    return generate(folder, **{"count": 25, "size": 32, "workers": 1, "progress": False, "renderer": tiny, **options})


def contents(folder):
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(generate_lib, "PART", 10)
    monkeypatch.delenv(BREAK_AT, raising=False)


def test_the_folder(tmp_path):
    folder = made(tmp_path / "set", records_per_shard=10, test_share=0.2, seed=4)
    data = records.open_records(folder)
    assert len(data) == 25
    assert data.split("train") == range(20)
    assert data.split("test") == range(20, 25)
    assert data.manifest["seed"] == 4
    assert data.manifest["generator"].endswith(f"outfits {fingerprint()}")
    assert not (folder / parts_lib.FOLDER).exists()
    with Image.open(folder / "contact_sheet.png") as sheet:
        assert sheet.size == (8 * 2 * 32, 4 * 32)
    person = records.decode(data.read(7))
    expected = tiny(4, 7, 32)
    assert np.abs(person["photo"].astype(int) - expected.photo).mean() < 4
    np.testing.assert_array_equal(person["labels"], expected.parsing)
    assert person["id"] == "studio-4-000007"
    assert person["metadata"]["visible"] == ["top", "bottom", "shoes"]
    assert person["metadata"]["usable"]
    assert person["metadata"]["outfit"] == json.loads(json.dumps(expected.metadata["outfit"]))


@pytest.mark.slow
def test_workers_do_not_change_the_bytes(tmp_path):
    assert contents(made(tmp_path / "one")) == contents(made(tmp_path / "two", workers=2))


def test_a_broken_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv(BREAK_AT, "17")
    with pytest.raises(RuntimeError, match="picture 17"):
        made(tmp_path / "set")
    parts = tmp_path / "set" / parts_lib.FOLDER
    assert [path.name for path in parts.glob("*.records")] == ["0000000-0000010.records"]
    assert not (tmp_path / "set" / records.MANIFEST).exists()
    # What is stored is not rendered again.
    monkeypatch.setenv(BREAK_AT, "3")
    resumed = made(tmp_path / "set")
    monkeypatch.delenv(BREAK_AT)
    assert contents(resumed) == contents(made(tmp_path / "whole"))


@pytest.mark.slow
def test_a_killed_process_leaves_a_run_that_can_go_on(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=_die, args=(tmp_path / "set",))
    process.start()
    process.join(120)
    assert process.exitcode == 9
    assert contents(made(tmp_path / "set")) == contents(made(tmp_path / "whole"))


def _die(folder):
    generate_lib.PART = 10
    whole = parts_lib._write

    def write(path, data):
        if path.name.startswith("0000020"):
            os._exit(9)
        whole(path, data)

    parts_lib._write = write
    made(folder)


def test_unfinished_parts_of_another_seed_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(BREAK_AT, "17")
    with pytest.raises(RuntimeError):
        made(tmp_path / "set")
    with pytest.raises(ValueError, match="unfinished run"):
        made(tmp_path / "set", seed=1)


def test_a_finished_set_is_replaced_only_when_asked(tmp_path):
    folder = made(tmp_path / "set")
    with pytest.raises(FileExistsError):
        made(folder, seed=1)
    made(folder, seed=1, overwrite=True)
    assert records.open_records(folder).manifest["seed"] == 1


def test_few_garments_are_flagged():
    parsing = np.zeros((32, 32), np.uint8)
    parsing[:8], parsing[8:16] = 6, 18
    assert generate_lib._seen(parsing) == {"visible": ["bottom", "shoes"], "usable": False}


def test_arguments_out_of_range_are_refused(tmp_path):
    for options in ({"count": 0}, {"test_share": 1.0}, {"workers": 0}, {"size": 8}):
        with pytest.raises(ValueError):
            made(tmp_path / "set", **options)


def test_workers_need_no_tensorflow():
    code = "import sys, tf_tryon.data.studio.generate; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_pictures_are_dataclasses():
    assert {field.name for field in dataclasses.fields(Picture)} == {"photo", "parsing", "keypoints", "metadata"}
