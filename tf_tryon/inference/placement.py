"""From a photo of any size to the nets' frame, and back into the photo.

The nets saw people who fill about 97 % of the frame's height. A photo is cropped to a window of the frame's aspect
around the
person, continued by its edge where the window leaves it, and scaled. Coming back, only erased pixels are replaced.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image

from tf_tryon.data.person import Person

FILLED = 0.97  # of the frame, by the person's longer side
WHOLE_FROM = 0.7  # a picture of the frame's aspect whose person is at least this tall is taken as it is


@dataclasses.dataclass(frozen=True)
class Placement:
    """A window of the photo, in photo pixels (it may reach beyond the photo), that the frame shows."""

    top: int
    left: int
    window: tuple[int, int]
    frame: tuple[int, int]
    photo: tuple[int, int]

    @property
    def identity(self) -> bool:
        """Whether frame and photo are the same pixels."""
        return self.window == self.frame == self.photo and not (self.top or self.left)

    def to_frame(self, person: Person) -> Person:
        """The person as the nets see them, (H, W) of the frame."""
        if self.identity:
            return person
        photo = self._resize(self._window_of(person.photo), Image.Resampling.LANCZOS)
        labels = self._window_of(person.labels, outside=0)
        # Each class's share of a frame pixel; the largest wins.
        shares = [self._resize(255 * (labels == c).astype(np.uint8), Image.Resampling.BOX) for c in range(8)]
        points = person.keypoints.copy()
        scale = self.frame[0] / self.window[0]
        points[:, 0] = (points[:, 0] - self.left) * scale
        points[:, 1] = (points[:, 1] - self.top) * scale
        outside = (points[:, :2] < 0).any(1) | (points[:, 0] >= self.frame[1]) | (points[:, 1] >= self.frame[0])
        points[outside | (person.keypoints[:, 2] <= 0)] = 0
        placed = np.argmax(np.stack(shares, -1), -1).astype(np.uint8)
        return dataclasses.replace(person, photo=photo, labels=placed, keypoints=points)

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

    def _resize(self, picture: np.ndarray, method: Image.Resampling) -> np.ndarray:
        return np.asarray(Image.fromarray(picture).resize(self.frame[::-1], method))

    def _window_of(self, picture: np.ndarray, outside: int | None = None) -> np.ndarray:
        """The window's pixels; beyond the photo its edge goes on, or `outside`."""
        before = max(-self.top, 0), max(-self.left, 0)
        after = (
            max(self.top + self.window[0] - self.photo[0], 0),
            max(self.left + self.window[1] - self.photo[1], 0),
        )
        padding = [(before[0], after[0]), (before[1], after[1])] + [(0, 0)] * (picture.ndim - 2)
        if outside is None:
            padded = np.pad(picture, padding, mode="edge")
        else:
            padded = np.pad(picture, padding, constant_values=outside)
        top, left = self.top + before[0], self.left + before[1]
        return padded[top : top + self.window[0], left : left + self.window[1]]


def place(person: Person, height: int, width: int) -> Placement:
    """Where the frame lies on the person's photo.

    Raises:
      ValueError: the labels show nobody.
    """
    rows, columns = np.nonzero(person.labels)
    if not len(rows):
        raise ValueError(f"{person.id}: the parsing shows no person (every label is background)")
    size = person.size
    tall = (rows.max() + 1 - rows.min()) / size[0]
    if size[0] * width == size[1] * height and tall >= WHOLE_FROM:
        return Placement(0, 0, size, (height, width), size)
    scale = max((rows.max() + 1 - rows.min()) / height, (columns.max() + 1 - columns.min()) / width) / FILLED
    window = max(1, round(scale * height)), max(1, round(scale * width))
    top = round((rows.min() + rows.max() + 1 - window[0]) / 2)
    left = round((columns.min() + columns.max() + 1 - window[1]) / 2)
    return Placement(top, left, window, (height, width), size)
