"""Whether a person wears what a photo shows: MediaPipe's pose network finds people, and hardly ever flat garments."""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.annotation.pose import PoseAnnotator
from tf_tryon.products.product import WornIn

_LEAST: Final = 0.08  # of the photo: smaller people stand behind the garment, or are printed on it


def worn_in(poses: PoseAnnotator) -> WornIn:
    """The check of `read_product`, with a loaded pose network."""

    def worn(photo: np.ndarray) -> bool:
        return any(float((pose.mask > 0.5).mean()) >= _LEAST for pose in poses.annotate(photo))

    return worn
