"""Studio's grey behind the person, as the bundled weights know it, and the photo's own background put back."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

GREY = 205  # sRGB, about the mean of Studio's backdrops
_EDGE = 1.0  # standard deviation of the person's soft edge in pixels


def on_studio_grey(photo: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8: the photo's person before plain grey.

    Args:
      photo: (h, w, 3) uint8.
      labels: (h, w) uint8, 0 where nobody is.
    """
    alpha = _soft(labels)
    return _to_bytes(GREY + alpha * (photo - float(GREY)))


def with_own_background(
    completed: np.ndarray, labels: np.ndarray, photo: np.ndarray, before: np.ndarray, erased: np.ndarray, scale: float
) -> np.ndarray:
    """(h, w, 3) uint8: where erased, the completed person before the photo's own background; elsewhere the photo.

    Background that the old garment hid is continued from beside it.

    Args:
      completed: (h, w, 3) uint8 on grey.
      labels: (h, w) of the completed person.
      photo: (h, w, 3) uint8.
      before: (h, w) labels of the photo's own person.
      erased: (h, w) bool.
      scale: pixels of the photo for one of the nets' frame: that far the grey has spread into the person's edge.
    """
    behind = _without_person(photo, before)
    inside = ndimage.distance_transform_edt(labels > 0)
    alpha = np.clip(inside / max(scale, 1.0) - 0.5, 0, 1)[..., None]
    mixed = _to_bytes(behind + alpha * (completed.astype(np.float32) - behind))
    return np.where(erased[..., None], mixed, photo)


def _without_person(photo: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32: each pixel of the person takes its nearest background's colour, smoothed."""
    person = labels > 0
    if person.all():
        return photo.astype(np.float32)
    nearest = ndimage.distance_transform_edt(
        ndimage.binary_dilation(person), return_distances=False, return_indices=True
    )
    filled = photo[tuple(nearest)].astype(np.float32)
    smooth = ndimage.gaussian_filter(filled, (3, 3, 0))
    return np.where(person[..., None], smooth, photo).astype(np.float32)


def _soft(labels: np.ndarray) -> np.ndarray:
    return ndimage.gaussian_filter((labels > 0).astype(np.float32), _EDGE)[..., None]


def _to_bytes(picture: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
