"""`complete` and `demo` take the runtime without TensorFlow by themselves where it can serve the request."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tf_tryon.cli import runtime
from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundled import BUNDLES


def test_it_is_taken_where_it_can_serve_and_tensorflow_elsewhere(monkeypatch, caplog, tmp_path):
    from tf_tryon.inference.tryon import TryOn

    monkeypatch.setattr("tf_tryon.lite.tryon.TryOn", lambda sidecar: ("lite", sidecar.tflite.parent.parent))
    monkeypatch.setattr(TryOn, "load", lambda model, compiled: ("tensorflow", model))
    caplog.set_level("DEBUG")
    assert runtime.load("auto", "street") == ("lite", BUNDLES["street"])
    assert "completing without TensorFlow" in caplog.text
    assert runtime.load("tensorflow", "street") == ("tensorflow", "street")
    assert runtime.load("auto", "street", "--like") == ("tensorflow", "street")
    assert "only TensorFlow serves --like" in caplog.text
    with pytest.raises(TryOnError, match="--runtime lite: only TensorFlow serves --walk"):
        runtime.load("lite", "street", "--walk")
    # An export of other weights than the folder's is none of this model.
    folder = shutil.copytree(BUNDLES["street"], tmp_path / "street", ignore=shutil.ignore_patterns("*.tflite"))
    (folder / "lite/completion_mixed.tflite").symlink_to(BUNDLES["street"] / "lite/completion_mixed.tflite")
    assert runtime.load("auto", str(folder)) == ("lite", folder)
    shutil.copy(BUNDLES["studio"] / "shape/weights.npz", folder / "shape/weights.npz")
    assert runtime.load("auto", str(folder)) == ("tensorflow", str(folder))
    with pytest.raises(TryOnError, match="made of other weights"):
        runtime.load("lite", str(folder))
    shutil.rmtree(folder / "lite")
    with pytest.raises(TryOnError, match=r"mixed\.json is missing: make it with"):
        runtime.load("lite", str(folder))


def test_a_photo_with_its_files_is_completed_without_loading_tensorflow(verb_runs: Any, tmp_path: Path) -> None:
    """In a process of its own in which none of the heavy packages can be imported."""
    run = verb_runs["complete"](tmp_path)
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'scipy', 'h5py', 'numba'): sys.modules[name] = None\n"
        "from tf_tryon.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *run.words],
        env={**os.environ, "PYTHONWARNINGS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result = json.loads((run.folder / "anna" / "result.json").read_text())
    assert len(result["samples"]) == 2
    assert (run.folder / "anna" / "sheet.png").is_file()


def test_a_bare_photo_is_annotated_and_completed_without_tensorflow(tmp_path: Path) -> None:
    """Pose by MediaPipe, clothes by the parser's file; SciPy and OpenCV serve both."""
    pytest.importorskip("mediapipe")
    from PIL import Image

    from tf_tryon.annotation.model_files import POSE_LANDMARKER, present

    if present(POSE_LANDMARKER) is None:
        pytest.skip("MediaPipe's pose model isn't on this machine")
    from tf_tryon.data.studio.render import render_person

    Image.fromarray(render_person(20_261_128, 3, 512).photo).save(tmp_path / "anna.png")
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'h5py', 'numba'): sys.modules[name] = None\n"
        "from tf_tryon.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    words = ["complete", tmp_path / "anna.png", "--samples=1", f"--out={tmp_path / 'out'}", "--runtime=lite"]
    done = subprocess.run([sys.executable, "-c", code, *words, "--cut=allow"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "anna" / "sheet.png").is_file()
    assert (tmp_path / "out" / "annotations" / "anna_parsing.png").is_file()
