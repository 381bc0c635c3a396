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
    colours = sources[..., :, None] * photo[..., None, :]
    shape = tf.shape(photo)
    count = groups.shape[-1]
    packed = tf.concat([sources, tf.reshape(colours, [shape[0], shape[1], shape[2], 3 * count])], axis=-1)
    pyramid = [packed]
    for _ in range(levels):
        pyramid.append(average_pool(pyramid[-1]))
    filled = tf.reduce_mean(packed, axis=[1, 2], keepdims=True)  # the whole picture: the coarsest level
    weight, colour = _split(filled, count)
    mean = tf.broadcast_to(colour / tf.maximum(weight, 1e-6)[..., None], tf.shape(_split(pyramid[-1], count)[1]))
    for level, packed in zip(range(levels, -1, -1), reversed(pyramid), strict=True):
        weight, colour = _split(packed, count)
        if level < levels:
            mean = _double(mean)
        here = colour / tf.maximum(weight, 1e-6)[..., None]
        trust = tf.minimum(1.0, weight * 4)[..., None]
        mean = trust * here + (1 - trust) * mean
    return tf.reduce_sum(groups[..., :, None] * mean, axis=-2)


def _split(packed: tf.Tensor, count: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Weights (B, h, w, n) and weighted colours (B, h, w, n, 3)."""
    shape = tf.shape(packed)
    return packed[..., :count], tf.reshape(packed[..., count:], [shape[0], shape[1], shape[2], count, 3])


def _double(groups: tf.Tensor) -> tf.Tensor:
    """Bilinear resize (B, h, w, n, 3) to twice the size: smooth, so that no blocks show."""
    shape = tf.shape(groups)
    count = groups.shape[3]
    flat = tf.reshape(groups, [shape[0], shape[1], shape[2], 3 * count])
    flat = tf.image.resize(flat, [2 * shape[1], 2 * shape[2]], method="bilinear")
    return tf.reshape(flat, [shape[0], 2 * shape[1], 2 * shape[2], count, 3])
