"""The compositing rules: what is visible is the photo's own, and what is erased is new only where something changes.

Everything here is at the networks' input size; `pasting.py` takes it to the photo's own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import boxes, vocabulary
from tf_tryon.models.contract import Batch

_COUNT: Final = len(vocabulary.CLASSES)


def complete_labels(batch: Batch, logits: tf.Tensor) -> tf.Tensor:
    """(n, H, W) uint8: the likeliest class of (n, H, W, 8) logits where erased, the given one where visible.

    An erased pixel whose class none of its eight neighbours has takes the class that most of them have.
    """
    visible = batch[keys.VISIBLE][..., 0] > 0
    given, likeliest = tf.argmax(batch[keys.PARSING], axis=-1), tf.argmax(logits, axis=-1)
    labels = tf.where(visible, given, likeliest)
    return tf.cast(tf.where(visible, given, _without_lone_pixels(labels)), tf.uint8)


def _without_lone_pixels(labels: tf.Tensor) -> tf.Tensor:
    """(n, H, W) int64 classes; each class's neighbours are counted by a 3x3 convolution with ones around a zero."""
    around = tf.tile(tf.constant([[1.0, 1, 1], [1, 0, 1], [1, 1, 1]])[:, :, tf.newaxis, tf.newaxis], [1, 1, _COUNT, 1])
    classes = tf.one_hot(labels, _COUNT)
    neighbours = tf.nn.depthwise_conv2d(classes, around, [1, 1, 1, 1], "SAME")
    lone = tf.reduce_sum(neighbours * classes, axis=-1) == 0
    return tf.where(lone, tf.argmax(neighbours, axis=-1), labels)


def with_labels(batch: Batch, labels: tf.Tensor) -> Batch:
    """The texture stage's inputs for other parsings (n, H, W) of the same people.

    Parsing, the appearance's classes and the garment's box are new; what is erased, the other garments and the colours
    of face and hair stay.
    """
    parsing = tf.one_hot(labels, _COUNT)
    own = boxes.garment_boxes(boxes.class_boxes(parsing))
    return {
        **batch,
        keys.PARSING: parsing,
        keys.APPEARANCE: tf.concat([batch[keys.APPEARANCE][..., :3], parsing], axis=-1),
        keys.GARMENT_BOX: tf.gather(own, batch[keys.TARGET], batch_dims=1),
    }


def shows(batch: Batch, labels: tf.Tensor) -> tf.Tensor:
    """`opacity` of completions with parsings (n, H, W) uint8 of a batch of n as `derive` made it: (n, H, W, 1)."""
    before = tf.argmax(batch[keys.PARSING], axis=-1, output_type=tf.int32)
    new = changed(before, tf.cast(labels, tf.int32), batch[keys.VISIBLE], batch[keys.TARGET], batch[keys.DRESS])
    return opacity(new, batch[keys.VISIBLE])


def changed(before: tf.Tensor, after: tf.Tensor, visible: tf.Tensor, target: tf.Tensor, dress: tf.Tensor) -> tf.Tensor:
    """Which pixels are new: those erased whose class is another now, or is the garment's or that of its skin.

    Street, hair, bag and other clothes that the erased box took along without a change keep the photo's own pixels.

    Args:
      before: (n, H, W) int32 classes of the photo; a region erased by hand has the garment's.
      after: (n, H, W) int32 classes of the completion.
      visible: (n, H, W, 1) float32.
      target: (n,) int32 garment slot.
      dress: (n,) bool, the bottom is a dress.

    Returns:
      (n, H, W, 1) float32, 0 or 1.
    """
    going = tf.gather_nd(tf.constant(_going()), tf.stack([tf.cast(dress, tf.int32), target], axis=-1))  # (n, 8)
    goes = tf.gather(going, before, batch_dims=1)
    new = tf.cast((before != after) | goes, tf.float32)[..., tf.newaxis]
    return new * (1.0 - visible)


def opacity(new: tf.Tensor, visible: tf.Tensor) -> tf.Tensor:
    """How much of the completion shows (n, H, W, 1): 1 where `changed`, fading within two pixels, 0 where visible.

    Visible pixels are the photo's own, bit for bit, so the seam lies inside the erased region.
    """
    wide = tf.nn.max_pool2d(new, 3, 1, "SAME")
    return tf.nn.avg_pool2d(wide, 3, 1, "SAME") * (1.0 - visible)


def _going() -> np.ndarray:
    """(2, 4, 8) bool by dress and slot: `vocabulary.gone_classes`."""
    table = np.zeros((2, len(vocabulary.GARMENTS), _COUNT), bool)
    for slot, garment in enumerate(vocabulary.GARMENTS):
        for dress in (False, True):
            target = vocabulary.DRESS if dress and garment == "bottom" else garment
            table[int(dress), slot, list(vocabulary.gone_classes(target))] = True
    return table
