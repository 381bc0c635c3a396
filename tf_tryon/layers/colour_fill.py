"""Visible colours of each class, carried into the erased box (push-pull, after Gortler et al., "The Lumigraph", 1996).

For each class the visible pixels are averaged over ever larger squares (push); each erased pixel then takes the finest
average that covers it (pull). The background continues its gradient, the other garments and the skin keep their colour.
Skin is one group, helped by the face around the nose, so that erased arms are as dark as the face.
"""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.layers.blocks import average_pool

SKIN_CLASSES = (2, 3)
NOSE_CHANNEL = 1  # of p_s: face/hair mask, then the keypoints, nose first


def visible_colours(
    photo: tf.Tensor, parsing: tf.Tensor, visible: tf.Tensor, pose: tf.Tensor, levels: int = 5
) -> tf.Tensor:
    """The colour map (B, H, W, 3) in [-1, 1]: for each pixel the visible colour of the class that `parsing` gives it.

    Args: photo (B, H, W, 3); parsing (B, H, W, 8) one-hot, complete; visible (B, H, W, 1); pose p_s (B, H, W, 19).
    A class with no visible pixel gives 0, the erased value. H and W must be multiples of 2 ** levels.
    """
    near_nose = tf.cast(pose[..., NOSE_CHANNEL : NOSE_CHANNEL + 1] > 0, photo.dtype) * parsing[..., 1:2]
    skin = tf.reduce_sum(tf.gather(parsing, SKIN_CLASSES, axis=-1), axis=-1, keepdims=True)
    others = tf.stack([parsing[..., c] for c in range(parsing.shape[-1]) if c not in SKIN_CLASSES], axis=-1)
    groups = tf.concat([others, skin], axis=-1)
    sources = visible * tf.concat([others, tf.maximum(skin, near_nose)], axis=-1)
    count = groups.shape[-1]
    # For each group and pixel: weight and weighted colour, (B, H, W, 4 * groups).
    ones = tf.ones_like(photo[..., :1])
    packed = sources[..., :, None] * tf.concat([ones, photo], axis=-1)[..., None, :]
    shape = tf.shape(photo)
    pyramid = [tf.reshape(packed, [shape[0], shape[1], shape[2], 4 * count])]
    for _ in range(levels):
        pyramid.append(average_pool(pyramid[-1]))
    whole = _split(tf.reduce_mean(pyramid[-1], axis=[1, 2], keepdims=True), count)  # the coarsest level: everything
    mean = tf.broadcast_to(whole / tf.maximum(whole[..., :1], 1e-6), tf.shape(_split(pyramid[-1], count)))
    for level in range(levels, 0, -1):
        here = _split(pyramid[level], count)
        weight = here[..., :1]
        trust = tf.minimum(1.0, weight * 4)
        mean = here * (trust / tf.maximum(weight, 1e-6)) + (1 - trust) * mean
        if level > 1:
            mean = _double(mean)
    # At full size a visible pixel has its own colour, an erased one its group's.
    erased = tf.reshape((groups * (1 - visible))[..., None] * _double(mean[..., 1:]), [-1, 3 * count])
    summed = tf.matmul(erased, tf.tile(tf.eye(3, dtype=photo.dtype), [count, 1]))
    return visible * photo + tf.reshape(summed, shape)


def _split(packed: tf.Tensor, count: int) -> tf.Tensor:
    """(B, h, w, 4 n) -> (B, h, w, n, 4)."""
    shape = tf.shape(packed)
    return tf.reshape(packed, [shape[0], shape[1], shape[2], count, 4])


def _double(groups: tf.Tensor) -> tf.Tensor:
    """Bilinear resize (B, h, w, n, c) to twice the size: smooth, so that no blocks show."""
    shape = tf.shape(groups)
    count, channels = groups.shape[3], groups.shape[4]
    flat = tf.reshape(groups, [shape[0], shape[1], shape[2], count * channels])
    flat = tf.image.resize(flat, [2 * shape[1], 2 * shape[2]], method="bilinear")
    return tf.reshape(flat, [shape[0], 2 * shape[1], 2 * shape[2], count, channels])
