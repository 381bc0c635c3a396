"""What a call leaves for the next one, and what of it another call may not take over."""

from pathlib import Path

import pytest

from tf_tryon.data.parts import Parts
from tf_tryon.errors import TryOnError
from tf_tryon.fit.folder import Work


def test_parts_of_photos_that_have_changed_are_not_gone_on_with(tmp_path: Path) -> None:
    key = {"base": "street", "seed": 0, "photos": "first"}
    work = Work(tmp_path, key)
    parts = Parts(work.people, {"names": "anna, ben"}, 2, 1)
    parts.write(0, [b"anna"])
    (work.people / "notes.txt").write_text("mine")
    Work(tmp_path, key)
    Work(tmp_path, {**key, "base": "studio"})  # whose people are made alike
    assert parts.missing() == [1]
    Work(tmp_path, {**key, "photos": "second"})
    assert [path.name for path in work.people.iterdir()] == ["notes.txt"]


def test_what_was_kept_of_another_base_is_made_again(tmp_path: Path) -> None:
    key = {"base": {"model": "mine", "digest": "a"}}
    folder = Work(tmp_path, key).folder
    kept = [folder / name for name in ("base/texture.npz", "measures/base.npz", "measures/result-3-5-plain.npz")]
    for path in (*kept, folder / "measures" / "notes.npz"):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    Work(tmp_path, key)
    assert all(path.exists() for path in kept)
    Work(tmp_path, {"base": {"model": "mine", "digest": "b"}})
    assert not any(path.exists() for path in kept)
    assert (folder / "measures" / "notes.npz").exists()


def test_what_was_trained_with_stays(tmp_path: Path) -> None:
    work = Work(tmp_path, {"photos": "first"})
    parts = Parts(work.people, {}, 1, 1)
    parts.write(0, [b"anna"])
    work.run("shape").mkdir()
    with pytest.raises(TryOnError, match="other values of photos: give the same"):
        Work(tmp_path, {"photos": "second"})
    assert parts.missing() == []
