"""The last steps of every completion: before its background, composed with the photo, at the photo's own resolution.

Python's `TryOn`, the exported graph and evaluation all end here; a completion's first steps are the networks' own.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.models import background, pasting
from tf_tryon.models.compositing import shows
from tf_tryon.models.contract import Batch


class Pictures(NamedTuple):
    """Completions at the photo's own size: photos (n, h, w, 3) and parsings (n, h, w), uint8."""

    photos: tf.Tensor
    parsings: tf.Tensor


def finish(
    photo: tf.Tensor,
    own_labels: tf.Tensor,
    batch: Batch,
    labels: tf.Tensor,
    rgb: tf.Tensor,
    where: pasting.Region,
    behind: tf.Tensor | None = None,
    two_stage: bool = True,
) -> Pictures:
    """Paste n completions of one person into the photo.

    Args:
      photo: (h, w, 3) uint8.
      own_labels: (h, w) uint8 classes of the photo.
      batch: of n, the person's inputs with the photo's own parsing.
      labels: (n, H, W) uint8 classes of the completions.
      rgb: (n, H, W, 3) in [-1, 1], the texture stage's.
      where: `pasting.region` of the batch's erasure.
      behind: (1, H, W, 3) background to put behind the completed person (`background.continued`); None: as it came.
      two_stage: without a shape stage nothing tells what changed, and all that was erased is new.
    """
    if behind is not None:
        rgb = background.before_background(rgb, labels, behind)
    opaque = shows(batch, labels) if two_stage else 1.0 - batch[keys.VISIBLE]
    return Pictures(
        pasting.paste_photos(photo, rgb, opaque, where), pasting.paste_labels(own_labels, labels, opaque, where)
    )


def composed(batch: Batch, labels: tf.Tensor, rgb: tf.Tensor, two_stage: bool = True) -> tf.Tensor:
    """(n, H, W, 3) in [-1, 1]: the same composition at the networks' input size, for measures."""
    opaque = shows(batch, labels) if two_stage else 1.0 - batch[keys.VISIBLE]
    return batch[keys.PHOTO] + opaque * (rgb - batch[keys.PHOTO])
