"""The wheel: built, installed in a clean environment, and run from a folder that isn't the repository."""

import email
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tf_tryon.cli.main import VERBS

ROOT = Path(__file__).parents[1]
SOURCES = {"tf_tryon": "tf_tryon"} | {name: f"tf_tryon/{name}" for name in ("configs", "export", "serving")}
CLEAN = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "TF_CPP_MIN_LOG_LEVEL")}


def _run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=CLEAN, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The built wheel; built from a copy, so that nothing stays in the repository."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "setup.py", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, source)
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, cwd=source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Scripts folder of a new environment with the wheel; its dependencies are borrowed from the running one."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    _run(python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel, cwd=folder)
    (site,) = folder.glob("lib/python3*/site-packages")
    # Folders named in a .pth file come behind the environment's own, and .pth files in them (this repository's editable
    # installation) aren't read.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def test_the_list_of_packages_is_the_tree():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = set()
    for folder, installed_as in SOURCES.items():
        for init in (ROOT / folder).rglob("__init__.py"):
            there.add(".".join((installed_as / init.parent.relative_to(ROOT / folder)).parts))
    assert sorted(there) == sorted(listed)


def test_the_wheel_holds_every_source_file_and_nothing_at_the_top_but_the_package(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tf_tryon"}
    expected = {
        f"{installed_as}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, installed_as in SOURCES.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected == {name for name in names if name.startswith("tf_tryon/")}


def test_the_wheel_says_what_it_needs(wheel):
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(archive.read(name))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["Name"] == "tf-tryon"
    assert metadata["Version"] == "0.1.0.dev0"  # built outside git, see below
    assert metadata["License-Expression"] == "Apache-2.0"
    assert SpecifierSet(metadata["Requires-Python"]) == SpecifierSet(project["requires-python"])
    required = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert len(required) == len(project["dependencies"])
    tensorflow = [Requirement(line).specifier for line in required if line.startswith("tensorflow")]
    assert len(tensorflow) == 2  # itself, and the protos of its serving
    for allowed in tensorflow:
        versions = ("2.15.0", "2.15.1", "2.16.2", "2.20.0", "2.21.0", "2.22.0")
        assert [v for v in versions if v in allowed] == ["2.15.1", "2.21.0"]
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_a_tag_is_the_version(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "first"), ("tag", "v1.2.3")):
        _run(*git, *words, cwd=tmp_path)
    assert _run(sys.executable, "-m", "setuptools_scm", cwd=tmp_path).strip() == "1.2.3"
    _run(*git, "commit", "-q", "--allow-empty", "-m", "second", cwd=tmp_path)
    assert _run(sys.executable, "-m", "setuptools_scm", cwd=tmp_path).startswith("1.2.4.dev1+g")


def test_dependencies_are_those_that_the_sources_import():
    """Nothing unused is required, and nothing is imported that only happens to be there."""
    from importlib.metadata import packages_distributions

    distributions = packages_distributions()
    imported = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            imported |= _third_party(path)
    needed = {distributions[name][0].lower().replace("_", "-") for name in imported if name in distributions}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {_requirement(line) for line in project["dependencies"]}
    extras = {_requirement(line) for extra in project["optional-dependencies"].values() for line in extra}
    assert names <= needed <= names | extras


def _requirement(line: str) -> str:
    return line.split("=")[0].split(">")[0].split("<")[0].strip().lower()


def _third_party(path: Path) -> set[str]:
    import ast

    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"tf_tryon"}


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_shows_its_help(installed, tmp_path, verb):
    assert f"usage: tf-tryon {verb}" in _run(installed / "tf-tryon", *verb.split(), "--help", cwd=tmp_path)


def test_installed_names_clash_with_nothing(installed, tmp_path):
    code = (
        "import importlib.util, tf_tryon, tf_tryon.export, tf_tryon.serving, tf_tryon.configs.shape_128 as c\n"
        "assert c.get_config().data.height == 128\n"
        "names = 'export', 'serving', 'configs', 'tests', 'tools', 'benchmarks'\n"
        "print(*[importlib.util.find_spec(name) for name in names])\n"
        "print(tf_tryon.__file__, tf_tryon.export.__file__, c.__file__, sep='\\n')"
    )
    first, *files = _run(installed / "python", "-c", code, cwd=tmp_path).splitlines()
    assert set(first.split()) == {"None"}
    for file in files:
        assert Path(file).is_relative_to(installed.parent), f"{file} is not the installed one"


def test_the_version_is_the_wheels(installed, tmp_path, wheel):
    version = _run(installed / "tf-tryon", "--version", cwd=tmp_path).split()[1]
    assert f"-{version}-" in wheel.name
