"""The program of `client_program.py` does what it says, with tiny networks."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("client_program", Path(__file__).with_name("client_program.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _written(folder: Path, made: dict) -> Path:
    Image.fromarray(made["photo"]).save(folder / "photo.png")
    Image.fromarray(made["labels"]).save(folder / "photo_parsing.png")
    people = [{"pose_keypoints_2d": np.asarray(made["keypoints"], float).ravel().tolist()}]
    (folder / "photo_keypoints.json").write_text(json.dumps({"people": people}))
    return folder / "photo.png"


def test_the_program_completes_ranks_and_saves(program, model, make_person, tmp_path):
    from tf_tryon import Person

    photo = _written(tmp_path, make_person(1))
    done = program.completed(model, photo, "top")
    assert done.photos.shape == (2, 64, 64, 3)
    assert any(np.array_equal(program.best(done), sample) for sample in done.photos)
    assert program.completed(model, photo, "hat") is None  # person 1 wears none
    person = Person.from_files(photo)
    assert program.worn_like(model, person, person).request.like is person
    others = program.ranked(model, person, [person])
    assert [other.person for other in others] == [person]
    path, size = program.kept(done, tmp_path / "kept")
    assert path.is_file()
    assert size[0] > 64
