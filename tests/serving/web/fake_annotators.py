"""Annotators that see whom a test wants, in any photo."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from tf_tryon.serving.encoded_person import to_png


class Seen:
    """In place of both annotators: the poses and labels that a test has put there, for any photo."""

    def __init__(self) -> None:
        self.poses: list[Any] = []
        self.labels = np.zeros((1, 1), np.uint8)
        self.confidences: dict[str, float] = {}
        self.look: Callable[[np.ndarray], list[Any]] = lambda photo: self.poses

    def show(self, made: dict[str, Any], people: int = 1, beyond: tuple[str, ...] = ()) -> bytes:
        """Sees a person of the root conftest, so many times; returns the photo as PNG, with cloth's noise."""
        from tf_tryon.annotation.annotation import Pose

        mask = (made["labels"] > 0).astype(np.float32)
        rows, columns = np.nonzero(mask)
        box = (float(rows.min()), float(columns.min()), float(rows.max() + 1), float(columns.max() + 1))
        self.poses = [Pose(made["keypoints"].astype(np.float32), mask, box, beyond)] * people
        self.labels = made["labels"]
        noise = np.random.default_rng(0).normal(0, 6, made["photo"].shape)
        return to_png(np.clip(made["photo"] + noise, 0, 255).astype(np.uint8))

    def annotator(self) -> Any:
        from tf_tryon.annotation.annotation import Parsing
        from tf_tryon.annotation.annotator import Annotator

        poses: Any = SimpleNamespace(annotate=lambda photo: self.look(photo), close=lambda: None)
        labels: Any = SimpleNamespace(annotate=lambda *given: Parsing(self.labels, "cihp20", self.confidences))
        return Annotator(poses, labels)
