"""Many people: the same bytes whoever makes which part when, and each who fails is named with the reason."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from tf_tryon.data.engine import Engine
from tf_tryon.data.part_runs import make_missing
from tf_tryon.data.person import Person
from tf_tryon.data.records import open_records
from tf_tryon.errors import InTheWayError
from tf_tryon.inference import bulk as bulk_lib
from tf_tryon.inference.bulk import REPORT, Bulk, Given, complete_part, seed_of
from tf_tryon.inference.request import Request
from tf_tryon.inference.saving import save


@pytest.fixture(autouse=True)
def _tiny(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_lib, "_model", lambda name, digest: model)
    monkeypatch.setattr(bulk_lib, "_digest", lambda name: name)


class Reader:
    """A record by its number; one beyond the last is a photo that isn't there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, argument: str) -> Person:
        records = open_records(self.folder)
        if int(argument) >= len(records):
            raise FileNotFoundError(f"{argument} is missing")
        return Person.of(records, int(argument))

    def __repr__(self) -> str:
        return "Reader"


def _begun(out: Path, data_set: Path, seed: int = 0) -> Bulk:
    people = [Given("anna", f"{i}", f"{i}") for i in (1, 2, 4, 99)]  # the fifth wears a dress
    return Bulk.begun(out, people, "tiny", Request("bottom", samples=2, seed=seed), Reader(data_set), 2)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_bytes_follow_from_people_and_request_alone(data_set: Path, tmp_path: Path) -> None:
    first = _begun(tmp_path / "first", data_set)
    make_missing(first.parts, functools.partial(complete_part, first), Engine(progress=False))
    report = first.finish()
    assert report["completed"] == 2
    assert report["reasons"] == {"missing": 1, "not worn": 1}
    assert [entry["source"] for entry in report["failed"]] == ["4", "99"]
    assert json.loads((tmp_path / "first" / REPORT).read_text())["reasons"] == report["reasons"]
    actual = _files(tmp_path / "first")
    assert sum(name.endswith("sheet.png") for name in actual) == 2  # two of one name, a folder each

    complete_part(_begun(tmp_path / "second", data_set), 1)  # and then it was killed
    second = _begun(tmp_path / "second", data_set)
    assert second.parts.missing() == [0]
    make_missing(second.parts, functools.partial(complete_part, second), Engine(progress=False))
    second.finish()
    assert _files(tmp_path / "second") == actual


def test_each_has_a_seed_that_makes_the_same_pictures_again(data_set: Path, model: Any, tmp_path: Path) -> None:
    bulk = _begun(tmp_path / "all", data_set)
    complete_part(bulk, 0)
    places = {json.loads(path.read_text())["seed"]: path.parent for path in tmp_path.glob("all/00000/*/result.json")}
    assert set(places) == {seed_of(0, 0), seed_of(1, 0)}
    assert len({*places, seed_of(0, 1), seed_of(1, 1)}) == 4
    save(model.answer(bulk.read("1"), Request("bottom", samples=2, seed=seed_of(0, 0))), tmp_path / "again", "1")
    assert _files(tmp_path / "again") == _files(places[seed_of(0, 0)])


def test_a_process_that_outlives_a_run_makes_the_next_ones_people(data_set: Path, tmp_path: Path) -> None:
    """As on a standing cluster: the same folder, other people."""
    first = _begun(tmp_path / "out", data_set)
    make_missing(first.parts, functools.partial(complete_part, first), Engine(progress=False))
    first.finish()
    people = [Given("berta", f"{i}", f"{i}") for i in (3, 5)]
    second = Bulk.begun(tmp_path / "out", people, "tiny", first.request, first.read, 2)
    complete_part(second, 0)
    assert {json.loads(entry)["source"] for entry in second.parts.stored()} == {"3", "5"}


def test_who_was_started_elsewhere_finds_everything(
    data_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bulk = Bulk.begun(Path("out"), [Given("anna", "1", "1")], "own/model", Request("bottom"), Reader(data_set), 2)
    assert bulk.out == tmp_path / "out"
    assert bulk.model == str(tmp_path / "own/model")
    assert _begun(tmp_path / "other", data_set).model == str(tmp_path / "tiny")
    street = Bulk.begun(tmp_path / "street", [], "street", Request("bottom"), Reader(data_set), 2)
    assert street.model == "street"


def test_another_run_and_strangers_files_are_refused_first(data_set: Path, tmp_path: Path) -> None:
    _begun(tmp_path / "out", data_set)
    with pytest.raises(ValueError, match="holds an unfinished run"):
        _begun(tmp_path / "out", data_set, seed=1)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / REPORT).write_text("mine")
    with pytest.raises(InTheWayError):
        _begun(tmp_path / "own", data_set)
    assert [path.name for path in (tmp_path / "own").iterdir()] == [REPORT]
