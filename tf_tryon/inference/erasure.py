"""What is erased: the box around garment and skin, their silhouette, or what the user's own mask covers.

In every case the garment and the skin that it may uncover go (docs/method.md, section 3): the old sleeve must not leak.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf
from scipy import ndimage

from tf_tryon import keys
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import DRESS, GARMENT_CLASSES, gone_classes, slot_of
from tf_tryon.inference.request import Request
from tf_tryon.inference.stage import Batch

_OUTLINE = 2  # pixels of the input around a silhouette: the garment's own edge is in its neighbours too


def with_mask_as_garment(person: Person, request: Request) -> Person:
    """The person with the user's mask labelled as the target garment, whatever was seen there."""
    if request.mask is None:
        return person
    if request.mask.shape != person.size:
        raise ValueError(f"{person.id}: the mask is {request.mask.shape}, the photo {person.size} (height, width)")
    target = np.uint8(GARMENT_CLASSES[slot_of(request.garment)])
    dress = person.dress or request.garment == DRESS
    return dataclasses.replace(person, labels=np.where(request.mask, target, person.labels), dress=dress)


def erase(batch: Batch, request: Request, scale: float) -> Batch:
    """The batch of one person with what the request erases in place of the plain box.

    Args:
      batch: of size 1.
      request: its garment, mask, erase and dilate.
      scale: pixels of the photo for one of the input.
    """
    labels = np.argmax(batch[keys.PARSING].numpy()[0], axis=-1)
    reach = request.dilate / scale
    if request.mask is None and request.erase == "box":
        if not reach:
            return batch
        y0, x0, y1, x1 = batch[keys.BOX].numpy()[0] + np.array([-reach, -reach, reach, reach], np.float32)
        rows, columns = np.arange(labels.shape[0]) + 0.5, np.arange(labels.shape[1]) + 0.5
        erased = ((rows >= y0) & (rows < y1))[:, None] & ((columns >= x0) & (columns < x1))[None]
    else:
        erased = ndimage.distance_transform_edt(~np.isin(labels, gone_classes(request.garment))) <= _OUTLINE + reach
    inside_y, inside_x = np.flatnonzero(erased.any(1)), np.flatnonzero(erased.any(0))
    box = [[inside_y[0], inside_x[0], inside_y[-1] + 1, inside_x[-1] + 1]]
    visible = tf.constant(~erased[None, ..., None], tf.float32)
    return {**batch, keys.VISIBLE: visible, keys.BOX: tf.constant(box, tf.float32)}
