"""The crop in which pictures are measured, where it isn't the one that the networks see.

Distances between pictures of two crops say nothing, so a model of whole people is measured in the others' window around
the garment: its output is shown there as it would be if the photo was cut to that window, enlarged where it has fewer
pixels. The erased box is the window's own, and what is visible is its photo's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import pipeline
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import sampling
from tf_tryon.models.contract import Batch


class Frame:
    """People as they are measured.

    Args:
      people: as the networks see them.
      shown: the same people in the crop that is measured; None: as the networks see them.
      places: (B, 4) of that crop (y0, x0, y1, x1) in the networks' own one, whose sides are 0 to 1.
    """

    def __init__(self, people: Batch, shown: Batch | None = None, places: np.ndarray | None = None) -> None:
        self.people = people if shown is None else shown
        self._places = places

    def pictures(self, output: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) of the networks' output, in this crop; what lies beyond the output is 0."""
        return output if self._places is None else self._seen(output, "bilinear")

    def labels(self, labels: np.ndarray) -> np.ndarray:
        """(B, H, W) uint8 classes of the networks' crop, in this one: what is visible is its own."""
        if self._places is None:
            return labels
        seen = self._seen(labels[..., np.newaxis].astype(np.float32), "nearest")[..., 0].astype(np.uint8)
        return np.where(sampling.erased(self.people), seen, sampling.true_labels(self.people))

    def _seen(self, pictures: np.ndarray, method: str) -> np.ndarray:
        height, width = self.people[keys.PHOTO].shape[1:3]
        shape = pictures.shape[1:3]
        # The op wants the centres of the first and last pixel as indices, divided by the last index. A pixel's centre
        # is its index + 0.5; the edge goes on for one pixel, so that half a pixel beyond the last centre is seen.
        edged = np.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
        ends = self._places * np.tile(shape, 2)
        half = (ends[:, 2:] - ends[:, :2]) / (2 * np.array([height, width]))
        centres = np.concatenate([ends[:, :2] + half, ends[:, 2:] - half], axis=1) + 0.5
        boxes = (centres / np.tile(np.array(shape) + 1.0, 2)).astype(np.float32)
        return tf.image.crop_and_resize(edged, boxes, tf.range(len(pictures)), (height, width), method).numpy()


def frames(
    records: RecordSet, split: str, garment: str, config: ConfigDict, shown: ConfigDict | None, count: int, batch: int
) -> Iterator[tuple[int, Batch, Frame]]:
    """Number of the first person, batch as the networks see it, and how it is measured; see `sampling.people`.

    Args:
      records: the data set.
      split: of it.
      garment: that is erased.
      config: of the networks.
      shown: a configuration of the crop to measure in; None: the networks' own.
      count: people.
      batch: at a time.
    """
    own = sampling.people(records, split, garment, config, count, batch)
    if shown is None:
        for first, people in own:
            yield first, people, Frame(people)
        return
    others = sampling.people(records, split, garment, shown, count, batch)
    outer, inner = (pipeline.evaluation_crops(records, split, garment, each) for each in (config, shown))
    sides = np.tile(outer[:, 2:] - outer[:, :2], (1, 2))
    places = (inner - np.tile(outer[:, :2], (1, 2))) / sides
    for (first, people), (_, windows) in zip(own, others, strict=True):
        yield first, people, Frame(people, windows, places[first : first + len(windows[keys.BOX])])
