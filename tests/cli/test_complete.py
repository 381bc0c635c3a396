"""`tf-tryon complete`: what is refused before anything is read."""

import pytest

from tf_tryon import quiet
from tf_tryon.cli import complete, main


@pytest.mark.parametrize(
    "line",
    [
        "complete {photo} --out {here}", "request {photo} --out {here}", "annotate {photo} --out {here}",
        "tflite run {model} {photo} --out {here}", "complete {photo} --like {here}/other/b.png --out {here}/other",
        "annotate {here}/other --out {here}/other/out",
    ],
)  # fmt: skip
def test_results_among_what_they_are_made_of_are_refused(line, tmp_path, capsys, monkeypatch, untouched):
    """`complete photos/anna.jpg --out photos` deleted photos/anna/."""
    monkeypatch.setattr(quiet, "import_tensorflow", lambda: pytest.fail("TensorFlow was loaded"))
    for name in ("photo.png", "photo/holiday.jpg", "other/b.png", "shape.tflite"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    with untouched(tmp_path):
        words = line.format(photo=tmp_path / "photo.png", here=tmp_path, model=tmp_path / "shape.tflite").split()
        assert main.main(words) == 1
    assert "results go to a place apart from what they are made of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("complete {photo} --model studio --garment hat --out {out}", "completes top, bottom, not hat"),
        ("complete {photo} --walk 8 --out {out}", "channels 0 to 7"),
        ("complete {out}/a.png {out}/b.png --out {out}", "a.png: there is no such photo"),
        ("complete {photo} --like {out}/b.png --out {out}", "b.png: there is no such photo"),
        ("complete {photo} --model {out} --out {out}", "holds no model"),
        ("complete {photo} --walk 0 --like {photo} --out {out}", "walk and like exclude each other"),
        ("complete {photo} --mask {out}/m.png --out {out}", "m.png: there is no such picture"),
        ("complete {photo} --wear {photo} --like {photo} --out {out}", "wear and like exclude each other"),
        ("complete {photo} --wear {photo} --walk 0 --out {out}", "wear and walk exclude each other"),
        ("complete {photo} --wear {photo} --keep_shape --out {out}", "wear and keep_shape exclude each other"),
        ("complete {photo} --wear {photo} --keep_texture --out {out}", "wear and keep_texture exclude each other"),
        ("complete {photo} --wear {photo} --wear-mask {out}/m.png --out {out}", "m.png: there is no such picture"),
        ("complete {photo} --wear {photo} --garment hat --model studio --out {out}", "completes top, bottom, not hat"),
        ("complete {photo} --wear {photo} --runtime lite --out {out}", "only TensorFlow serves --wear"),
        ("recommend {photo} --model studio --garment shoes --catalogue {photo} --out {out}", "not shoes"),
        ("recommend {photo} --catalogue {out}/people --out {out}", "people is no data set"),
    ],
)
def test_what_cannot_be_done_is_refused_before_tensorflow_loads(line, words, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(quiet, "import_tensorflow", lambda: pytest.fail("TensorFlow was loaded"))
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"")
    assert main.main(line.format(photo=photo, out=tmp_path / "out").split()) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_bad_photo_is_told_once_and_several_by_name(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(complete, "load", lambda *_, **__: None)  # nobody gets as far as the model
    photos = [tmp_path / f"{name}.png" for name in ("anna", "ben")]
    for photo in photos:
        photo.write_bytes(b"no picture")
        for beside in ("parsing.png", "keypoints.json"):  # nothing is left to annotate
            photo.with_name(f"{photo.stem}_{beside}").write_bytes(b"")
    assert main.main(["complete", str(photos[0]), f"--out={tmp_path / 'out'}"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "anna.png: not a readable picture" in line
    assert main.main(["complete", *map(str, photos), f"--out={tmp_path / 'out'}"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].endswith("2 of 2 people could not be completed: anna, ben")
