from pathlib import Path

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.writing.places import folders, refuse_overlap
from tf_tryon.writing.results import new_files

MARK = "result.json"


@pytest.mark.parametrize(
    ("out", "given", "words"),
    [
        ("photos", "photos/anna.jpg", "holds the input photos/anna.jpg"),
        ("runs", "runs/shape", "holds the input"),
        (".", "photos", "holds the input"),
        ("photos", "photos", "is the input photos itself"),
        ("photos/../photos/", "photos", "itself"),
        ("runs/shape/model", "runs/shape", "lies within the input"),
        ("link/out", "photos", "lies within the input"),
    ],
)
def test_results_lie_apart_from_what_they_are_made_of(tmp_path, monkeypatch, out, given, words):
    monkeypatch.chdir(tmp_path)
    for folder in ("photos", "runs/shape"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "photos" / "anna.jpg").touch()
    (tmp_path / "link").symlink_to("photos")
    with pytest.raises(TryOnError, match=f"--out .*{words}"):
        refuse_overlap(out, [None, "", given], "--out")
    refuse_overlap("completed", ["photos/anna.jpg", "runs/shape"], "--out")
    refuse_overlap("photos2", ["photos"], "--out")


def test_two_photos_of_one_name_never_share_a_folder(tmp_path):
    def mark(folder: Path, source: str) -> None:
        with new_files(folder, MARK, by="tf-tryon request", source=source):
            pass

    one, two = ("anna", "/one/anna.jpg"), ("anna", "/two/anna.jpg")
    both = folders(tmp_path, [one, two], MARK)
    assert len(set(both)) == 2
    assert both[::-1] == folders(tmp_path, [two, one], MARK)  # in any order
    assert folders(tmp_path, [one], MARK) == [tmp_path / "anna"]
    assert folders(tmp_path, [one, one], MARK) == [tmp_path / "anna"] * 2
    mark(tmp_path / "anna", one[1])
    assert folders(tmp_path, [two], MARK) == both[1:]  # of an earlier command
    assert folders(tmp_path, [one, two], MARK) == [tmp_path / "anna", both[1]]
    assert folders(tmp_path, [("Bert", "/a"), ("bert", "/b")], MARK)[0].name.startswith("Bert-")


@pytest.mark.parametrize("name", [".", "..", ""])
def test_a_photo_called_dots_gets_a_folder_inside(tmp_path, name):
    (actual,) = folders(tmp_path / "out", [(name, "/photos/...png")], MARK)
    assert actual.parent == tmp_path / "out"
    assert actual.name.startswith("photo-")
