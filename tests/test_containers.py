"""Container files: what they copy is there, what they run parses, and they promise nobody root."""

import re
import shlex
from pathlib import Path

import pytest

from tf_tryon.cli import main as cli

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "containers").glob("*.Dockerfile"))


def _instructions(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE))
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def _words(value: str) -> list[str]:
    return re.findall(r'"([^"]*)"', value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_container_runs_a_verb_without_root(path):
    instructions = _instructions(path)
    last = dict(instructions)
    assert last["USER"] == "10001:10001"
    assert "HEALTHCHECK" in last
    command = [*_words(last["ENTRYPOINT"]), *_words(last["CMD"])]
    assert command[0] == "tf-tryon"
    cli.parse(command[1:])
    for name, value in instructions:
        if name == "FROM":
            assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*( AS \w+)?", value), f"{value}: no version"


def test_what_the_documents_run_parses():
    text = (ROOT / "docs/containers.md").read_text().replace("\\\n", " ")
    verbs = re.findall(r"tf-tryon-training +(train .*)$", text, re.MULTILINE)
    assert verbs
    for line in verbs:
        cli.parse(shlex.split(line))
    page = re.findall(r"-t? ?\d* ?.*tf-tryon-page (--server=\S+)", text)
    assert page
    cli.parse(["web", *page])


def test_the_context_has_what_an_installation_needs():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in allowed)
    assert allowed == {"pyproject.toml", "setup.py", "LICENSE", "README.md", "tf_tryon", "export", "serving", "configs"}


def test_the_pose_model_is_the_one_that_the_project_knows():
    from tf_tryon.annotation.model_files import POSE_LANDMARKER

    assert POSE_LANDMARKER.package in (ROOT / "containers/page.Dockerfile").read_text()
    assert POSE_LANDMARKER.package in (ROOT / "Makefile").read_text()
