"""Annotators that answer what a test wants, and one person with a pose."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tf_tryon.annotation.annotation import Parsing, Pose
from tf_tryon.annotation.annotator import Annotator


class FakePoses:
    """In place of MediaPipe: the poses that it was made with, or those of a function of the photo."""

    def __init__(self, poses: Any) -> None:
        self._poses = poses

    def annotate(self, photo: np.ndarray) -> list[Pose]:
        return self._poses(photo) if callable(self._poses) else self._poses

    def close(self) -> None:
        pass


class FakeParsing:
    """In place of a parser."""

    def __init__(self, labels: np.ndarray, confidences: dict[str, float] | None = None) -> None:
        self._parsing = Parsing(labels, "cihp20", confidences or {})

    def annotate(self, photo: np.ndarray, pose: Pose | None = None, source: Any = None) -> Parsing:
        return self._parsing


def pose_of(made: dict[str, Any], beyond: tuple[str, ...] = ()) -> Pose:
    """The pose of a person of the root conftest."""
    mask = (made["labels"] > 0).astype(np.float32)
    rows, columns = np.nonzero(mask)
    box = (float(rows.min()), float(columns.min()), float(rows.max() + 1), float(columns.max() + 1))
    return Pose(made["keypoints"].astype(np.float32), mask, box, beyond)


@pytest.fixture
def made(make_person: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """A person with a hat, 256 px."""
    return make_person(0, 256)


@pytest.fixture
def annotator(made: dict[str, Any]) -> Annotator:
    confidences = {"hat": 0.9, "top": 0.9, "bottom": 0.9, "shoes": 0.9}
    return Annotator(FakePoses([pose_of(made)]), FakeParsing(made["labels"], confidences))
