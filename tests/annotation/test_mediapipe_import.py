"""MediaPipe brings what poses need, and nothing else, until somebody asks for it."""

import importlib.util
import subprocess
import sys

import pytest

HEAVY = {"tensorflow", "jax", "matplotlib", "cv2", "sounddevice"}


def _run(code: str) -> str:
    code = f"import sys; from tf_tryon.annotation import mediapipe_import; {code}"
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not importlib.util.find_spec("mediapipe"), reason="needs mediapipe")
def test_it_brings_neither_tensorflow_nor_what_draws_and_sounds():
    code = "mp, tasks = mediapipe_import.imported(); mp.Image, tasks.BaseOptions, tasks.vision.PoseLandmarker"
    assert _run(f"{code}; print(*{HEAVY} & sys.modules.keys())").strip() == ""


@pytest.mark.skipif(not importlib.util.find_spec("mediapipe"), reason="needs mediapipe")
def test_the_rest_is_there_for_whoever_uses_it():
    code = (
        "before = list(sys.meta_path); mediapipe, tasks = mediapipe_import.imported(); assert sys.meta_path == before\n"
        "print(tasks.vision.drawing_utils.DrawingSpec(thickness=7).thickness, callable(tasks.text.TextEmbedder), "
        "len(tasks.vision.drawing_styles.get_default_pose_landmarks_style()))"
    )
    assert _run(code).split() == ["7", "True", "33"]
