"""Poses by a network that is loaded for each photo."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tf_tryon.annotation import pose
from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.annotation.brief import BriefPoses
from tf_tryon.annotation.pose import PoseAnnotator

PHOTO = np.zeros((4, 4, 3), np.uint8)


def test_nothing_is_open_between_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    def load(cls: Any, model: Any = None) -> PoseAnnotator:
        told.append(f"open {model}")
        landmarker = SimpleNamespace(close=lambda: told.append("close"), detect=None)
        return PoseAnnotator(landmarker, None)

    def detected(self: PoseAnnotator, photo: np.ndarray) -> list[Any]:
        assert self in pose._open
        told.append("look")
        raise AnnotationError("no person", "nobody")

    monkeypatch.setattr(PoseAnnotator, "load", classmethod(load))
    monkeypatch.setattr(PoseAnnotator, "_detected", detected)
    poses = BriefPoses("pose.task")
    assert told == ["open pose.task", "close"]  # a missing model is told at once
    for _ in range(2):
        told.clear()
        with pytest.raises(AnnotationError, match="nobody"):
            poses.annotate(PHOTO)
        assert told == ["open pose.task", "look", "close"]


def test_a_missing_model_is_told_before_any_photo(tmp_path: Any) -> None:
    with pytest.raises(AnnotationError) as caught:
        BriefPoses(tmp_path / "none.task")
    assert caught.value.reason == "model missing"
