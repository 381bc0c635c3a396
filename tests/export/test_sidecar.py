"""A sidecar that a stranger wrote is refused in one sentence that names it, or is whole."""

import copy
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tf_tryon.config import thesis
from tf_tryon.errors import BadFileError, MissingFileError
from tf_tryon.export.phone_inputs import Contract
from tf_tryon.export.phone_runner import FORMAT, VERSION, read, read_sidecar
from tf_tryon.export.tflite import contract_of

CONTENT = b"\x1c\0\0\0TFL3 and nothing more"
TENSOR = {"shape": [1, 4, 3], "dtype": "int8", "scale": 0.1, "zero_point": -3, "range": [-12.5, 13.0]}
GOOD: dict[str, Any] = {
    "format": FORMAT,
    "version": VERSION,
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "signatures": {"encode": {"inputs": {"context": TENSOR}, "outputs": {"mean": TENSOR}, "bytes": 9}},
    "inputs": json.loads(json.dumps(dataclasses.asdict(contract_of(thesis("shape"))))),
    "means": {"file": "shape_int8_means.png"},
}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """(dotted place, value) -> the model's path, with that changed in its sidecar."""

    def write(place: str = "", value: Any = None) -> Path:
        sidecar = copy.deepcopy(GOOD)
        *outer, last = place.split(".") if place else [""]
        inner = sidecar
        for name in outer:
            inner = inner[name]
        if place:
            inner[last] = value
        (tmp_path / "a.json").write_text(json.dumps(sidecar))
        (tmp_path / "a.tflite").write_bytes(CONTENT)
        return tmp_path / "a.tflite"

    return write


def test_a_good_one_is_read(written: Any) -> None:
    path = written()
    sidecar = read_sidecar(path, read(path))
    assert Contract.of(sidecar["inputs"]) == contract_of(thesis("shape"))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("format", "other", "is no sidecar of format tf_tryon.phone"),
        ("means", ["a.png"], "means is a list, not an object"),
        ("means.file", "../means.png", "is no name of a file beside it"),
        ("signatures", {"encode": 3}, "signatures.encode is 3, not an object"),
        ("signatures.encode.inputs.context.dtype", "object", "dtype is 'object', not one of"),
        ("signatures.encode.inputs.context.scale", 0, "scale isn't positive"),
        ("signatures.encode.inputs.context.zero_point", 3.5, "zero_point is 3.5"),
        ("inputs.height", "256", "inputs.height is '256'"),
        ("inputs.grid", [8, 8], "inputs.grid has 2 entries, not 3"),
        ("inputs.grid", [7, 8, 8], "inputs.grid doesn't divide the input"),
        ("inputs.context_pool", 3, "inputs.context_pool doesn't divide the input"),
        ("inputs.code_scale", [0.0] * 8, r"code_scale\[0\] is 0.0"),
        ("inputs.temperatures", [1.0] * 3, "inputs.temperatures has 3 entries, not 8"),
        ("inputs.aligned", 1, "inputs.aligned is 1, neither true nor false"),
        ("inputs.garments", ["scarf"], "not one of hat, top"),
    ],
)
def test_a_wrong_field_is_named(written: Any, place: str, value: Any, message: str) -> None:
    path = written(place, value)
    with pytest.raises(BadFileError, match=rf"a\.json: .*{message}.*; export a.tflite and its sidecar again$"):
        Contract.of(read_sidecar(path, read(path))["inputs"])


def test_what_is_no_model(written: Any, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"none\.tflite is missing"):
        read(tmp_path / "none.tflite")
    path = written("sha256", "0")
    with pytest.raises(BadFileError, match="belongs to another file"):
        read_sidecar(path, read(path))
