"""From a photo of any size to the nets' frame, and back into the photo: only erased pixels are replaced."""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image

from tf_tryon.data.person import Person
from tf_tryon.data.window import Window


class Placement(Window):
    """Where the frame lies on a person's photo; `data.window` says how it is found."""

    @property
    def scale(self) -> float:
        """Pixels of the photo for one of the frame."""
        return self.window[0] / self.frame[0]

    def to_frame(self, person: Person) -> Person:
        """The person as the nets see them, (H, W) of the frame."""
        if self.identity:
            return person
        return dataclasses.replace(
            person,
            photo=self.frame_photo(person.photo),
            labels=self.frame_labels(person.labels),
            keypoints=self.frame_keypoints(person.keypoints),
        )

    def paste(self, photo: np.ndarray, completed: np.ndarray, erased: np.ndarray) -> np.ndarray:
        """The photo with the frame's erased pixels replaced; every other pixel is the photo's own, bit for bit.

        Args:
          photo: (h, w, 3) uint8, or (h, w) uint8 labels.
          completed: (H, W, 3) or (H, W) uint8 of the frame.
          erased: (H, W) bool.
        """
        if self.identity:
            mask = erased if photo.ndim == 2 else erased[..., None]
            return np.where(mask, completed, photo)
        method = Image.Resampling.NEAREST if photo.ndim == 2 else Image.Resampling.BICUBIC
        full = self._enlarge(completed, method)
        mask = self._enlarge(erased.astype(np.uint8), Image.Resampling.NEAREST) > 0
        rows = slice(max(self.top, 0), min(self.top + self.window[0], self.photo[0]))
        columns = slice(max(self.left, 0), min(self.left + self.window[1], self.photo[1]))
        inner = (
            slice(rows.start - self.top, rows.stop - self.top),
            slice(columns.start - self.left, columns.stop - self.left),
        )
        result = photo.copy()
        result[rows, columns][mask[inner]] = full[inner][mask[inner]]
        return result

    def _enlarge(self, picture: np.ndarray, method: Image.Resampling) -> np.ndarray:
        return np.asarray(Image.fromarray(picture).resize(self.window[::-1], method))


def place(person: Person, height: int, width: int) -> Placement:
    """Where the frame lies on the person's photo.

    Raises:
      ValueError: the labels show nobody.
    """
    return Placement.around(person.labels, height, width, person.id)
