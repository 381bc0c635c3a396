"""Pose and parsing of a photo, and whether both can be trusted."""

from __future__ import annotations

import os

import numpy as np

from tf_tryon.annotation.annotation import Annotation
from tf_tryon.annotation.parsing import ParsingAnnotator
from tf_tryon.annotation.pose import PoseAnnotator


class Annotator:
    """Annotates photos of people. Make one with `Annotator.load`."""

    def __init__(self, pose: PoseAnnotator, parsing: ParsingAnnotator, allow_cut: bool = False) -> None:
        self.pose, self.parsing, self.allow_cut = pose, parsing, allow_cut

    @classmethod
    def load(
        cls,
        parser: str = "builtin",
        *,
        pose_model: str | os.PathLike[str] | None = None,
        parser_weights: str | os.PathLike[str] | None = None,
        allow_cut: bool = False,
    ) -> Annotator:
        """An annotator with its models loaded.

        Args:
          parser: builtin or fashn.
          pose_model: `pose_landmarker_full.task`, if it isn't where the registry looks.
          parser_weights: of the built-in parser, if not the bundled ones.
          allow_cut: whether a photo that cuts the head or the feet gets a warning instead of a refusal.

        Raises:
          AnnotationError: "model missing", with what to do.
        """
        raise NotImplementedError

    def annotate(self, photo: np.ndarray, person: int | None = None) -> Annotation:
        """Annotates one person of a photo.

        Args:
          photo: (h, w, 3) uint8 RGB, upright.
          person: which, from 1, in order of size; None: the largest, with a warning where there are several.

        Raises:
          AnnotationError: with a reason.
        """
        raise NotImplementedError
