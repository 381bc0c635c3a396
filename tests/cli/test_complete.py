"""`tf-tryon complete`: what is refused before anything is read."""

import pathlib

import pytest

from tf_tryon import quiet
from tf_tryon.cli import main


def test_people_of_one_name_would_overwrite_each_other(tmp_path, capsys):
    people = [str(tmp_path / folder / "anna.png") for folder in ("one", "two")]
    for person in people:
        pathlib.Path(person).parent.mkdir()
        pathlib.Path(person).touch()
    assert main.main(["complete", *people, f"--out={tmp_path / 'out'}"]) == 1
    assert "several people are called 'anna'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("complete {photo} --model studio --garment hat --out {out}", "completes top, bottom, not hat"),
        ("complete {photo} --walk 8 --out {out}", "channels 0 to 7"),
        ("complete {out}/a.png {out}/b.png --out {out}", "a.png: there is no such photo"),
        ("complete {photo} --like {out}/b.png --out {out}", "b.png: there is no such photo"),
        ("complete {photo} --model {out} --out {out}", "holds no model"),
        ("recommend {photo} --model studio --garment shoes --catalogue {photo} --out {out}", "not shoes"),
        ("recommend {photo} --catalogue {out}/people --out {out}", "people: there is no such"),
    ],
)
def test_what_cannot_be_done_is_refused_before_tensorflow_loads(line, words, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(quiet, "import_tensorflow", lambda: pytest.fail("TensorFlow was loaded"))
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"")
    assert main.main(line.format(photo=photo, out=tmp_path / "out").split()) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
