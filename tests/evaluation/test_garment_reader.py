"""Outfits of Studio people, and the reader of their garments, on rectangles that carry Studio's metadata."""

import contextlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf_tryon.data.records import RecordSet, RecordWriter, encode, open_records
from tf_tryon.data.studio.outfit_distribution import fingerprint, sample_outfit
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation import sampling
from tf_tryon.evaluation.garment_reader import GarmentReader, reader_config
from tf_tryon.evaluation.outfit_report import OutfitReport
from tf_tryon.evaluation.outfit_truth import COLOURS, KINDS, is_studio, metadata_by_id, outfit_truth
from tf_tryon.training import loop

pytestmark = pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly")


@pytest.fixture
def quick(uncompiled: Callable[[], contextlib.AbstractContextManager[None]]) -> Iterator[None]:
    """For trainings of a few steps; another test compiles them."""
    with uncompiled():
        yield


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, make_person: Callable[..., dict[str, Any]]) -> RecordSet:
    folder = tmp_path_factory.mktemp("studio")
    rng = np.random.default_rng(0)
    with RecordWriter(folder, (64, 64), generator=f"studio 1, outfits {fingerprint()}", seed=0) as writer:
        for index in range(16):
            outfit = sample_outfit(rng)
            while outfit.top is None:
                outfit = sample_outfit(rng)
            person = {**make_person(5 * (index // 4) + index % 4), "identity": f"{index}"}  # nobody in a dress
            person["metadata"] = {"outfit": outfit.to_dict()}
            writer.write(encode(**person, jpeg_quality=None), "train" if index < 8 else "test")
    return open_records(folder)


def test_what_is_worn_is_possible_and_distributions_sum_to_one(studio: RecordSet, people: Path) -> None:
    assert is_studio(studio)
    assert not is_studio(open_records(people))
    for metadata in metadata_by_id(studio, "test").values():
        for garment in KINDS:
            truth = outfit_truth(metadata, garment)
            assert truth.kinds.sum() == pytest.approx(1)
            assert truth.colours.sum() == pytest.approx(1)
            assert truth.kinds[truth.kind] > 0
            assert truth.colours[truth.colour] > 0
            assert KINDS[garment][truth.kind] == metadata["outfit"][garment]["kind"]


@pytest.mark.slow
def test_it_is_trained_examined_saved_and_reads_alike_again(studio: RecordSet, tmp_path: Path) -> None:
    reader = GarmentReader(seed=1)
    assert reader.train(studio, 64, 2, 4, tmp_path / "run") == 0
    reader.examine(studio, 64, count=8, batch=4)
    assert set(reader.accuracy) == {"top_kind", "top_colour", "bottom_kind", "bottom_colour"}
    for table in reader.confusion.values():
        np.testing.assert_allclose(table.sum(axis=1), 1)
    assert reader.confusion["top_colour"].shape == (len(COLOURS),) * 2
    reader.save(tmp_path / "reader.npz")
    again = GarmentReader.load(tmp_path / "reader.npz")
    report = OutfitReport(again, metadata_by_id(studio, "test"))
    for _, batch in sampling.people(studio, "test", "top", reader_config(64, 4, 0), 8, 4):
        photos = sampling.true_photo(batch)
        np.testing.assert_array_equal(again.read(batch, photos), reader.read(batch, photos))
        report.watch("prior", batch, [photos, photos])
    actual = report.summary("prior", "top")
    for what in ("kind", "colour"):  # the samples are the people's own garments
        assert actual[f"{what}_possible"]["value"] == actual[f"{what}_possible_truth"]["value"]
        assert actual[f"{what}_marginal_error"]["value"] == actual[f"{what}_marginal_error_truth"]["value"]
    assert report.columns("prior", "top")["kind_coverage_of_2"].shape == (7,)  # one shows two garments only


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_stopped_training_goes_on_as_if_it_had_not_been(
    studio: RecordSet, data_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, stopped, resumed = (GarmentReader(seed=seed) for seed in (1, 1, 2))
    assert straight.train(studio, 64, 3, 4, tmp_path / "straight") == 0
    make = loop.Alone.draw

    def stop(self: Any, done: int, log: Any) -> None:
        make(self, done, log)
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(loop.Alone, "draw", stop)  # after the first step; noticed with the second
        assert stopped.train(studio, 64, 3, 4, tmp_path / "stopped") == 143
    assert resumed.train(studio, 64, 3, 4, tmp_path / "stopped") == 0
    for reader, name in ((straight, "straight.npz"), (resumed, "resumed.npz")):
        reader.save(tmp_path / name)
    first, second = (np.load(tmp_path / name) for name in ("straight.npz", "resumed.npz"))
    with first, second:
        for name in first.files:
            np.testing.assert_array_equal(first[name], second[name], err_msg=name)
    with pytest.raises(TryOnError, match="made of other things: the data set was"):
        resumed.train(open_records(data_set), 64, 3, 4, tmp_path / "stopped")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_people_whom_it_never_sees_are_measured_as_it_learns(studio: RecordSet, tmp_path: Path) -> None:
    reader = GarmentReader(seed=1)
    assert reader.train(studio, 64, 3, 4, tmp_path / "run", evaluate_every=2) == 0
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    looked = {line["step"]: line for line in lines if "held_out/loss" in line}
    assert list(looked) == [2, 3]  # every second step, and after the last
    reader.examine(studio, 64)
    last, shown = looked[3], dict.fromkeys(KINDS, 0)
    for garment in KINDS:
        batches = sampling.people(studio, "test", garment, reader_config(64, 4, 0), 100, 4)
        shown[garment] = sum(len(batch["box"]) for _, batch in batches)
    for what in ("kind", "colour"):
        right = sum(reader.accuracy[f"{garment}_{what}"] * count for garment, count in shown.items())
        assert last[f"held_out/{what}_accuracy"] == pytest.approx(right / sum(shown.values()), abs=1e-4)
    silent = GarmentReader(seed=1)
    assert silent.train(studio, 64, 3, 4, tmp_path / "silent", evaluate_every=0) == 0
    for mine, theirs in zip(reader._net.get_weights(), silent._net.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)  # a look changes nothing
