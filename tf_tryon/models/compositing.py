"""The compositing rule for parsings: what is visible is the photo's own, what is erased is the networks'."""

from __future__ import annotations

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import boxes, vocabulary
from tf_tryon.models.networks import Batch


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
    count = len(vocabulary.CLASSES)
    around = tf.tile(tf.constant([[1.0, 1, 1], [1, 0, 1], [1, 1, 1]])[:, :, tf.newaxis, tf.newaxis], [1, 1, count, 1])
    classes = tf.one_hot(labels, count)
    neighbours = tf.nn.depthwise_conv2d(classes, around, [1, 1, 1, 1], "SAME")
    lone = tf.reduce_sum(neighbours * classes, axis=-1) == 0
    return tf.where(lone, tf.argmax(neighbours, axis=-1), labels)


def with_labels(batch: Batch, labels: tf.Tensor) -> Batch:
    """The texture stage's inputs for other parsings (n, H, W) of the same people.

    Parsing, the appearance's classes and the garment's box are new; what is erased, the other garments and the colours
    of face and hair stay.
    """
    parsing = tf.one_hot(labels, len(vocabulary.CLASSES))
    own = boxes.garment_boxes(boxes.class_boxes(parsing))
    return {
        **batch,
        keys.PARSING: parsing,
        keys.APPEARANCE: tf.concat([batch[keys.APPEARANCE][..., :3], parsing], axis=-1),
        keys.GARMENT_BOX: tf.gather(own, batch[keys.TARGET], batch_dims=1),
    }
