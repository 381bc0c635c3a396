"""The built-in parser: the bundled network in a crop around the person, then refined at the photo's resolution."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from tf_tryon.annotation.annotation import AnnotationError, Parsing, Pose
from tf_tryon.annotation.confidence import MIN_CONFIDENCE, garment_confidences
from tf_tryon.annotation.parser_crop import ParserCrop
from tf_tryon.annotation.parser_file import WEIGHTS, ParserFile, bundled_file
from tf_tryon.annotation.refine import refine

if TYPE_CHECKING:
    from tf_tryon.annotation.parser_training import LoadedParser

AUTO, LITE, TENSORFLOW = RUNTIMES = ("auto", "lite", "tensorflow")
_WORKING: Final = 512  # height at which edges are refined, at most
_HAT, _HAIR = np.uint8(1), np.uint8(2)  # of CIHP-20


class Network(Protocol):
    """A parsing network: TensorFlow's (`parser_graph.GraphNetwork`), or an exported file's (`parser_file.ParserFile`).

    Attributes:
      size: (H, W) of the picture that it sees.
    """

    @property
    def size(self) -> tuple[int, int]: ...

    def probabilities(self, picture: np.ndarray, mask: np.ndarray | None, keypoints: np.ndarray) -> np.ndarray:
        """(H / 2, W / 2, 20) float32, the mean over the picture and its mirror image.

        Args:
          picture: (H, W, 3) uint8.
          mask: (H, W) float32 in [0, 1], the person's; None: unknown.
          keypoints: (18, 3) float32 in pixels of the picture, confidence 0 = missing.
        """
        ...


class BuiltinParser:
    """Parser with the project's own network; CIHP-20 labels with confidences.

    Args:
      network: what labels.
      calibration: (4, 2) lines of the confidences, see `confidence.py`; None: as the network expects.
    """

    def __init__(self, network: Network, calibration: np.ndarray | None = None) -> None:
        self._network, self.calibration = network, calibration
        self.size = network.size

    @classmethod
    def load(
        cls, weights: str | os.PathLike[str] | None = None, runtime: str = AUTO, kept: bool = True
    ) -> BuiltinParser:
        """The bundled network, or a file of `tf-tryon parser train`.

        Args:
          weights: the file; None: the bundled one.
          runtime: "lite": the file that was exported of the bundled weights, without TensorFlow; "tensorflow"; "auto":
            the former where that can serve.
          kept: whether an exported file stays open between photos.

        Raises:
          AnnotationError: "model missing": "lite" is asked for and can't be had; says why.
        """
        parser = _file(weights, runtime, kept)
        if isinstance(parser, ParserFile):
            return cls(parser, parser.calibration)
        if runtime == LITE:
            raise AnnotationError("model missing", f"parsing without TensorFlow: {parser}")
        from tf_tryon.annotation.parser_training import load_parser

        return cls.of(load_parser(pathlib.Path(weights) if weights else WEIGHTS))

    @classmethod
    def of(cls, loaded: LoadedParser) -> BuiltinParser:
        """With the network of a weights file."""
        from tf_tryon.annotation.parser_graph import GraphNetwork

        return cls(GraphNetwork(loaded.network, loaded.config), loaded.calibration)

    def parse(self, photo: np.ndarray, pose: Pose | None, source: pathlib.Path | None = None) -> Parsing:
        """See `Parser.parse`; without a pose the person is taken to fill the photo."""
        del source
        crop, probabilities = self.probabilities(photo, pose)
        height = min(_WORKING, crop.height)
        working = height, round(height * crop.width / crop.height)
        mask = points = None
        if pose is not None:
            mask = np.where(crop.outside(photo.shape[:2], working), 0, _mask(pose, crop, working))
            points = crop.points(pose.keypoints, working)
        labels, trusted = refine(crop.cut(photo, working), probabilities, mask, points)
        confidences = garment_confidences(labels, trusted, points, self.calibration)
        if self.calibration is not None and confidences.get("hat", 1) < MIN_CONFIDENCE["hat"]:
            labels = np.where(labels == _HAT, _HAIR, labels)
            del confidences["hat"]
        whole = crop.paste(labels, photo.shape[:2])
        if not whole.any():
            raise AnnotationError("no person", "the parser finds nobody in this photo; see the picture's quality")
        return Parsing(whole, "cihp20", confidences)

    def probabilities(self, photo: np.ndarray, pose: Pose | None) -> tuple[ParserCrop, np.ndarray]:
        """(H / 2, W / 2, 20) float32 of the crop around the person, the mean over the picture and its mirror image."""
        size = self.size
        if pose is None:
            crop = ParserCrop.around((0, 0, *photo.shape[:2]), size, margin=0)
            mask, points = None, np.zeros((18, 3), np.float32)
        else:
            crop = ParserCrop.around(pose.box, size)
            mask, points = _mask(pose, crop, size), crop.points(pose.keypoints, size)
        return crop, self._network.probabilities(crop.cut(photo, size), mask, points)


def _mask(pose: Pose, crop: ParserCrop, size: tuple[int, int]) -> np.ndarray:
    """(*size,) float32 in [0, 1], the person's."""
    return crop.cut(np.rint(pose.mask * 255).astype(np.uint8), size).astype(np.float32) / 255


def needs_tensorflow(weights: str | os.PathLike[str] | None, runtime: str) -> bool:
    """Whether `BuiltinParser.load` of these would import TensorFlow."""
    return runtime != LITE and not isinstance(_file(weights, runtime), ParserFile)


def _file(weights: str | os.PathLike[str] | None, runtime: str, kept: bool = True) -> ParserFile | str:
    """The exported file that a runtime may take, or why there is none."""
    if runtime not in RUNTIMES:
        raise ValueError(f"runtime {runtime!r}: choose one of {', '.join(RUNTIMES)}")
    if runtime == TENSORFLOW:
        return "TensorFlow is asked for"
    return "only TensorFlow reads other weights than the bundled parser's" if weights else bundled_file(kept)
