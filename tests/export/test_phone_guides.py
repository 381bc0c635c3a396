"""The guides call what the file has: every name in their code is one of the sidecar's, and every call is there."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tf_tryon.cli import main as cli

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "phone.md").read_text()


def _block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    return block


CODE = {
    "kotlin": lambda: _block("kotlin"),
    "swift": lambda: _block("swift"),
    "javascript": lambda: (DOCS / "phone_page/shape_stage.mjs").read_text(),
}
# How each names a call's signature, and the tensors that it passes and takes.
CALL = r"run\(\s*['\"](\w+)['\"]\s*,\s*(?:mapOf\(|\[|\{)(.*?)(?:\)\)|\]\)|\}\))"
PASSED = {"kotlin": r'"(\w+)" to', "swift": r'"(\w+)":', "javascript": r"(?:^|, )(\w+)(?=,|:|$)"}
TAKEN = {
    "kotlin": r'getValue\("(\w+)"\)',
    "swift": r'\["(\w+)"\]!',
    "javascript": r"(?:encoded\.|const \{)(\w+)(?:, (\w+))?",
}
# Words of the sidecar's `inputs` that a call needs.
NEEDED = {"height", "width", "grid", "shared", "std_floor", "temperatures", "code_scale"}


@pytest.fixture(scope="module")
def sidecar(phone):
    return json.loads(phone["int8"].with_suffix(".json").read_text())


@pytest.mark.parametrize("language", CODE)
def test_calls_are_the_sidecars(language, sidecar):
    code = CODE[language]()
    calls = dict(re.findall(CALL, code, re.DOTALL))
    assert set(calls) == set(sidecar["signatures"])
    for name, arguments in calls.items():
        passed = set(re.findall(PASSED[language], arguments))
        assert passed == set(sidecar["signatures"][name]["inputs"]), name
    outputs = {output for spec in sidecar["signatures"].values() for output in spec["outputs"]}
    taken = {
        word
        for actual in re.findall(TAKEN[language], code)
        for word in ([actual] if isinstance(actual, str) else actual)
    }
    assert outputs <= taken


@pytest.mark.parametrize("language", CODE)
def test_what_is_read_of_the_sidecar_is_there(language, sidecar):
    words = set(re.findall(r"\w+", CODE[language]()))
    assert words >= NEEDED | {"scale", "zero_point", "signatures", "labels"}
    assert sidecar["inputs"].keys() >= NEEDED
    used = re.findall(r"(?:getInt|getDouble|getJSONArray|getJSONObject)\(\"(\w+)\"\)", CODE[language]())
    known = {*sidecar, *sidecar["inputs"], "inputs", "outputs", *sidecar["signatures"]["encode"]["inputs"]["context"]}
    assert set(used) <= known
    for name in re.findall(r"`(\w+_\w+)`", GUIDE):
        known_words = known | {"shape_stage", "raw_std", "phone_page"}
        assert name in known_words, f"docs/phone.md speaks of `{name}`, which no sidecar has"


def test_commands_parse(monkeypatch):
    lines = [words for block in re.findall(r"^```sh\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
             for line in block.splitlines() if (words := shlex.split(line))]  # fmt: skip
    ours = [words[1:] for words in lines if words[0] == "tf-tryon"]
    assert len(ours) == 2
    for words in ours:
        cli.parse(words)


def test_linked_files_exist():
    prose = re.sub(r"^```.*?^```", "", GUIDE, flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)#]+)\)", prose):
        assert (DOCS / link).exists(), link
