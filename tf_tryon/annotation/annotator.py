"""Pose and parsing of a photo, and whether both can be trusted."""

from __future__ import annotations

import dataclasses
import os
from typing import Final, Protocol

import numpy as np

from tf_tryon.annotation.annotation import Annotation, AnnotationError, Parsing, Pose
from tf_tryon.annotation.brief import BriefPoses
from tf_tryon.annotation.confidence import MIN_CONFIDENCE
from tf_tryon.annotation.parsing import ParsingAnnotator
from tf_tryon.annotation.pose import PoseAnnotator
from tf_tryon.data.agreement import disagreements, fitting
from tf_tryon.data.upright import quarter_turns, turn_sentence, turned, turned_points
from tf_tryon.data.vocabulary import garments_shown

MIN_HEIGHT: Final = 96  # pixels of a person: less is a blur in the networks' input
MIN_GARMENTS: Final = 3


class Poses(Protocol):
    """What finds people: `PoseAnnotator`, or `BriefPoses`."""

    def annotate(self, photo: np.ndarray) -> list[Pose]:
        """See `PoseAnnotator.annotate`."""
        ...

    def close(self) -> None:
        """Frees what is loaded."""
        ...


class Annotator:
    """Annotates photos of people. Make one with `Annotator.load`.

    Example:
      annotation = Annotator.load().annotate(read_photo("photo.jpg"))
    """

    def __init__(self, pose: Poses, parsing: ParsingAnnotator, allow_cut: bool = False) -> None:
        self.pose, self.parsing, self.allow_cut = pose, parsing, allow_cut

    @classmethod
    def load(
        cls,
        parser: str = "builtin",
        *,
        pose_model: str | os.PathLike[str] | None = None,
        parser_weights: str | os.PathLike[str] | None = None,
        parsings: str | os.PathLike[str] | None = None,
        vocabulary: str | None = None,
        allow_cut: bool = False,
        runtime: str = "auto",
        kept: bool = True,
    ) -> Annotator:
        """An annotator with its models loaded.

        Args:
          parser: builtin, fashn or files.
          pose_model: `pose_landmarker_full.task`, if it isn't where the registry looks.
          parser_weights: of the built-in parser, if not the bundled ones.
          parsings: for files: the folder of label pictures.
          vocabulary: for files: of the label pictures; None: recognised from each.
          allow_cut: whether a photo that cuts the head or the feet gets a warning instead of a refusal.
          runtime: of the built-in parser: "auto", "lite" or "tensorflow".
          kept: whether networks stay loaded between photos. Without, those of MediaPipe and of an exported parser are
            there only while they run, which frees some 120 MB and takes .15 s longer for each photo.

        Raises:
          AnnotationError: "model missing", with what to do.
        """
        options = {"weights": parser_weights, "folder": parsings, "vocabulary": vocabulary}
        parsing = ParsingAnnotator.load(parser, **options, runtime=runtime, kept=kept)
        poses = PoseAnnotator.load(pose_model) if kept else BriefPoses(pose_model)
        return cls(poses, parsing, allow_cut)

    def annotate(
        self, photo: np.ndarray, person: int | None = None, source: str | os.PathLike[str] | None = None
    ) -> Annotation:
        """Annotates one person of a photo.

        Args:
          photo: (h, w, 3) uint8 RGB, upright by EXIF (`data.photo.read_photo`). If the person lies across it all the
            same, it is turned, with a warning: see `Annotation.turns`.
          person: which, from 1, in order of size; None: the largest, with a warning where there are several.
          source: the photo's file, by whose name label pictures are found.

        Raises:
          AnnotationError: with a reason.
        """
        pose, people, warnings = self._posed(photo, person)
        parsing = self.parsing.annotate(turned(photo, pose.turns), pose, source)
        warnings += judge(parsing)
        _check_agreement(parsing, pose)
        return Annotation(
            parsing.labels, parsing.vocabulary, pose.keypoints, pose.mask, parsing.confidences,
            people, person or 1, warnings, pose.turns,
        )  # fmt: skip

    def keypoints(self, photo: np.ndarray, person: int | None = None) -> np.ndarray:
        """(18, 3) float32 of a photo whose parsing is known already; arguments and errors are those of `annotate`."""
        pose = self._posed(photo, person)[0]
        return turned_points(pose.keypoints, pose.mask.shape, -pose.turns) if pose.turns else pose.keypoints

    def close(self) -> None:
        """Frees the pose network."""
        self.pose.close()

    def __enter__(self) -> Annotator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _posed(self, photo: np.ndarray, person: int | None) -> tuple[Pose, int, list[str]]:
        """The person's pose, how many people there are, and warnings."""
        if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8:
            raise ValueError(f"a photo is (h, w, 3) uint8, not {photo.shape} {photo.dtype}")
        if max(photo.shape[:2]) < MIN_HEIGHT:
            raise _too_small("the photo", max(photo.shape[:2]))
        poses = self.pose.annotate(photo)
        pose, warnings = self._chosen(poses, person)
        turns = quarter_turns(pose.keypoints)
        # Once more on the turned photo: the networks find more on people who stand.
        if turns and (again := self.pose.annotate(turned(photo, turns))):
            poses = again
            pose, warnings = self._chosen(poses, person)
            pose = dataclasses.replace(pose, turns=turns)
            warnings.append(turn_sentence(turns))
        return pose, len(poses), warnings + self._checked(pose)

    @staticmethod
    def _chosen(poses: list[Pose], person: int | None) -> tuple[Pose, list[str]]:
        if not poses:
            raise AnnotationError("no person", "no person is found; the photo should show one, upright and well lit")
        if person is not None and not 1 <= person <= len(poses):
            raise AnnotationError("no such person", f"person {person} is asked for, and {len(poses)} found")
        if person is None and len(poses) > 1:
            text = f"{len(poses)} people are found and the largest is taken; another one is person 2 to {len(poses)}"
            return poses[0], [text]
        return poses[(person or 1) - 1], []

    def _checked(self, pose: Pose) -> list[str]:
        height = max(pose.box[2] - pose.box[0], pose.box[3] - pose.box[1])
        if height < MIN_HEIGHT:
            raise _too_small("the person", height)
        warnings = []
        for part in pose.beyond:
            verb = "are" if part == "feet" else "is"
            text = f"the {part} {verb} cut off; the nets know whole people only"
            if not self.allow_cut:
                raise AnnotationError(f"{part} cut", f"{text}: use another photo, or allow it (--cut=allow)")
            warnings.append(text)
        return warnings


def _check_agreement(parsing: Parsing, pose: Pose) -> None:
    """Raise AnnotationError, "uncertain", if parsing and pose are not of the same person."""
    faults = disagreements(parsing.classes, pose.keypoints)
    if not faults:
        return
    fit = () if parsing.confidences else fitting(parsing.labels, pose.keypoints, parsing.vocabulary)
    hint = f"as labels of {' or '.join(fit)} they would agree (--vocabulary)" if fit else "use another photo or parser"
    text = f"labels (read as {parsing.vocabulary}) and pose are not of the same person: {'; '.join(faults[:3])}; {hint}"
    raise AnnotationError("uncertain", text)


def _too_small(what: str, height: float) -> AnnotationError:
    text = f"{what} is {height:.0f} pixels tall, and {MIN_HEIGHT} are needed: use a larger photo"
    return AnnotationError("too small", text)


def judge(parsing: Parsing) -> list[str]:
    """What the user should know of a parsing, in sentences.

    Raises:
      AnnotationError: "no garment".
    """
    shown = garments_shown(parsing.classes)
    if not shown:
        raise AnnotationError("no garment", "the parsing shows no garment: is there a dressed person in the photo?")
    warnings = []
    if len(shown) < MIN_GARMENTS:
        warnings.append(
            f"the parsing shows only {' and '.join(shown)}; {MIN_GARMENTS} garments are wanted, to match a new one to"
        )
    for name in doubtful(parsing.confidences):
        if name in shown:
            confidence = parsing.confidences[name]
            warnings.append(f"uncertain of the {name} ({confidence:.2f} of 1): look at the preview before you use it")
    return warnings


def doubtful(confidences: dict[str, float]) -> list[str]:
    """Garments of a parsing that may well be wrong, by its confidences."""
    return [name for name, confidence in confidences.items() if confidence < MIN_CONFIDENCE[name]]
