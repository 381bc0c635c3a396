import importlib.metadata
import tomllib
from pathlib import Path

import pytest

from tf_tryon.doctor import versions

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(monkeypatch):
    """Pretends other versions: name -> version, None for a package that isn't there."""
    changed: dict[str, str | None] = {}
    true_version = importlib.metadata.version

    def version(name: str) -> str:
        finding = changed[name] if name in changed else true_version(name)
        if finding is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return finding

    monkeypatch.setattr(importlib.metadata, "version", version)
    return changed


def test_every_dependency_is_listed():
    required = [line for line in importlib.metadata.requires("tf-tryon") if "extra ==" not in line]
    names = [finding.name for finding in versions.packages()]
    assert len(names) == len(set(names)) == len(required) + 2  # itself and Python


def test_a_package_of_another_version_is_a_problem_with_the_command_that_mends_it(installed):
    installed["tensorflow"], installed["numpy"] = "2.18.0", None
    findings = {finding.name: finding for finding in versions.packages()}
    assert findings["tensorflow"].status == findings["numpy"].status == "problem"
    assert findings["tensorflow"].remedy.startswith("pip install 'tensorflow")
    assert "<2.22" in findings["tensorflow"].cost
    assert "!=" not in findings["tensorflow"].cost
    assert findings["numpy"].found == "not installed"


def test_a_missing_extra_is_a_note_that_says_what_is_lost(installed):
    installed["uvicorn"] = None
    findings = {finding.name: finding for finding in versions.extras()}
    assert findings["web"].status == "note"
    assert "uvicorn" in findings["web"].found
    assert "tf-tryon web" in findings["web"].cost
    assert findings["web"].remedy == "pip install 'tf-tryon[web]'"
    assert "uvicorn" not in findings["phone"].found


def test_extras_for_users_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for_developers_or_a_lane = {"dev", "docs", "addons"}
    assert set(project["optional-dependencies"]) - for_developers_or_a_lane == set(versions.EXTRAS)
