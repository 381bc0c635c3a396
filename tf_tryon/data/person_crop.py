"""The crop "person" of a picture in numpy: how data sets of one size are stored, and how a phone sees a photo.

`geometry` has the formulas, which training's and completion's graphs share; beyond the photo its edge goes on behind
nobody.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CLASSES
from tf_tryon.geometry import crop, resampling
from tf_tryon.geometry import numpy_arrays as xp


@dataclasses.dataclass(frozen=True)
class PersonCrop:
    """A crop around the person.

    Attributes:
      box: y0, x0, y1, x1 in photo pixels; may reach beyond the photo.
      size: (height, width) of what it becomes.
      photo: (h, w) of the photo.
    """

    box: tuple[float, float, float, float]
    size: tuple[int, int]
    photo: tuple[int, int]

    @classmethod
    def around(cls, labels: np.ndarray, height: int, width: int, source: str = "") -> PersonCrop:
        """The crop around what labels (h, w) show besides background (0).

        Raises:
          ValueError: the labels show nobody; names `source`.
        """
        rows, columns = np.flatnonzero(labels.any(axis=1)), np.flatnonzero(labels.any(axis=0))
        if not len(rows):
            raise ValueError(f"{source}: the parsing shows no person (every label is background)")
        photo = labels.shape[0], labels.shape[1]
        person = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
        y0, x0, y1, x1 = map(float, crop.person_crop(xp, person, photo, (height, width)))
        return cls((y0, x0, y1, x1), (height, width), photo)

    @property
    def scale(self) -> float:
        """Pixels of the photo for one of the crop's."""
        return (self.box[2] - self.box[0]) / self.size[0]

    @property
    def identity(self) -> bool:
        """Whether crop and photo are the same pixels."""
        return self.box == (0, 0, *self.size) and self.size == self.photo

    def photo_pixels(self, photo: np.ndarray) -> np.ndarray:
        """(h, w, 3) uint8 -> (H, W, 3) uint8."""
        if self.identity:
            return photo
        return xp.to_bytes(resampling.resample(xp, photo, self.box, self.size, resampling.LANCZOS, resampling.EDGE))

    def label_pixels(self, labels: np.ndarray, table: np.ndarray | None = None) -> np.ndarray:
        """(h, w) uint8 -> (H, W) uint8: the class, and within it the label, with the largest share of each pixel.

        Args:
          labels: 0 is background, and what lies beyond the photo.
          table: (256,) label -> class; None: each label is a class.
        """
        if self.identity:
            return labels
        present = np.flatnonzero(np.bincount(labels.ravel(), minlength=1))
        present = np.union1d(present, [0]).astype(np.uint8)
        # One at a time: a large photo's flags of all labels together are gigabytes.
        shares = np.concatenate([self._shares(labels == label) for label in present], axis=-1)
        shares[..., 0] += 1.0 - shares.sum(-1)  # beyond the photo is background
        shares = np.rint(shares * 255)
        if table is not None:
            classes = table[present]
            sums = np.stack([shares[..., classes == c].sum(-1) for c in range(int(classes.max()) + 1)], axis=-1)
            shares = np.where(classes == np.argmax(sums, -1)[..., np.newaxis], shares, -1)
        return present[np.argmax(shares, -1)]

    def _shares(self, flags: np.ndarray) -> np.ndarray:
        """(h, w) bool -> (H, W, 1) float32, the part of each pixel that is flagged."""
        flagged = flags[..., np.newaxis].astype(np.float32)
        return resampling.resample(xp, flagged, self.box, self.size, resampling.BOX, resampling.ZERO)

    def keypoints(self, points: np.ndarray) -> np.ndarray:
        """(18, 3) in photo pixels -> in the crop's: outside it, too; a missing point is zeros."""
        if self.identity:
            return points
        moved = crop.into_crop(self.box, crop.Point(points[:, 0], points[:, 1]), self.size)
        placed = np.stack([moved.x, moved.y, points[:, 2]], axis=-1).astype(np.float32)
        return np.where(points[:, 2:] > 0, placed, np.float32(0))

    def person(self, person: Person) -> Person:
        """The person as the crop shows them."""
        if self.identity:
            return person
        carried = person.carried
        return dataclasses.replace(
            person,
            photo=self.photo_pixels(person.photo),
            labels=self.label_pixels(person.labels),
            keypoints=self.keypoints(person.keypoints),
            carried=None if carried is None else self._shares(carried)[..., 0] > 0.5,
        )

    def paste_labels(self, labels: np.ndarray, completed: np.ndarray, erased: np.ndarray) -> np.ndarray:
        """The photo's labels (h, w) with the crop's `completed` (H, W) where `erased` (h, w); outlines are smooth."""
        whole = crop.into_crop(
            self.box, crop.Point(np.array([0.0, self.photo[1]]), np.array([0.0, self.photo[0]])), self.size
        )
        source = (whole.y[0], whole.x[0], whole.y[1], whole.x[1])
        large = resampling.resample_labels(
            xp, completed, source, self.photo, len(CLASSES), resampling.EDGE, resampling.CUBIC
        )
        return np.where(erased, large, labels)

    def photo_mask(self, mask: np.ndarray) -> np.ndarray:
        """A mask (H, W) bool of the crop as one (h, w) of the photo: each pixel's centre decides."""
        places = []
        for axis in (0, 1):
            step = self.size[axis] / (self.box[axis + 2] - self.box[axis])
            places.append(np.floor((np.arange(self.photo[axis]) + 0.5 - self.box[axis]) * step).astype(int))
        rows, columns = places
        inside = ((rows >= 0) & (rows < self.size[0]))[:, None] & ((columns >= 0) & (columns < self.size[1]))
        seen = mask[np.clip(rows, 0, self.size[0] - 1)][:, np.clip(columns, 0, self.size[1] - 1)]
        return inside & seen
