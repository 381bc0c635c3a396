"""The built-in parser: the bundled network on a square around the person, then refined at the photo's resolution."""

from __future__ import annotations

import os
import pathlib
from typing import Final

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict
from PIL import Image

from tf_tryon.annotation.annotation import AnnotationError, Parsing, Pose
from tf_tryon.annotation.confidence import garment_confidences
from tf_tryon.annotation.parser_inputs import CHANNELS, network_inputs
from tf_tryon.annotation.parser_network import ParserNetwork
from tf_tryon.annotation.parser_training import load_parser
from tf_tryon.annotation.random_place import MIRRORED
from tf_tryon.annotation.refine import refine
from tf_tryon.data.keypoints import SWAP

BUNDLED: Final = pathlib.Path(__file__).parent.parent / "weights" / "parser" / "parser.npz"
_MARGIN: Final = 0.12  # of the person's longer side, each way: what the network saw in training
_WORKING: Final = 448  # side of the square in which edges are refined, at most


class BuiltinParser:
    """Parser with the project's own network; CIHP-20 labels with confidences."""

    def __init__(self, network: ParserNetwork, config: ConfigDict) -> None:
        self._config = config
        side = config.model.size
        signature = tf.TensorSpec((None, side, side, CHANNELS), tf.float32)
        self._probabilities = tf.function(
            lambda x: tf.nn.softmax(network(x)), input_signature=[signature], autograph=False
        )

    @classmethod
    def load(cls, weights: str | os.PathLike[str] | None = None) -> BuiltinParser:
        """The bundled network, or a file of `tf-tryon parser train`."""
        return cls(*load_parser(pathlib.Path(weights) if weights else BUNDLED))

    def parse(self, photo: np.ndarray, pose: Pose | None, source: pathlib.Path | None = None) -> Parsing:
        """See `Parser.parse`; without a pose the person is taken to fill the photo."""
        del source
        square = Square.around(photo.shape[:2], pose)
        probabilities = self.probabilities(photo, pose, square)
        mask, points = square.pose(pose)
        labels, trusted = refine(square.cut(photo, min(_WORKING, square.side)), probabilities, mask, points)
        whole = square.paste(labels, photo.shape[:2])
        if not whole.any():
            raise AnnotationError("no person", "the parser finds nobody in this photo; see the picture's quality")
        return Parsing(whole, "cihp20", garment_confidences(labels, trusted, points))

    def probabilities(self, photo: np.ndarray, pose: Pose | None, square: Square) -> np.ndarray:
        """(S, S, 20) float32: of the square, the mean over the picture and its mirror image."""
        size, scale = self._config.model.size, self._config.model.size / square.side
        picture = square.cut(photo, size).astype(np.float32) / 255
        mask, points = np.zeros((size, size), np.float32), np.zeros((18, 3), np.float32)
        if pose is not None:
            mask = square.cut(np.rint(pose.mask * 255).astype(np.uint8), size).astype(np.float32) / 255
            points = pose.keypoints - (square.left, square.top, 0)
            points = np.where(pose.keypoints[:, 2:] > 0, points * (scale, scale, 1), 0).astype(np.float32)
        mirrored = points[list(SWAP)]
        mirrored[:, 0] = np.where(mirrored[:, 2] > 0, size - mirrored[:, 0], 0)
        inputs = network_inputs(
            tf.constant(np.stack([picture, picture[:, ::-1]])),
            tf.constant(np.stack([mask, mask[:, ::-1]])),
            tf.fill((2,), pose is not None),
            tf.constant(np.stack([points, mirrored])),
            self._config.model.keypoint_radius,
        )
        both = self._probabilities(inputs).numpy()
        return (both[0] + both[1, :, ::-1][..., list(MIRRORED)]) / 2


class Square:
    """A square of a photo, which may reach beyond it; in photo pixels."""

    def __init__(self, top: int, left: int, side: int) -> None:
        self.top, self.left, self.side = top, left, side

    @classmethod
    def around(cls, size: tuple[int, int], pose: Pose | None) -> Square:
        """Around a person, with a margin; around the whole photo (h, w) without a pose."""
        y0, x0, y1, x1 = (0, 0, *size) if pose is None else pose.box
        side = max(round(max(y1 - y0, x1 - x0) * (1 + 2 * _MARGIN * (pose is not None))), 8)
        return cls(round((y0 + y1 - side) / 2), round((x0 + x1 - side) / 2), side)

    def cut(self, picture: np.ndarray, size: int) -> np.ndarray:
        """(size, size, ...) uint8 of a picture (h, w, ...) uint8; beyond it its edge goes on."""
        rows = np.clip(np.arange(self.top, self.top + self.side), 0, picture.shape[0] - 1)
        columns = np.clip(np.arange(self.left, self.left + self.side), 0, picture.shape[1] - 1)
        image = Image.fromarray(picture[rows][:, columns])
        return np.asarray(
            image.resize((size, size), Image.Resampling.BILINEAR if size < self.side else Image.Resampling.BICUBIC)
        )

    def paste(self, labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(h, w) uint8 of a photo's size with the square's labels (n, n) in it, 0 elsewhere."""
        full = np.asarray(Image.fromarray(labels).resize((self.side, self.side), Image.Resampling.NEAREST))
        out = np.zeros(size, np.uint8)
        rows = slice(max(self.top, 0), min(self.top + self.side, size[0]))
        columns = slice(max(self.left, 0), min(self.left + self.side, size[1]))
        out[rows, columns] = full[
            rows.start - self.top : rows.stop - self.top, columns.start - self.left : columns.stop - self.left
        ]
        return out

    def pose(self, pose: Pose | None) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Mask (n, n) float32 of the working size and keypoints (18, 3) in parts of the square; without a pose None."""
        if pose is None:
            return None, None
        size = min(_WORKING, self.side)
        mask = self.cut(np.rint(pose.mask * 255).astype(np.uint8), size).astype(np.float32) / 255
        outside = self._outside(pose.mask.shape, size)
        points = (pose.keypoints - (self.left, self.top, 0)) / (self.side, self.side, 1)
        return np.where(outside, 0, mask), np.where(pose.keypoints[:, 2:] > 0, points, 0).astype(np.float32)

    def _outside(self, size: tuple[int, ...], resolution: int) -> np.ndarray:
        """(n, n) bool: beyond the photo."""
        centres = (np.arange(resolution) + 0.5) * self.side / resolution
        rows, columns = centres + self.top, centres + self.left
        return ((rows < 0) | (rows >= size[0]))[:, None] | ((columns < 0) | (columns >= size[1]))[None]
