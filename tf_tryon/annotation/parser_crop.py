"""The rectangle around a person that the parsing network sees: as the annotator cuts it from a photo, and in the graph.

Its height is that of the person, or what their width asks for, and a margin. Beyond the photo the photo's edge goes on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import tensorflow as tf
from PIL import Image

MARGIN: Final = 0.1  # of the height or width that decides, each way
_BOX_LABELS: Final = 1  # a person's labels begin here


class ParserCrop:
    """A rectangle of a photo, which may reach beyond it; in photo pixels."""

    def __init__(self, top: int, left: int, height: int, width: int) -> None:
        self.top, self.left, self.height, self.width = top, left, height, width

    @classmethod
    def around(
        cls, box: tuple[float, float, float, float], shape: tuple[int, int], margin: float = MARGIN
    ) -> ParserCrop:
        """Around a person's box (y0, x0, y1, x1), of the proportions of `shape` (height, width)."""
        y0, x0, y1, x1 = box
        height = max(round(max(y1 - y0, (x1 - x0) * shape[0] / shape[1]) * (1 + 2 * margin)), 8)
        width = max(round(height * shape[1] / shape[0]), 5)
        return cls(round((y0 + y1 - height) / 2), round((x0 + x1 - width) / 2), height, width)

    def cut(self, picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(*size, ...) uint8 of a picture (h, w, ...) uint8."""
        rows = np.clip(np.arange(self.top, self.top + self.height), 0, picture.shape[0] - 1)
        columns = np.clip(np.arange(self.left, self.left + self.width), 0, picture.shape[1] - 1)
        image = Image.fromarray(picture[rows][:, columns])
        smaller = size[0] < self.height
        kind = Image.Resampling.BILINEAR if smaller else Image.Resampling.BICUBIC
        return np.asarray(image.resize((size[1], size[0]), kind))

    def paste(self, labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(h, w) uint8 of a photo's size with the crop's labels (n, m) in it, 0 elsewhere."""
        image = Image.fromarray(labels).resize((self.width, self.height), Image.Resampling.NEAREST)
        full, out = np.asarray(image), np.zeros(size, np.uint8)
        rows = slice(max(self.top, 0), min(self.top + self.height, size[0]))
        columns = slice(max(self.left, 0), min(self.left + self.width, size[1]))
        out[rows, columns] = full[
            rows.start - self.top : rows.stop - self.top, columns.start - self.left : columns.stop - self.left
        ]
        return out

    def points(self, keypoints: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(18, 3) keypoints of the photo in pixels of the crop at a size; missing ones are 0."""
        factor = (size[1] / self.width, size[0] / self.height, 1)
        return np.where(keypoints[:, 2:] > 0, (keypoints - (self.left, self.top, 0)) * factor, 0).astype(np.float32)

    def outside(self, photo: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
        """(*size,) bool: beyond a photo of (h, w)."""
        rows = (np.arange(size[0]) + 0.5) * self.height / size[0] + self.top
        columns = (np.arange(size[1]) + 0.5) * self.width / size[1] + self.left
        return ((rows < 0) | (rows >= photo[0]))[:, None] | ((columns < 0) | (columns >= photo[1]))[None]


def on_canvas(person: dict[str, tf.Tensor], size: tuple[int, int], surroundings: float) -> dict[str, tf.Tensor]:
    """A person of any photo on a canvas of one size, in the graph.

    Args:
      person: photo (h, w, 3) uint8, labels (h, w) int32 of CIHP-20, keypoints (18, 3).
      size: of the canvas.
      surroundings: the canvas shows this many times the crop's height and width.

    Returns:
      photo (H, W, 3) float32 in [0, 1], labels (H, W) int32, 0 beyond the photo, keypoints (18, 3).
    """
    photo, labels, points = person["photo"], person["labels"], person["keypoints"]
    y0, x0, y1, x1 = tf.unstack(_box(labels, points))
    shape = tf.constant(size, tf.float32)
    height = tf.maximum(y1 - y0, (x1 - x0) * size[0] / size[1]) * (1 + 2 * MARGIN) * surroundings
    scale = size[0] / tf.maximum(height, 8.0)
    extent = tf.cast(tf.shape(labels), tf.float32)
    # Made small first, each pixel the mean of those that it stands for; then moved.
    resized = tf.maximum(tf.cast(tf.round(extent * scale), tf.int32), 1)
    small = tf.image.resize(photo, resized, antialias=True) / 255
    factor = tf.cast(resized, tf.float32) / extent
    middle = tf.stack([(y0 + y1) / 2, (x0 + x1) / 2])
    # A canvas pixel p shows the small picture at p + corner, the labels at (p + 0.5 + corner) / factor - 0.5.
    corner = middle * factor - shape / 2
    one, nought = tf.ones(()), tf.zeros(())
    move = tf.stack([one, nought, corner[1], nought, one, corner[0], nought, nought])
    back = 1 / factor
    shift = (0.5 + corner) * back - 0.5
    find = tf.stack([back[1], nought, shift[1], nought, back[0], shift[0], nought, nought])
    moved = tf.concat([points[:, :2] * factor[::-1] - corner[::-1], points[:, 2:]], axis=-1)
    return {
        "photo": _moved(small, move, size, "BILINEAR", "NEAREST"),
        "labels": tf.cast(
            _moved(tf.cast(labels, tf.float32)[..., None], find, size, "NEAREST", "CONSTANT")[..., 0], tf.int32
        ),
        "keypoints": tf.where(points[:, 2:] > 0, moved, 0.0),
    }


def _box(labels: tf.Tensor, points: tf.Tensor) -> tf.Tensor:
    """(4,) y0, x0, y1, x1 around a person's labels and keypoints; the whole picture without any."""
    shown = points[:, 2] > 0
    places = tf.concat([tf.where(labels >= _BOX_LABELS), tf.where(labels >= _BOX_LABELS) + 1], axis=0)
    places = tf.concat([tf.cast(places, tf.float32), tf.boolean_mask(points[:, 1::-1], shown)], axis=0)
    whole = tf.concat([tf.zeros((2,)), tf.cast(tf.shape(labels), tf.float32)], axis=0)
    found = tf.concat([tf.reduce_min(places, axis=0), tf.reduce_max(places, axis=0)], axis=0)
    return tf.where(tf.shape(places)[0] > 0, found, whole)


def _moved(picture: tf.Tensor, transform: tf.Tensor, size: tuple[int, int], kind: str, fill: str) -> tf.Tensor:
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=picture[None], transforms=transform[None], output_shape=size, fill_value=0.0, interpolation=kind,
        fill_mode=fill,
    )  # fmt: skip
    return tf.ensure_shape(moved[0], (*size, picture.shape[-1]))
