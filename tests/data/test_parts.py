import pytest

from tf_tryon.data.parts import Parts
from tf_tryon.errors import BadFileError, TryOnError

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
    (tmp_path / ".parts" / "key.json").unlink()
    with untouched(tmp_path), pytest.raises(TryOnError, match="tells of which run"):
        Parts(tmp_path, KEY, 3, 2)


def test_damaged_parts_are_named(tmp_path):
    parts = Parts(tmp_path, {"seed": 1}, 4, 2)
    parts.write(0, [b"one", b"two"])
    assert list(parts.read(0)) == [b"one", b"two"]
    data = bytearray(parts.path(0).read_bytes())
    for damaged in (data[:-1], data[:5], data[:13] + b"x" + data[14:], b"", data[:19], data + data[:19]):
        parts.path(0).write_bytes(damaged)
        with pytest.raises(BadFileError, match=r"0000000-0000002\.records is damaged .*: delete it and run the same"):
            list(parts.read(0))
    for text, message in (("[", "not JSON"), ('{"seed": 2}', "unfinished run of {'seed': 2}, not of {'seed': 1}")):
        (tmp_path / ".parts" / "key.json").write_text(text)
        with pytest.raises(ValueError, match=message):
            Parts(tmp_path, {"seed": 1}, 4, 2)
