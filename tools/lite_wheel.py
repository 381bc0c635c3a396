"""Builds the wheel of tf-tryon-lite from the sources of tf_tryon: completion without TensorFlow.

    python tools/lite_wheel.py --out dist

The wheel holds every module that `tools/tf_tryon_lite/__init__.py` leads to, as far as numpy, Pillow and ai-edge-litert
are enough for it, under the name tf_tryon_lite, so that both packages may be installed side by side.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
START = Path(__file__).parent / "tf_tryon_lite"
DEPENDENCIES = {"numpy": "numpy", "PIL": "pillow", "ai_edge_litert": "ai-edge-litert"}
EXTRAS = {"pillow_heif", "scipy"}  # imported where they are there
PHOTOS = {"mediapipe", "scipy"}  # the extra [photos]
MODELS = ("street", "studio")
_IMPORT = re.compile(r"^(\s*(?:from|import) )tf_tryon\b", re.MULTILINE)


def main() -> None:
    """Builds, and prints the wheel's path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path)
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        write_sources(Path(folder))
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out.absolute()), folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"the wheel can't be built:\n{done.stdout}{done.stderr}")
    print(*out.glob("tf_tryon_lite-*.whl"))


def write_sources(folder: Path) -> None:
    """The project that the wheel is built of."""
    package = folder / "tf_tryon_lite"
    modules = [path for path in sorted(reachable(START / "__init__.py")) if path != START / "__init__.py"]
    for source in [*modules, *{inside / "__init__.py" for path in modules for inside in _packages(path)}]:
        target = package / source.relative_to(ROOT / "tf_tryon")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(source), encoding="utf-8")
    (package / "__init__.py").write_text(renamed(START / "__init__.py"), encoding="utf-8")
    (package / "py.typed").touch()
    for model in MODELS:
        shutil.copytree(ROOT / "tf_tryon/weights" / model / "lite", package / "weights" / model / "lite")
        shutil.copy(ROOT / "tf_tryon/weights" / model / "MODEL_CARD.md", package / "weights" / model)
    parser = package / "weights" / "parser"
    shutil.copytree(ROOT / "tf_tryon/weights/parser/lite", parser / "lite")
    shutil.copy(ROOT / "tf_tryon/weights/parser/MODEL_CARD.md", parser)
    shutil.copy(ROOT / "LICENSE", folder)
    shutil.copy(START / "README.md", folder)
    (folder / "pyproject.toml").write_text(_project(), encoding="utf-8")


def renamed(source: Path) -> str:
    """A module's text, which imports tf_tryon_lite in place of tf_tryon."""
    return _IMPORT.sub(r"\1tf_tryon_lite", source.read_text(encoding="utf-8"))


def reachable(start: Path) -> set[Path]:
    """The module and all of tf_tryon that it imports, also inside functions where that needs nothing heavy."""
    modules: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in modules:
            continue
        modules.add(path)
        at_top, inside = _imports(path)
        waiting += [*at_top[0], *(module for module in inside[0] if _is_light(module, set()))]
    return modules


def _is_light(path: Path, known: set[Path]) -> bool:
    """Whether a module can be imported with nothing but the dependencies."""
    if path in known:
        return True
    known.add(path)
    (modules, others), _ = _imports(path)
    return others <= DEPENDENCIES.keys() | EXTRAS and all(_is_light(module, known) for module in modules)


def _imports(path: Path) -> tuple[tuple[list[Path], set[str]], tuple[list[Path], set[str]]]:
    """What a file imports when it is imported, and inside functions: modules of tf_tryon, and others' names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    inside = [n for function in functions for n in ast.walk(function) if isinstance(n, (ast.Import, ast.ImportFrom))]
    return _resolved(at_top), _resolved(inside)


def _resolved(nodes: list[ast.Import | ast.ImportFrom]) -> tuple[list[Path], set[str]]:
    own: list[Path] = []
    others: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        else:
            names = [alias.name for alias in node.names]
        for name in names:
            if name.split(".")[0] != "tf_tryon":
                others.add(name.split(".")[0])
            elif (module := ROOT / Path(*name.split(".")).with_suffix(".py")).is_file():
                own.append(module)
    return own, others - set(sys.stdlib_module_names)


def _packages(path: Path) -> list[Path]:
    """The folders from tf_tryon's to a module's, without the first."""
    return [folder for folder in path.parents if (ROOT / "tf_tryon") in folder.parents]


def _project() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["photos"]]
    bounds = {line.split(">")[0]: line for line in lines}
    command = [sys.executable, "-m", "setuptools_scm", "--root", str(ROOT)]
    version = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    needed = ", ".join(f'"{bounds[name]}"' for name in DEPENDENCIES.values())
    photos = ", ".join(f'"{bounds[name]}"' for name in sorted(PHOTOS))
    return f"""[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "tf-tryon-lite"
version = "{version}"
description = "{project["description"]}; without TensorFlow"
readme = "README.md"
license = "{project["license"]}"
license-files = ["LICENSE"]
requires-python = "{project["requires-python"]}"
dependencies = [{needed}]

[project.optional-dependencies]
photos = [{photos}]

[tool.setuptools.packages.find]
include = ["tf_tryon_lite*"]

[tool.setuptools.package-data]
tf_tryon_lite = ["py.typed", "weights/**/*"]
"""


if __name__ == "__main__":
    main()
