"""tf-tryon-lite: its wheel is built, installed alone with its dependencies, and completes a person."""

import ast
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
LARGEST = 200_000_000  # bytes of an environment with everything
PHOTOS = {"pose.py", "refine.py"}  # modules of the extra [photos], which brings SciPy
HEAVY = {"tensorflow", "keras", "scipy", "h5py", "numba", "absl", "ml_collections", "tf_tryon"}


def _run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lite_wheel")
    return Path(_run(sys.executable, ROOT / "tools/lite_wheel.py", "--out", folder, cwd=folder).strip())


def test_it_holds_no_module_that_needs_more_than_its_dependencies(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"tf_tryon_lite"}
    for model in ("street", "studio"):
        assert f"tf_tryon_lite/weights/{model}/lite/completion_mixed.tflite" in names
    assert "tf_tryon_lite/weights/parser/lite/parser_float16.tflite" in names
    for name in names:
        if not name.endswith(".py"):
            continue
        tree = ast.parse(archive.read(name))
        at_top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        imported = {
            (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name.split(".")[0]
            for node in at_top
        }
        imported -= {"scipy"} if name.split("/")[-1] in PHOTOS else set()
        assert not imported & HEAVY, f"{name} imports {imported & HEAVY}"


@pytest.mark.slow
def test_it_completes_in_an_environment_of_its_own(wheel: Path, someone: Any, tmp_path: Path) -> None:
    """With its dependencies from the package index, and nothing else."""
    place = tmp_path / "environment"
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel], capture_output=True, text=True
    )
    if done.returncode and "No matching distribution" not in done.stderr and "onnection" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file() and not path.is_symlink())
    assert size <= LARGEST, f"{size / 1e6:.0f} MB"

    Image.fromarray(someone.photo).save(tmp_path / "anna.png")
    Image.fromarray(someone.labels).save(tmp_path / "anna_parsing.png")
    points = {"people": [{"pose_keypoints_2d": someone.keypoints.reshape(-1).tolist()}]}
    (tmp_path / "anna_keypoints.json").write_text(str(points).replace("'", '"'))
    code = (
        "import sys\n"
        "from tf_tryon_lite import Person, TryOn, save\n"
        "person = Person.from_files('anna.png')\n"
        "print(save(TryOn.load('studio').complete(person, 'top', samples=2, seed=7), 'out'))\n"
        f"sys.exit(' '.join({sorted(HEAVY)!r} & sys.modules.keys()) or 0)".replace("['", "{'").replace("']", "'}")
    )
    assert _run(python, "-c", code, cwd=tmp_path).strip() == "out/sheet.png"

    from tf_tryon.data.person import Person
    from tf_tryon.lite.tryon import TryOn

    ours = TryOn.load("studio").complete(Person.from_files(tmp_path / "anna.png"), "top", samples=2, seed=7)
    for k, photo in enumerate(ours.photos, start=1):
        theirs = np.asarray(Image.open(tmp_path / "out" / f"sample-{k}.png"))
        assert (np.abs(theirs.astype(int) - photo).max(-1) <= 1).mean() > 0.999


@pytest.mark.slow
def test_it_annotates_photos(wheel: Path, tmp_path: Path) -> None:
    """With the packages of [photos] from this environment, and without TensorFlow."""
    pytest.importorskip("mediapipe")
    from tf_tryon.annotation.model_files import POSE_LANDMARKER, present
    from tf_tryon.data.studio.render import render_person

    if present(POSE_LANDMARKER) is None:
        pytest.skip("MediaPipe's pose model isn't on this machine")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    Image.fromarray(render_person(20_261_128, 3, 512).photo).save(tmp_path / "anna.png")
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'tf_tryon'): sys.modules[name] = None\n"
        "from tf_tryon_lite import Annotator, TryOn\n"
        "from tf_tryon_lite.data.photo import read_photo\n"
        "photo = read_photo('anna.png')\n"
        "with Annotator.load(allow_cut=True) as annotator:\n"
        "    person = annotator.annotate(photo).as_person(photo, 'anna')\n"
        "print(TryOn.load('street').complete(person, 'top', samples=1).photos.shape)\n"
    )
    assert _run(sys.executable, "-c", code, cwd=tmp_path).strip() == "(1, 512, 512, 3)"
