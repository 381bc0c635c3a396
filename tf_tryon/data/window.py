"""From a picture of any size to a frame that shows its person as Studio does.

The nets' people fill about 97 % of the frame's height. A picture is cropped to a window of the frame's aspect around
the person, continued by its edge where the window leaves it, and scaled. Photos of data sets are stored that way, and
people's own photos are completed that way.
"""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import numpy as np
from PIL import Image

FILLED = 0.97  # of the frame, by the person's longer side
WHOLE_FROM = 0.7  # a picture of the frame's aspect whose person is at least this tall is taken as it is

W = TypeVar("W", bound="Window")


@dataclasses.dataclass(frozen=True)
class Window:
    """A window of the photo, in photo pixels (it may reach beyond the photo), that the frame shows."""

    top: int
    left: int
    window: tuple[int, int]
    frame: tuple[int, int]
    photo: tuple[int, int]

    @classmethod
    def around(cls: type[W], labels: np.ndarray, height: int, width: int, source: str = "") -> W:
        """Where a frame of (height, width) lies on a picture.

        Args:
          labels: (h, w), 0 = background; the rest is the person.
          height: of the frame.
          width: likewise.
          source: for the message.

        Raises:
          ValueError: the labels show nobody.
        """
        rows, columns = np.flatnonzero(labels.any(axis=1)), np.flatnonzero(labels.any(axis=0))
        if not len(rows):
            raise ValueError(f"{source}: the parsing shows no person (every label is background)")
        size = labels.shape[0], labels.shape[1]
        tall, wide = int(rows[-1] + 1 - rows[0]), int(columns[-1] + 1 - columns[0])
        if size[0] * width == size[1] * height and tall / size[0] >= WHOLE_FROM:
            return cls(0, 0, size, (height, width), size)
        scale = max(tall / height, wide / width) / FILLED
        window = max(1, round(scale * height)), max(1, round(scale * width))
        top = round((rows[0] + rows[-1] + 1 - window[0]) / 2)
        left = round((columns[0] + columns[-1] + 1 - window[1]) / 2)
        return cls(top, left, window, (height, width), size)

    @property
    def identity(self) -> bool:
        """Whether frame and photo are the same pixels."""
        return self.window == self.frame == self.photo and not (self.top or self.left)

    def frame_photo(self, photo: np.ndarray) -> np.ndarray:
        """(h, w, 3) uint8 -> (H, W, 3) uint8 of the frame."""
        if self.identity:
            return photo
        return self._resize(self._window_of(photo), Image.Resampling.LANCZOS)

    def frame_labels(self, labels: np.ndarray, table: np.ndarray | None = None) -> np.ndarray:
        """(h, w) uint8 -> (H, W) uint8: the class, and within it the label, with the largest share of a frame pixel.

        Args:
          labels: 0 is background, and what lies beyond the photo.
          table: (256,) label -> class; None: each label is a class.
        """
        if self.identity:
            return labels
        cut = self._window_of(labels, outside=0)
        present = np.flatnonzero(np.bincount(cut.ravel())).astype(np.uint8)  # np.unique would sort a million pixels
        shares = np.stack(
            [self._resize(255 * (cut == label).astype(np.uint8), Image.Resampling.BOX) for label in present]
        )
        if table is not None:
            classes = table[present]
            sums = np.stack([shares[classes == c].sum(0, dtype=np.int32) for c in range(int(classes.max()) + 1)])
            shares = np.where(classes[:, None, None] == np.argmax(sums, 0), shares.astype(np.int32), -1)
        return present[np.argmax(shares, 0)]

    def frame_keypoints(self, keypoints: np.ndarray) -> np.ndarray:
        """(18, 3) in photo pixels -> (18, 3) in frame pixels; a point outside the frame is missing."""
        if self.identity:
            return keypoints
        points = keypoints.copy()
        scale = self.frame[0] / self.window[0]
        points[:, 0] = (points[:, 0] - self.left) * scale
        points[:, 1] = (points[:, 1] - self.top) * scale
        outside = (points[:, :2] < 0).any(1) | (points[:, 0] >= self.frame[1]) | (points[:, 1] >= self.frame[0])
        points[outside | (keypoints[:, 2] <= 0)] = 0
        return points

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
