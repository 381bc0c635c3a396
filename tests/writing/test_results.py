"""The one writer: what it replaces, what it leaves alone, and that a kill at any moment loses nothing."""

import fcntl
import itertools
import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.writing import hidden, marks, places, results
from tf_tryon.writing.results import new_files

MARK, BY = "result.json", "tf-tryon complete"


def write(folder: Path, files: dict[str, str], by: str = BY, source: str = "", alone: bool = True) -> None:
    with new_files(folder, MARK, by=by, source=source, alone=alone) as new:
        for name, text in files.items():
            (new.path / name).parent.mkdir(exist_ok=True)
            (new.path / name).write_text(text)
        new.content = {"seed": 7}


def content(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file() and p.name != MARK
    }


def fail_in(folder: Path) -> None:
    with new_files(folder, MARK, by=BY) as new:
        (new.path / "one.png").write_text("half")
        raise RuntimeError("power")


def test_a_name_in_latin_1_is_written_as_it_is(tmp_path):
    name = os.fsdecode(b"caf\xe9")
    write(tmp_path / name, {"one.png": "1"}, source=f"photos/{name}.png")
    write(tmp_path / name, {"one.png": "2"}, source=f"photos/{name}.png")
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9"]
    assert content(tmp_path / name) == {"one.png": "2"}
    assert places.suffixed(name, f"photos/{name}.png") != places.suffixed(name, f"others/{name}.png")


def test_a_new_folder_is_marked_and_replaced_by_its_writer(tmp_path):
    folder = tmp_path / "out" / "anna"
    write(folder, {"one.png": "1", "sub/two.png": "2"})
    mark = json.loads((folder / MARK).read_text())
    assert mark["seed"] == 7
    assert (mark["written_by"], sorted(mark["files"])) == (BY, ["one.png", "sub/two.png"])
    write(folder, {"three.png": "3"})
    assert content(folder) == {"three.png": "3"}
    assert [path.name for path in folder.parent.iterdir()] == ["anna"]
    assert not (folder / "sub").exists()


def test_files_that_the_mark_does_not_list_stay(tmp_path):
    write(tmp_path / "anna", {"one.png": "1", "sub/two.png": "2"})
    (tmp_path / "anna" / "notes.txt").write_text("mine")
    (tmp_path / "anna" / "sub" / "more.txt").write_text("mine, too")
    write(tmp_path / "anna", {"one.png": "new"})
    assert content(tmp_path / "anna") == {"one.png": "new", "notes.txt": "mine", "sub/more.txt": "mine, too"}


def others(folder: Path) -> None:
    folder.mkdir()
    (folder / "holiday.jpg").write_text("photo")


def other_json(folder: Path) -> None:
    folder.mkdir()
    (folder / MARK).write_text(json.dumps({"files": ["holiday.jpg"]}))


def other_verb(folder: Path) -> None:
    write(folder, {"one.png": "1"}, by="tf-tryon request")


def other_source(folder: Path) -> None:
    write(folder, {"one.png": "1"}, source="/photos/two/anna.jpg")


def painted_on(folder: Path) -> None:
    write(folder, {"one.png": "1"}, source="/photos/anna.jpg")
    (folder / "one.png").write_text("retouched")


def in_the_way(folder: Path) -> None:
    write(folder, {"old.png": "1"}, source="/photos/anna.jpg")
    (folder / "one.png").write_text("mine")


def a_file(folder: Path) -> None:
    folder.write_text("no folder")


def link_out(folder: Path) -> None:
    write(folder, {"sub/one.png": "1"}, source="/photos/anna.jpg")
    shutil.move(folder / "sub", folder.parent / "elsewhere")
    (folder / "sub").symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (others, r"did not write \(holiday.jpg\)"), (other_json, "bears no mark"),
        (other_verb, "`tf-tryon request`"), (other_source, "two/anna.jpg, not to"),
        (painted_on, "one.png was changed since"), (a_file, "anna is a file"),
        (in_the_way, "one.png is there and was not written by"), (link_out, "sub is no folder"),
    ],
)  # fmt: skip
def test_what_is_not_ours_is_refused_and_untouched(tmp_path, untouched, made, words):
    made(tmp_path / "anna")
    with untouched(tmp_path), pytest.raises(TryOnError, match=words):
        write(tmp_path / "anna", {"one.png": "2"}, source="/photos/anna.jpg")


def test_a_file_above_the_folder_is_named(tmp_path, untouched):
    (tmp_path / "anna").write_text("mine")
    with untouched(tmp_path), pytest.raises(TryOnError, match="anna is a file, and a folder is to be written there"):
        results.check(tmp_path / "anna" / "0001" / "more", MARK, by=BY)


@pytest.mark.parametrize("name", ["../victim.txt", "/victim.txt", "a/../../victim.txt", ""])
def test_a_strangers_mark_leads_nowhere_else(tmp_path, untouched, name):
    (tmp_path / "anna").mkdir()
    (tmp_path / "victim.txt").write_text("mine")
    listed = {name: marks.digest(tmp_path / "victim.txt")}
    (tmp_path / "anna" / MARK).write_text(json.dumps(marks.Mark(BY, "", listed).content()))
    with untouched(tmp_path), pytest.raises(TryOnError, match="bears no mark"):
        write(tmp_path / "anna", {"one.png": "2"})


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", "{", '{"written_by": 1, "made_from": "", "files": {}}', "\0"])
def test_what_is_no_mark_is_none(tmp_path, text):
    (tmp_path / MARK).write_text(text)
    assert marks.read(tmp_path / MARK) is None
    assert marks.read(tmp_path / "nowhere") is None


def test_an_error_leaves_everything_as_it_was(tmp_path, untouched):
    write(tmp_path / "anna", {"one.png": "1"})
    for folder in ("anna", "bert"):
        with untouched(tmp_path), pytest.raises(RuntimeError, match="power"):
            fail_in(tmp_path / folder)


class KilledError(BaseException):
    """In place of a signal that can't be caught."""


def kill_at(stop: int, patch: pytest.MonkeyPatch) -> None:
    """From the `stop`-th call on that changes the folder, none is made any more."""
    calls = itertools.count(1)

    def counted(plain):
        def call(*args, **options):
            if next(calls) >= stop:
                raise KilledError
            return plain(*args, **options)

        return call

    for name in ("replace", "unlink", "rename", "rmdir", "mkdir"):
        patch.setattr(os, name, counted(getattr(os, name)))
    patch.setattr(shutil, "rmtree", counted(shutil.rmtree))


@pytest.mark.parametrize("fresh", [True, False])
def test_a_kill_at_any_moment_loses_nothing_and_the_next_run_tidies(tmp_path, monkeypatch, fresh):
    """Stops before each system call that changes the folder, as a kill would, then writes again."""
    new = {"one.png": "new", "sub/two.png": "new"}
    for stop in range(1, 60):
        root = tmp_path / str(stop)
        if not fresh:
            write(root / "anna", {"one.png": "old", "gone.png": "old", "sub/two.png": "old"})
            (root / "anna" / "notes.txt").write_text("mine")
        with monkeypatch.context() as patch:
            kill_at(stop, patch)
            try:
                write(root / "anna", new)
                done = True
            except KilledError:
                done = False
        if not fresh:
            assert (root / "anna" / "notes.txt").read_text() == "mine"
        write(root / "anna", new)
        wanted = new if fresh else {**new, "notes.txt": "mine"}
        assert content(root / "anna") == wanted, f"stopped at call {stop}"
        assert not list(root.rglob(hidden.NAME)), f"stopped at call {stop}"
        if done:
            return
    pytest.fail("it never came to an end")


def test_a_folder_that_somebody_writes_in_is_not_taken_for_left(tmp_path):
    with new_files(tmp_path / "anna", MARK, by=BY) as new:
        write(tmp_path / "anna", {"one.png": "1"})
        assert new.path.is_dir()
        (new.path / "two.png").write_text("2")
    assert content(tmp_path / "anna") == {"two.png": "2"}


@pytest.mark.parametrize("begun_before", [True, False])
def test_two_at_once_take_turns(tmp_path, monkeypatch, begun_before):
    """The first stops between two of its files until the second waits for it, or is through."""
    begun, between, waits = threading.Event(), threading.Event(), threading.Event()
    replace, flock, first = os.replace, fcntl.flock, threading.current_thread()

    def stopping(source, target):
        replace(source, target)
        if threading.current_thread() is first and Path(target) == tmp_path / "anna" / "one.png":
            between.set()
            assert waits.wait(60)

    def telling(lock, kind):
        if threading.current_thread() is not first and kind in (fcntl.LOCK_EX, fcntl.LOCK_SH):
            waits.set()
        flock(lock, kind)

    def second():
        try:
            assert begun_before or between.wait(60)
            with new_files(tmp_path / "anna", MARK, by=BY, alone=True) as new:
                begun.set()
                assert between.wait(60)
                (new.path / "one.png").write_text("second")
        finally:
            begun.set()
            waits.set()

    write(tmp_path / "anna", {"one.png": "old", "two.png": "old"})
    monkeypatch.setattr(os, "replace", stopping)
    monkeypatch.setattr(fcntl, "flock", telling)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(second)
        assert not begun_before or begun.wait(60)
        write(tmp_path / "anna", {"one.png": "first", "two.png": "first"})
        other.result()
    assert content(tmp_path / "anna") == {"one.png": "second"}
    listed = marks.read(tmp_path / "anna" / MARK).files
    assert listed == {"one.png": marks.digest(tmp_path / "anna" / "one.png")}
    write(tmp_path / "anna", {"three.png": "third"})
    assert content(tmp_path / "anna") == {"three.png": "third"}
    assert not list(tmp_path.rglob(hidden.NAME))


def test_a_new_hidden_folder_that_is_taken_for_left_behind_is_made_again(tmp_path, monkeypatch):
    """Another process looks for those between its making and its locking."""
    wait = hidden._wait_for

    def later(lock):
        monkeypatch.setattr(hidden, "_wait_for", wait)
        hidden.remove_leftovers(tmp_path / "anna", MARK)
        wait(lock)

    monkeypatch.setattr(hidden, "_wait_for", later)
    write(tmp_path / "anna", {"one.png": "1"})
    assert content(tmp_path / "anna") == {"one.png": "1"}
    assert not list(tmp_path.rglob(hidden.NAME))


def test_files_that_are_being_replaced_during_a_check_are_waited_for(tmp_path, monkeypatch):
    """The mark is aside just when it is looked for, as while another process puts new files in their place."""
    write(tmp_path / "anna", {"one.png": "1"})
    path, read = tmp_path / "anna" / MARK, marks.read

    def aside(asked):
        if asked != path:
            return read(asked)
        monkeypatch.setattr(marks, "read", read)
        kept = path.rename(tmp_path / "aside")
        try:
            return read(asked)
        finally:
            kept.rename(path)

    monkeypatch.setattr(marks, "read", aside)
    results.check(tmp_path / "anna", MARK, by=BY)
    with pytest.raises(TryOnError, match="was written by"):
        results.check(tmp_path / "anna", MARK, by="somebody else")


def test_who_was_slower_replaces_what_appeared_meanwhile(tmp_path, monkeypatch):
    rename = Path.rename

    def slower(path, target):
        monkeypatch.setattr(Path, "rename", rename)
        write(tmp_path / "anna", {"one.png": "1"})
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", slower)
    write(tmp_path / "anna", {"two.png": "2"})
    assert content(tmp_path / "anna") == {"two.png": "2"}
    assert not list(tmp_path.rglob(hidden.NAME))


def test_a_training_in_the_folder_keeps_nobody_from_writing(tmp_path):
    """`evaluate` writes into the folder of a run that is still training, which holds a lock of it."""
    write(tmp_path, {"one.png": "1"}, alone=False)
    lock = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write(tmp_path, {"one.png": "2"}, alone=False)
    finally:
        os.close(lock)
    assert content(tmp_path) == {"one.png": "2"}


def test_errors_of_the_disk_name_the_file_where_it_was_to_be(tmp_path):
    with pytest.raises(OSError, match="No space") as caught:
        with new_files(tmp_path / "anna", MARK, by=BY):
            raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "anna")
    with pytest.raises(FileNotFoundError) as caught:
        with new_files(tmp_path / "anna", MARK, by=BY) as new:
            (new.path / "sub" / "one.png").write_text("1")
    assert caught.value.filename == str(tmp_path / "anna" / "sub" / "one.png")


def test_the_source_is_told(tmp_path):
    assert results.source_of(tmp_path / "anna", MARK) is None
    write(tmp_path / "anna", {"one.png": "1"}, source="/photos/anna.jpg")
    assert results.source_of(tmp_path / "anna", MARK) == "/photos/anna.jpg"


def test_names_that_will_be_written_are_refused_at_the_start(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "two.png").write_text("mine")
    results.check(tmp_path, MARK, by=BY)
    with pytest.raises(TryOnError, match=r"two\.png is there and was not written by this command"):
        results.check(tmp_path, MARK, by=BY, names=("one.png", "sub/two.png"))
    write(tmp_path / "anna", {"one.png": "1"})
    results.check(tmp_path / "anna", MARK, by=BY, names=("one.png",))
