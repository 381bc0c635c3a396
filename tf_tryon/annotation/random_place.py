"""Randomisation of the parsing network's examples, first part: where the person stands in the picture.

Mirrored, scaled, turned and moved: from a small figure to a cut half body, about a point of the person. Beyond Studio's
crop is background.
"""

from __future__ import annotations

import math
from typing import Final

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.draws import Draws
from tf_tryon.annotation.random_texture import Size
from tf_tryon.data.augment import choose, flip

# A mirrored CIHP-20 label: arms, legs and shoes change sides.
MIRRORED: Final = (*range(14), 15, 14, 17, 16, 19, 18)


def place_people(
    people: dict[str, tf.Tensor], draws: Draws, randomise: ConfigDict, size: Size, unit: float
) -> dict[str, tf.Tensor]:
    """Photo (B, h, w, 3) float32 in [0, 1], labels (B, h, w) int32, keypoints (B, 18, 3) -> the same at `size`.

    Keypoints that leave the picture are missing. At scale 1 a pixel becomes `unit` pixels.
    """
    batch = people["labels"].shape[0]
    people = _mirror(people, draws.chance((batch,), 0.5))
    height, width = people["labels"].shape[1:3]
    low, high = (math.log(limit) for limit in randomise.scale)
    whole = (math.log(limit) for limit in randomise.whole_scale)
    scale = tf.where(
        draws.chance((batch,), randomise.whole),
        tf.exp(draws.uniform((batch,), *whole)),
        tf.exp(draws.uniform((batch,), low, high)),
    )
    angle = draws.uniform((batch,), -1.0, 1.0) * (randomise.rotate * math.pi / 180)
    # Where a scaled picture is larger than the crop, its visible part is drawn evenly; a smaller one moves a little.
    extent = tf.constant([size[1], size[0]], tf.float32)
    room = (tf.abs(scale - 1)[:, None] * tf.constant([0.35, 0.5]) + 0.04) * extent
    to = extent / 2 + draws.uniform((batch, 2), -1.0, 1.0) * room
    centre = tf.constant([width / 2, height / 2], tf.float32)
    cos, sin = tf.cos(angle), tf.sin(angle)
    forward = tf.stack([tf.stack([cos, -sin], -1), tf.stack([sin, cos], -1)], axis=1) * (scale * unit)[:, None, None]
    back = tf.stack([tf.stack([cos, sin], -1), tf.stack([-sin, cos], -1)], axis=1) / (scale * unit)[:, None, None]
    offset = tf.linalg.matvec(back, 0.5 - to) + centre - 0.5
    rows = tf.reshape(tf.concat([back, offset[..., None]], axis=-1), (batch, 6))
    transforms = tf.concat([rows, tf.zeros((batch, 2))], axis=-1)
    photo = _sample(people["photo"], transforms, size, "BILINEAR", "NEAREST")
    labels = _sample(tf.cast(people["labels"], tf.float32)[..., None], transforms, size, "NEAREST", "CONSTANT")
    points = people["keypoints"]
    moved = tf.einsum("bij,bkj->bki", forward, points[..., :2] - centre) + to[:, None]
    inside = tf.reduce_all((moved >= 0) & (moved <= extent), axis=-1) & (points[..., 2] > 0)
    moved = tf.where(inside[..., None], tf.concat([moved, points[..., 2:]], axis=-1), 0.0)
    return {"photo": photo, "labels": tf.cast(labels[..., 0], tf.int32), "keypoints": moved}


def _mirror(people: dict[str, tf.Tensor], flags: tf.Tensor) -> dict[str, tf.Tensor]:
    people = flip(people, flags)
    return {**people, "labels": choose(flags, tf.gather(tf.constant(MIRRORED), people["labels"]), people["labels"])}


def _sample(pictures: tf.Tensor, transforms: tf.Tensor, size: Size, interpolation: str, fill_mode: str) -> tf.Tensor:
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures, transforms=transforms, output_shape=size, fill_value=0.0,
        interpolation=interpolation, fill_mode=fill_mode,
    )  # fmt: skip
    return tf.ensure_shape(moved, (pictures.shape[0], *size, pictures.shape[-1]))
