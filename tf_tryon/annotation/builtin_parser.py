"""The built-in parser: the bundled network in a crop around the person, then refined at the photo's resolution."""

from __future__ import annotations

import os
import pathlib
from typing import Final

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.annotation import AnnotationError, Parsing, Pose
from tf_tryon.annotation.confidence import garment_confidences
from tf_tryon.annotation.parser_crop import ParserCrop
from tf_tryon.annotation.parser_inputs import POSE_CHANNELS, POSE_STRIDE, network_inputs
from tf_tryon.annotation.parser_network import ParserNetwork
from tf_tryon.annotation.parser_training import load_parser
from tf_tryon.annotation.random_place import MIRRORED
from tf_tryon.annotation.refine import refine
from tf_tryon.data.keypoints import SWAP

BUNDLED: Final = pathlib.Path(__file__).parent.parent / "weights" / "parser" / "parser.npz"
_WORKING: Final = 512  # height at which edges are refined, at most
_HAT, _HAIR = np.uint8(1), np.uint8(2)  # of CIHP-20
# Few wear hats, so most that are seen faintly are hair: on photos kept back from training all below this confidence.
_LEAST_HAT: Final = 0.45


class BuiltinParser:
    """Parser with the project's own network; CIHP-20 labels with confidences."""

    def __init__(self, network: ParserNetwork, config: ConfigDict, calibration: np.ndarray | None = None) -> None:
        self.config, self.calibration = config, calibration
        self._radius = config.model.keypoint_radius
        self.size = height, width = config.model.height, config.model.width
        coarse = (None, height // POSE_STRIDE, width // POSE_STRIDE, POSE_CHANNELS)
        signature = [tf.TensorSpec((None, height, width, 3), tf.float32), tf.TensorSpec(coarse, tf.float32)]
        self._probabilities = tf.function(
            lambda picture, pose: tf.nn.softmax(network((picture, pose))), input_signature=signature, autograph=False
        )

    @classmethod
    def load(cls, weights: str | os.PathLike[str] | None = None) -> BuiltinParser:
        """The bundled network, or a file of `tf-tryon parser train`."""
        return cls(*load_parser(pathlib.Path(weights) if weights else BUNDLED))

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
        if self.calibration is not None and confidences.get("hat", 1) < _LEAST_HAT:
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
            mask, points = np.zeros(size, np.float32), np.zeros((18, 3), np.float32)
        else:
            crop = ParserCrop.around(pose.box, size)
            mask, points = _mask(pose, crop, size), crop.points(pose.keypoints, size)
        picture = crop.cut(photo, size).astype(np.float32) / 255
        mirrored = points[list(SWAP)]
        mirrored[:, 0] = np.where(mirrored[:, 2] > 0, size[1] - mirrored[:, 0], 0)
        inputs = network_inputs(
            tf.constant(np.stack([picture, picture[:, ::-1]])),
            tf.constant(np.stack([mask, mask[:, ::-1]])),
            tf.fill((2,), pose is not None),
            tf.constant(np.stack([points, mirrored])),
            self._radius,
        )
        both = self._probabilities(*inputs).numpy()
        return crop, (both[0] + both[1, :, ::-1][..., list(MIRRORED)]) / 2


def _mask(pose: Pose, crop: ParserCrop, size: tuple[int, int]) -> np.ndarray:
    """(*size,) float32 in [0, 1], the person's."""
    return crop.cut(np.rint(pose.mask * 255).astype(np.uint8), size).astype(np.float32) / 255
