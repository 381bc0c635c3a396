"""The compositing rules: what is visible is the photo's own, and what is erased is new only where something changes.

Everything here is at the networks' input size; `pasting.py` takes it to the photo's own.
"""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import boxes, vocabulary
from tf_tryon.models.contract import Batch
from tf_tryon.models.replacing import garment_alone
from tf_tryon.stages import ERASED, GARMENT

_COUNT: Final = len(vocabulary.CLASSES)


def complete_labels(batch: Batch, logits: tf.Tensor, replaces: str = ERASED) -> tf.Tensor:
    """(n, H, W) uint8: the likeliest class of (n, H, W, 8) logits where erased, the given one where visible.

    An erased pixel whose class none of its eight neighbours has takes the class that most of them have.

    Args:
      batch: the shape stage's.
      logits: its output.
      replaces: "garment": what isn't the garment's stays (`replacing.garment_alone`). Completions give the shape
        stage's `config.model.replaces`; measures of the networks leave it at "erased", which hides no mistake.
    """
    visible, given = batch[keys.VISIBLE][..., 0] > 0, given_labels(batch)
    likeliest = tf.argmax(logits, axis=-1, output_type=tf.int32)
    labels = tf.where(visible, given, likeliest)
    labels = tf.where(visible, given, _without_lone_pixels(labels))
    if replaces == GARMENT:
        labels = garment_alone(given, labels, batch[keys.TARGET], batch[keys.KEYPOINTS])
    return tf.cast(labels, tf.uint8)


def _without_lone_pixels(labels: tf.Tensor) -> tf.Tensor:
    """(n, H, W) int32 classes; each class's neighbours are counted by a 3x3 convolution with ones around a zero."""
    around = tf.tile(tf.constant([[1.0, 1, 1], [1, 0, 1], [1, 1, 1]])[:, :, tf.newaxis, tf.newaxis], [1, 1, _COUNT, 1])
    classes = tf.one_hot(labels, _COUNT)
    neighbours = tf.nn.depthwise_conv2d(classes, around, [1, 1, 1, 1], "SAME")
    lone = tf.reduce_sum(neighbours * classes, axis=-1) == 0
    return tf.where(lone, tf.argmax(neighbours, axis=-1, output_type=tf.int32), labels)


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
    before = given_labels(batch)
    new = changed(before, tf.cast(labels, tf.int32), batch[keys.VISIBLE], batch[keys.TARGET])
    return opacity(new, batch[keys.VISIBLE])


def given_labels(batch: Batch) -> tf.Tensor:
    """(n, H, W) int32 classes of the photos themselves, of a batch as `derive` made it."""
    return tf.argmax(batch[keys.PARSING], axis=-1, output_type=tf.int32)


def changed(before: tf.Tensor, after: tf.Tensor, visible: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Which pixels are new: those erased that were the garment's, or whose class is another now.

    All that the erased region took along without a change keeps the photo's own pixels: hands and other skin that stays
    bare, hair, other clothes and the street. Only street beside what is new is new as well: outlines of parsings are a
    pixel off here and there, and a line of the old garment would stay.

    Args:
      before: (n, H, W) int32 classes of the photo; a region erased by hand has the garment's.
      after: (n, H, W) int32 classes of the completion.
      visible: (n, H, W, 1) float32.
      target: (n,) int32 garment slot.

    Returns:
      (n, H, W, 1) float32, 0 or 1.
    """
    garment = vocabulary.class_of(target)[:, tf.newaxis, tf.newaxis]
    new = tf.cast((before != after) | (before == garment), tf.float32)[..., tf.newaxis] * (1.0 - visible)
    street = tf.cast((before == vocabulary.BACKGROUND) & (after == vocabulary.BACKGROUND), tf.float32)[..., tf.newaxis]
    return tf.maximum(new, tf.nn.max_pool2d(new, 3, 1, "SAME") * street * (1.0 - visible))


def opacity(new: tf.Tensor, visible: tf.Tensor) -> tf.Tensor:
    """How much of the completion shows (n, H, W, 1): 1 where `changed`, fading within two pixels, 0 where visible.

    Visible pixels are the photo's own, bit for bit, so the seam lies inside the erased region.
    """
    wide = tf.nn.max_pool2d(new, 3, 1, "SAME")
    return tf.nn.avg_pool2d(wide, 3, 1, "SAME") * (1.0 - visible)
