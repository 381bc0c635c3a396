"""The guide to both stages on a phone names what the bundled file has: each signature, and its tensors."""

import re
from pathlib import Path
from typing import Any

import pytest

from tf_tryon.lite.folders import sidecar_of_model

GUIDE = (Path(__file__).parents[2] / "docs/phone_complete.md").read_text()
PERSON = {"labels", "keypoints", "dress", "target", "visible", "box", "garments", "shown", "photo"}
STAGES = {"shape", "texture"}


@pytest.fixture(scope="module")
def signatures() -> dict[str, Any]:
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_path=str(sidecar_of_model("street").tflite)).get_signature_list()


def _block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    return block


@pytest.mark.parametrize("language", ["kotlin", "swift"])
def test_every_call_is_the_files(signatures: dict[str, Any], language: str) -> None:
    code = _block(language)
    calls = re.findall(r'run\("(\w+)", (.*)$', code, re.MULTILINE)
    steps = [f"{stage}_{step}" for stage in ("shape", "texture") for step in ("encode", "draw", "score", "generate")]
    assert [name for name, _ in calls] == ["texture_behind", *steps]
    named = PERSON | set(re.findall(r'"(\w+)"', code)) - signatures.keys() - STAGES
    inputs = {name for signature in signatures.values() for name in signature["inputs"]}
    outputs = {name for signature in signatures.values() for name in signature["outputs"]}
    assert named == inputs | outputs | {"detail"}  # which only models with a detail network give
    for name, rest in calls:  # what each takes of its answer
        taken = re.findall(r'(?:getValue\(|\[)"(\w+)"(?:\)|\]!)$', rest.strip())
        assert set(taken) <= set(signatures[name]["outputs"]), name
    (said,) = re.findall(r"`person` holds ([\w, ]+)\.", code)
    assert set(re.split(r", | and ", said)) == PERSON
