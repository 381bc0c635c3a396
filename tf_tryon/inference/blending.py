"""The seam between the photo and what is new in it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def blend_seam(photo: np.ndarray, pasted: np.ndarray, erased: np.ndarray, gone: np.ndarray, width: float) -> np.ndarray:
    """(h, w, 3) uint8: along the inside of the erased region's border the old picture fades into the new one.

    Nothing outside the region changes. Inside, old pixels show only away from the erased garment and its skin (`gone`):
    a pixel's share of the new picture is max(d / width, 1 - g / width), at most 1, with d its distance to the outside
    and g to the nearest pixel of `gone`.

    Args:
      photo: (h, w, 3) uint8.
      pasted: (h, w, 3) uint8, the photo with the erased region replaced.
      erased: (h, w) bool.
      gone: (h, w) bool: what must not shine through.
      width: of the seam in pixels.
    """
    rows, columns = np.flatnonzero(erased.any(1)), np.flatnonzero(erased.any(0))
    if not len(rows) or width <= 0:
        return pasted
    # One pixel around the region is enough: distances to the outside are counted from there.
    area = np.s_[max(rows[0] - 1, 0) : rows[-1] + 2, max(columns[0] - 1, 0) : columns[-1] + 2]
    depth = ndimage.distance_transform_edt(erased[area])
    away = ndimage.distance_transform_edt(~gone[area]) if gone[area].any() else np.full(depth.shape, np.inf)
    new = np.clip(np.maximum(depth / width, 1 - away / width), 0, 1)[..., None]
    mixed = np.rint(photo[area] + new * (pasted[area].astype(np.float32) - photo[area])).astype(np.uint8)
    out = pasted.copy()
    out[area] = np.where(erased[area][..., None], mixed, pasted[area])
    return out
