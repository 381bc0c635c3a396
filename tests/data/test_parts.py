import pytest

from tf_tryon.data.parts import Parts

KEY = {"seed": 0}


def filled(folder, count=3, size=2):
    parts = Parts(folder, KEY, count, size)
    for number in parts.missing():
        parts.write(number, [b"record"] * len(parts.entries(number)))
    return parts


def test_parts_are_kept_and_removed(tmp_path):
    parts = filled(tmp_path)
    assert list(parts.stored()) == [b"record"] * 3
    assert Parts(tmp_path, KEY, 3, 2).missing() == []
    filled(tmp_path, count=7).remove()  # a longer run's last part is another file
    assert list(tmp_path.iterdir()) == []


def test_only_parts_are_removed(tmp_path, untouched):
    parts = filled(tmp_path)
    for name in ("notes.txt", "examples.pickle", "0000000.records"):
        (parts.folder / name).write_text("mine")
    with untouched(tmp_path, lambda name: name.endswith(("00002.records", "00003.records", "key.json"))):
        parts.remove()
    assert sorted(path.name for path in parts.folder.iterdir()) == ["0000000.records", "examples.pickle", "notes.txt"]


def test_parts_of_another_run_are_refused(tmp_path, untouched):
    filled(tmp_path)
    with untouched(tmp_path), pytest.raises(ValueError, match="unfinished run"):
        Parts(tmp_path, {"seed": 1}, 3, 2)
