"""The bundled parser's exported file: made of the weights beside it, with TensorFlow's labels."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.annotation import builtin_parser
from tf_tryon.annotation.annotation import AnnotationError, Pose
from tf_tryon.annotation.builtin_parser import BuiltinParser
from tf_tryon.annotation.parser_file import BUNDLED, NAME, WEIGHTS, ParserFile
from tf_tryon.errors import BadFileError, MissingFileError


def _seen(index: int, height: int, width: int) -> tuple[np.ndarray, Pose]:
    """A rendered person in a photo of that size, with the pose that a perfect annotator would find."""
    from tf_tryon.data.studio.render import render_person

    made = render_person(20_261_128, index, 256)
    photo = np.asarray(Image.fromarray(made.photo).resize((width, height)))
    mask = (np.asarray(Image.fromarray(made.parsing).resize((width, height), 0)) > 0).astype(np.float32)
    rows, columns = np.nonzero(mask)
    box = (float(rows.min()), float(columns.min()), float(rows.max() + 1), float(columns.max() + 1))
    points = made.keypoints * (width / 256, height / 256, 1)
    return photo, Pose(points.astype(np.float32), mask, box)


def test_it_was_made_of_the_weights_beside_it() -> None:
    remedy = "the weights are new: tf-tryon export parser --out tf_tryon/weights/parser/lite"
    assert ParserFile(BUNDLED).weights == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(), remedy


def test_its_labels_are_tensorflows() -> None:
    lite, full = BuiltinParser.load(runtime="lite"), BuiltinParser.load(runtime="tensorflow")
    np.testing.assert_allclose(lite.calibration, full.calibration, atol=1e-6)
    equal, apart = [], []
    for index, (height, width) in enumerate(((256, 256), (301, 187), (150, 230), (641, 500))):
        photo, pose = _seen(index, height, width)
        ours, theirs = lite.parse(photo, pose), full.parse(photo, pose)
        equal.append((ours.labels == theirs.labels).mean())
        assert ours.confidences.keys() == theirs.confidences.keys()
        apart += [abs(value - theirs.confidences[name]) for name, value in ours.confidences.items()]
    assert np.mean(equal) >= 0.999
    assert min(equal) >= 0.997
    assert np.mean(apart) < 0.01  # where a garment is a few pixels one of them is much of it
    assert max(apart) < 0.1


def test_one_that_is_opened_for_each_picture_labels_alike() -> None:
    photo, pose = _seen(1, 150, 230)
    kept, brief = (BuiltinParser(ParserFile(BUNDLED, kept=kept)) for kept in (True, False))
    np.testing.assert_array_equal(brief.probabilities(photo, pose)[1], kept.probabilities(photo, pose)[1])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(BUNDLED, tmp_path / "lite")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "no sidecar of format"),
        ({"file": "../x.tflite"}, "no name of a file"),
        ({"sha256": "0"}, "belongs to another file"),
        ({"height": 0}, "not a whole number from 32"),
        ({"calibration": [[0, 1]]}, "has 1 entries"),
    ],
)
def test_wrong_fields_are_named(copy: Path, change: dict[str, Any], words: str) -> None:
    path = copy / f"{NAME}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(BadFileError, match=words):
        ParserFile(copy)


def test_missing_and_damaged_files_are_named(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="export parser"):
        ParserFile(tmp_path)
    network = copy / f"{NAME}.tflite"
    network.write_bytes(network.read_bytes()[:-1])
    with pytest.raises(BadFileError, match="belongs to another"):
        ParserFile(copy)


def test_tensorflow_serves_what_the_file_cannot(monkeypatch: pytest.MonkeyPatch, copy: Path) -> None:
    assert not builtin_parser.needs_tensorflow(None, "auto")
    assert builtin_parser.needs_tensorflow(None, "tensorflow")
    assert builtin_parser.needs_tensorflow(WEIGHTS, "auto")
    with pytest.raises(AnnotationError, match="other weights"):
        BuiltinParser.load(WEIGHTS, "lite")
    with pytest.raises(ValueError, match="choose one of auto, lite, tensorflow"):
        BuiltinParser.load(runtime="fast")
    # A file of other weights than the bundled ones is none of theirs.
    path = copy / f"{NAME}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "weights": "0"}))
    monkeypatch.setattr("tf_tryon.annotation.parser_file.BUNDLED", copy)
    assert builtin_parser.needs_tensorflow(None, "auto")
    with pytest.raises(AnnotationError, match="made of other weights"):
        BuiltinParser.load(runtime="lite")
