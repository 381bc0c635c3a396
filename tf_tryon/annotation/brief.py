"""Poses by a network that is there only while it looks: 80 MB less between photos, for a tenth of a second at each."""

from __future__ import annotations

import os

import numpy as np

from tf_tryon.annotation.annotation import Pose
from tf_tryon.annotation.pose import PoseAnnotator


class BriefPoses:
    """`PoseAnnotator`'s, loaded for each photo and freed after it.

    Args:
      model: see `PoseAnnotator.load`.

    Raises:
      AnnotationError: "model missing": now, since it is loaded once to see.
    """

    def __init__(self, model: str | os.PathLike[str] | None = None) -> None:
        self._model = model
        PoseAnnotator.load(model).close()

    def annotate(self, photo: np.ndarray) -> list[Pose]:
        """See `PoseAnnotator.annotate`."""
        with PoseAnnotator.load(self._model) as loaded:
            return loaded.annotate(photo)

    def close(self) -> None:
        """Nothing is open."""
