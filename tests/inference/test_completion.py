"""What a `Completion` does with itself."""

import dataclasses
import io
import json

import numpy as np
import pytest
from PIL import Image

from tf_tryon.inference import saving
from tf_tryon.inference.sheet import sheet

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def completion(model, make_person, eager):
    from tf_tryon.data.person import Person
    from tf_tryon.data.vocabulary import CIHP20

    made = make_person(1)
    labels = CIHP20.table()[made["labels"]]
    return model.complete(Person(made["photo"], labels, made["keypoints"].astype(np.float32), "1"), samples=2)


def test_a_notebook_shows_the_sheet(completion):
    shown = Image.open(io.BytesIO(completion._repr_png_()))
    assert shown.format == "PNG"
    assert np.array_equal(np.asarray(shown), np.asarray(sheet([completion])))
    assert np.array_equal(np.asarray(completion.sheet(side=64)), np.asarray(sheet([completion], 64)))


def test_many_samples_stand_in_lines(completion):
    copies = (completion.photos[:1].repeat(40, 0), completion.parsings[:1].repeat(40, 0))
    many = sheet([dataclasses.replace(completion, photos=copies[0], parsings=copies[1])], 64)
    width, height = sheet([completion], 64).size
    assert (many.width - 6) * 4 == (width - 6) * 18  # of the photo, what is erased, and 16 in place of 2 samples
    assert (many.height - 6) == (height - 6) * 3


def test_it_saves_what_the_command_line_saves(completion, tmp_path):
    path = completion.save(tmp_path / "own", source="photo.png")
    saving.save(completion, tmp_path / "other", source="photo.png")
    assert path == tmp_path / "own" / "sheet.png"
    names = sorted(file.name for file in (tmp_path / "own").iterdir())
    assert names == sorted(file.name for file in (tmp_path / "other").iterdir())
    assert json.loads((tmp_path / "own" / "result.json").read_text())["made_from"] == "photo.png"
    assert completion.save(tmp_path / "own", source="photo.png") == path  # its own earlier results make room
