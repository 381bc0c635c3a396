"""Imports go one way, heavy ones are kept out of what must start quickly, and no grab-bags grow."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each part may import itself and what stands before it.
ORDER = [
    "onednn", "quiet", "logs", "progress",
    "keys", "errors", "files", "writing", "stages", "baselines", "config", "derived", "geometry", "data", "layers",
    "models", "losses",
    "training", "evaluation", "annotation", "products", "inference", "detail", "lite", "shop", "experiments", "fit",
    "doctor", "cli",
    "export", "serving",
]  # fmt: skip
FOLDERS = {part: ROOT / part if part in ("export", "serving") else ROOT / "tf_tryon" / part for part in ORDER}


def _files(part: str) -> list[Path]:
    folder = FOLDERS[part]
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def _imported(path: Path, package: str) -> list[tuple[str, bool]]:
    """(absolute name, whether at module level) of all that a file imports, also inside functions."""
    tree = ast.parse(path.read_text())
    top = {id(node) for node in tree.body}
    collected = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            collected += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join(filter(None, [*parts[: len(parts) - node.level + 1], base]))
            collected += [(f"{base}.{alias.name}", id(node) in top) for alias in node.names]
    return collected


def _package(path: Path) -> str:
    relative = path.relative_to(ROOT).with_suffix("").parts
    parts = relative if relative[0] == "tf_tryon" else ("tf_tryon", *relative)
    return ".".join(parts[:-1])


@pytest.mark.parametrize("part", ORDER)
def test_parts_import_only_what_stands_before_them(part):
    allowed = ORDER[: ORDER.index(part) + 1]
    if part == "cli":
        allowed = ORDER  # verbs of export and serving call them, and are called by nobody
    for path in _files(part):
        for name, _ in _imported(path, _package(path)):
            parts = name.split(".")
            if parts[0] == "tf_tryon" and len(parts) > 1 and parts[1] in ORDER:
                assert parts[1] in allowed, f"{path.relative_to(ROOT)} imports {name}"


def _only_for_types(tree: ast.AST) -> set[int]:
    """What stands under `if TYPE_CHECKING:`, which no running program imports."""
    guarded = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {id(inner) for node in guarded for statement in node.body for inner in ast.walk(statement)}


def _circle(sources: dict[str, str]) -> list[str]:
    """Modules that import one another in a circle, also inside functions; empty if there is none."""
    graph: dict[str, set[str]] = {}
    for name, source in sources.items():
        tree = ast.parse(source)
        passed_over = _only_for_types(tree)
        targets: set[str] = set()
        for node in ast.walk(tree):
            if id(node) in passed_over:
                continue
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                targets |= {target if target in sources else node.module for target in inner}
        graph[name] = targets & sources.keys() - {name}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle():
    """Also within a part, and also where a function's import would put the crash off."""
    sources = {}
    for part in ORDER:
        for path in _files(part):
            package = _package(path)
            sources[package if path.stem == "__init__" else f"{package}.{path.stem}"] = path.read_text()
    assert len(sources) > 300
    assert _circle(sources) == []


def test_circles_are_found():
    late = "def f():\n    from a import c"
    assert _circle({"a.b": late, "a.c": "import a.d", "a.d": "from a.b import f"})
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a.b import f"
    assert not _circle({"a.b": "from a import c", "a.c": typed})


def test_export_and_serving_have_no_second_name():
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    paths = [path for folder in folders if folder.name != "build" for path in folder.rglob("*.py")]
    assert len(paths) > 500
    for path in [*ROOT.glob("*.py"), *paths]:
        for name, _ in _imported(path, _package(path)):
            assert name.split(".")[0] not in ("export", "serving", "configs"), (
                f"{path.relative_to(ROOT)} imports {name}: the installed name is tf_tryon.{name}"
            )


def test_importing_studio_loads_no_tensorflow():
    """Workers import it; the process that collects what they render may load more, inside its function."""
    names = sorted(path.stem for path in (ROOT / "tf_tryon/data/studio").glob("*.py") if path.stem != "__init__")
    code = "import sys\n" + "".join(f"import tf_tryon.data.studio.{name}\n" for name in names)
    done = subprocess.run([sys.executable, "-c", code + "sys.exit('tensorflow' in sys.modules)"], cwd=ROOT)
    assert done.returncode == 0, "tf_tryon.data.studio, or what it imports, loads TensorFlow"


def test_completing_without_tensorflow_loads_numpy_and_pillow_only():
    code = (
        "import sys\nimport tf_tryon.lite.tryon, tf_tryon.inference.saving\n"
        "heavy = {'tensorflow', 'keras', 'scipy', 'absl', 'ml_collections', 'h5py', 'numba', 'google'}\n"
        "sys.exit(' '.join(heavy & {name.split('.')[0] for name in sys.modules}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"tf_tryon.lite, or what it imports, loads {done.stderr}"


def test_verbs_import_tensorflow_inside_functions_only():
    for path in _files("cli"):
        for name, at_top in _imported(path, _package(path)):
            heavy = name.split(".")[0] in ("tensorflow", "keras")
            assert not (at_top and heavy), f"{path.relative_to(ROOT)} imports {name} at module level"


def test_portable_parts_use_no_keras_ops():
    """layers, models, losses and training keep to the API that Keras 2.15 and 3 share."""
    for part in ("layers", "models", "losses", "training"):
        for path in _files(part):
            text = path.read_text()
            for word in ("keras.ops", "StatelessScope", "keras.random"):
                assert word not in text, f"{path.relative_to(ROOT)} uses {word}"


def test_files_have_one_subject():
    sources = [path for part in ORDER for path in _files(part)] + sorted((ROOT / "tools").rglob("*.py"))
    for path in sources:
        assert path.stem not in ("utils", "helpers", "misc", "common"), f"{path.relative_to(ROOT)} is a grab-bag"
        lines = len(path.read_text().splitlines())
        assert lines <= 350, f"{path.relative_to(ROOT)} has {lines} lines: split it by subject"


def test_tests_are_no_packages():
    assert not list((ROOT / "tests").rglob("__init__.py")), "importlib mode: an __init__.py would shadow the sources"
