"""The sidecar is a stranger's file: what doesn't fit is refused in a sentence that names it."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf_tryon.errors import BadFileError, MissingFileError, TryOnError
from tf_tryon.lite.folders import sidecar_of_model
from tf_tryon.lite.sidecar import Sidecar
from tf_tryon.lite.tryon import TryOn


@pytest.fixture
def copy(person_bundle: Path, tmp_path: Path) -> Path:
    return shutil.copytree(person_bundle, tmp_path / "copy")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 1}, "no sidecar of format"),
        ({"file": "../x.tflite"}, "no name of a file"),
        ({"sha256": "0"}, "belongs to another file"),
        ({"codes": {"shape": [2, 2]}}, r"codes.shape has 2 entries"),
        ({"garments": ["cape"]}, "not one of hat"),
        ({"data": {"height": 0}}, "not a whole number from 1"),
    ],
)
def test_wrong_fields_are_named(copy: Path, change: dict[str, Any], words: str) -> None:
    path = copy / "lite/completion_mixed.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(BadFileError, match=words):
        Sidecar.read(path)


def test_the_most_exact_variant_of_the_models_weights_is_taken(copy: Path) -> None:
    first = copy / "lite/completion_mixed.json"
    fields = json.loads(first.read_text())
    (copy / "lite/completion_int8.json").write_text(json.dumps({**fields, "quantize": "int8"}))
    earlier = {**fields, "quantize": "float16", "weights": {"shape": "0", "texture": "0"}}
    (copy / "lite/completion_float16.json").write_text(json.dumps(earlier))
    assert sidecar_of_model(copy).quantize == "mixed"
    first.unlink()
    assert TryOn.load(copy).size == (64, 64)
    assert sidecar_of_model(copy).quantize == "int8"


def test_missing_and_damaged_files_are_named(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="export lite"):
        TryOn.load(tmp_path)
    network = copy / "lite/completion_mixed.tflite"
    network.write_bytes(network.read_bytes()[:-1])
    with pytest.raises(BadFileError, match="belongs to another"):
        TryOn.load(copy)


def test_another_detail_network_is_noticed(copy: Path) -> None:
    (copy / "texture/detail.npz").write_bytes(b"another")
    with pytest.raises(TryOnError, match=r"was made of other weights than those in .*texture: make it with"):
        sidecar_of_model(copy)


def test_weights_that_were_trained_on_are_noticed(copy: Path) -> None:
    assert sidecar_of_model(copy).tflite.parent == copy / "lite"
    with np.load(copy / "shape/weights.npz") as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(copy / "shape/weights.npz", **{name: value + 1 for name, value in arrays.items()})
    with pytest.raises(TryOnError, match=r"was made of other weights than those in .*shape: make it with"):
        TryOn.load(copy)
