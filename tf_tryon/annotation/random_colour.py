"""Randomisation, second part: other colours and patterns for clothes, skin and hair.

A part's colour is replaced by another in the part's own light: new = c * (1 + g * (Y - mean Y) / mean Y) + a * (rgb -
mean rgb), with Y the luma, g and a drawn. Skin tones are the Monk scale's; clothes are often near grey.
"""

from __future__ import annotations

from typing import Final

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.draws import Draws
from tf_tryon.annotation.random_texture import blotches, stripes

# Part of each CIHP-20 label: 0 nothing, 1 hat, 2 hair, 3 top, 4 dress, 5 coat, 6 trousers, 7 skirt, 8 shoes and socks,
# 9 skin.
PARTS: Final = (0, 1, 2, 3, 1, 3, 4, 5, 8, 6, 9, 5, 7, 9, 9, 9, 9, 9, 8, 8)
_COUNT, _HAIR, _SKIN = 10, 2, 9
# Monk skin tone scale, sRGB.
SKINS: Final = (
    (246, 237, 228), (243, 231, 219), (247, 234, 208), (234, 218, 186), (215, 189, 150),
    (160, 126, 86), (130, 92, 67), (96, 65, 52), (58, 49, 42), (41, 36, 32),
)  # fmt: skip
HAIRS: Final = (
    (20, 18, 18), (45, 34, 30), (80, 55, 40), (120, 85, 55), (165, 130, 85), (215, 185, 130), (130, 60, 30),
    (140, 140, 140), (215, 212, 205),
)  # fmt: skip
_LUMA: Final = (0.299, 0.587, 0.114)


def recolour_people(photo: tf.Tensor, labels: tf.Tensor, draws: Draws, randomise: ConfigDict) -> tf.Tensor:
    """(B, H, W, 3) in [0, 1] and CIHP-20 labels (B, H, W) -> the photo in other colours."""
    batch, size = photo.shape[0], (photo.shape[1], photo.shape[2])
    part = tf.one_hot(tf.gather(tf.constant(PARTS), labels), _COUNT)  # (B, H, W, parts)
    areas = tf.reduce_sum(part, axis=[1, 2])[..., None] + 1e-3
    means = tf.einsum("bhwp,bhwc->bpc", part, photo) / areas
    changed = tf.concat(
        [
            tf.zeros((batch, 1), tf.bool),
            draws.chance((batch, _SKIN - 1), randomise.garment),
            draws.chance((batch, 1), randomise.skin),
        ],
        axis=1,
    )
    weight = tf.cast(changed, tf.float32)[..., None]

    def spread(values: tf.Tensor) -> tf.Tensor:
        """(B, parts, c) -> (B, H, W, c) by each pixel's part."""
        return tf.einsum("bhwp,bpc->bhwc", part, values)

    luma = tf.constant(_LUMA)
    light = tf.reduce_sum(photo * luma, axis=-1, keepdims=True)
    mean_light = spread(tf.reduce_sum(means * luma, axis=-1, keepdims=True))
    contrast = spread(draws.uniform((batch, _COUNT, 1), 0.4, 1.5))
    kept = spread(tf.maximum(draws.uniform((batch, _COUNT, 1), -0.8, 0.8), 0.0))
    shading = tf.clip_by_value(1 + contrast * (light - mean_light) / tf.maximum(mean_light, 0.12), 0.25, 2.2)
    new = spread(_colours(draws, batch)) * shading + kept * (photo - spread(means))
    photo += spread(weight) * (new - photo)
    patterned = tf.cast(draws.chance((batch, _COUNT, 1), randomise.pattern), tf.float32)
    clothes = tf.constant([p not in (0, _HAIR, _SKIN) for p in range(_COUNT)], tf.float32)[None, :, None]
    ink = draws.uniform((batch, _COUNT, 3), -0.6, 0.6) * patterned * clothes
    soft = 2 * blotches(draws, batch, size, 1)[..., 0] - 1
    pattern = tf.where(draws.chance((batch, 1, 1), 0.3), 2 * soft, stripes(draws, batch, size))
    return tf.clip_by_value(photo + spread(ink) * pattern[..., None], 0.0, 1.0)


def _colours(draws: Draws, batch: int) -> tf.Tensor:
    """(B, parts, 3): a colour for each part."""
    grey = draws.uniform((batch, _COUNT, 1), 0.02, 1.0)
    vivid = draws.uniform((batch, _COUNT, 3), 0.0, 1.0)
    dull = draws.chance((batch, _COUNT, 1), 0.55)
    mixed = tf.where(dull, grey + 0.15 * (vivid - 0.5), vivid)
    skin, hair = _from(draws, batch, SKINS, 0.08), _from(draws, batch, HAIRS, 0.08)
    index = tf.range(_COUNT)[None, :, None]
    colours = tf.where(index == _SKIN, skin[:, None], tf.where(index == _HAIR, hair[:, None], mixed))
    return tf.clip_by_value(colours, 0.02, 1.0)


def _from(draws: Draws, batch: int, table: tuple[tuple[int, int, int], ...], spread: float) -> tf.Tensor:
    """(B, 3): between two neighbours of a table, with some deviation."""
    colours = tf.constant(table, tf.float32) / 255
    place = draws.uniform((batch,), 0.0, len(table) - 1.001)
    low = tf.cast(place, tf.int32)
    part = (place - tf.cast(low, tf.float32))[:, None]
    between = tf.gather(colours, low) * (1 - part) + tf.gather(colours, low + 1) * part
    return between * draws.uniform((batch, 1), 0.8, 1.15) + draws.uniform((batch, 3), -spread, spread)
