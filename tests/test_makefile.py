"""`make clean` removes what the other targets made, and nothing else."""

import shutil
import subprocess
from pathlib import Path

MADE = (
    ".venv/installed", ".venv/bin/python", ".venv-addons/installed", "demo/demo.png", ".ruff_cache/a",
    ".coverage", ".site/index.html", ".pytest_cache/a", "tf_tryon.egg-info/PKG-INFO",
    "tf_tryon/data/__pycache__/a.pyc", "tests/__pycache__/a.pyc",
)  # fmt: skip
KEPT = (
    "demo/notes.txt",
    "build/mine.txt",
    "dist/mine.txt",
    "runs/__pycache__/a.pyc",
    "mine.egg-info/a",
    "tf_tryon/a.py",
)


def _write(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def _clean(folder: Path, *words: str) -> None:
    shutil.copy(Path(__file__).parents[1] / "Makefile", folder)
    subprocess.run(["make", "-s", "clean", *words], cwd=folder, check=True)


def test_clean_leaves_users_files(tmp_path: Path, untouched) -> None:
    _write(tmp_path, MADE)
    _write(tmp_path, KEPT)
    gone = {str(parent) for name in MADE for parent in (Path(name), *Path(name).parents)}
    with untouched(tmp_path, lambda name: name in gone or name == "Makefile"):
        _clean(tmp_path)
    assert not [name for name in MADE if (tmp_path / name).exists()]


def test_clean_removes_no_environment_that_make_did_not_make(tmp_path: Path, untouched) -> None:
    _write(tmp_path, (".venv/bin/python", "home/photos/anna.jpg", "tf_tryon/a.py"))
    with untouched(tmp_path, lambda name: name == "Makefile"):
        _clean(tmp_path)
        _clean(tmp_path, "VENV=home")
