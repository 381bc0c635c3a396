"""Randomisation, third part: what is behind and before the person, the light, and the camera."""

from __future__ import annotations

import math

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.draws import Draws
from tf_tryon.annotation.random_texture import blotches, grid, rectangle, room

_BLURS = (0.75, 0.6, 0.45)  # of the resolution


def background(photo: tf.Tensor, labels: tf.Tensor, draws: Draws, randomise: ConfigDict) -> tf.Tensor:
    """The person before a made-up room, blotches, or a crowd of the batch's other people; the edge is blended."""
    batch, size = photo.shape[0], (photo.shape[1], photo.shape[2])
    behind = tf.where(draws.chance((batch, 1, 1, 1), 0.7), room(draws, batch, size), blotches(draws, batch, size, 3))
    other = tf.roll(photo, 1, axis=0)
    other_mask = tf.roll(_soft(labels), 1, axis=0)
    shift = tf.cast(draws.uniform((2,), -0.6, 0.6) * tf.constant(size, tf.float32), tf.int32)
    # Moved by whole pixels, what leaves coming in on the other side.
    moved = tf.roll(tf.concat([other, other_mask], axis=-1), shift, axis=[1, 2])
    crowd = moved[..., 3:] * tf.cast(draws.chance((batch, 1, 1, 1), randomise.crowd), tf.float32)
    behind += crowd * (moved[..., :3] - behind)
    alpha = tf.square(_soft(labels))  # inside the person's own edge: none of the studio's grey shines through
    alpha = tf.where(draws.chance((batch, 1, 1, 1), randomise.background), alpha, 1.0)
    return behind + alpha * (photo - behind)


def occlude(
    photo: tf.Tensor, labels: tf.Tensor, draws: Draws, randomise: ConfigDict
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Up to two things in front of the person; returns photo, labels (0 there) and what is covered (B, H, W) bool."""
    batch, size = photo.shape[0], (photo.shape[1], photo.shape[2])
    covered = tf.zeros((batch, *size), tf.bool)
    texture = blotches(draws, batch, size, 1) - 0.5
    for smallest, largest, chance in ((0.08, 0.5, 1.0), (0.015, 1.5, 0.5)):
        wanted = draws.chance((batch, 1, 1), randomise.occluder * chance)
        there = rectangle(draws, batch, size, smallest, largest if chance == 1.0 else 0.06) & wanted
        colour = draws.uniform((batch, 1, 1, 3)) + texture * draws.uniform((batch, 1, 1, 1), 0.0, 0.6)
        photo = tf.where(there[..., None], tf.clip_by_value(colour, 0.0, 1.0), photo)
        covered |= there
    return photo, tf.where(covered, 0, labels), covered


def light(photo: tf.Tensor, draws: Draws) -> tf.Tensor:
    """Exposure, white balance, gamma, and a fall-off across the picture."""
    batch, size = photo.shape[0], (photo.shape[1], photo.shape[2])
    y, x = grid(size)
    angle, depth = draws.uniform((batch, 1, 1), 0.0, 2 * math.pi), draws.uniform((batch, 1, 1), 0.0, 0.45)
    fall = 1 + depth * (x * tf.cos(angle) + y * tf.sin(angle))
    gamma = tf.exp(draws.uniform((batch, 1, 1, 1), -0.45, 0.45))
    balance = draws.uniform((batch, 1, 1, 3), 0.82, 1.18) * draws.uniform((batch, 1, 1, 1), 0.75, 1.3)
    return tf.clip_by_value(tf.pow(photo + 1e-4, gamma) * balance * fall[..., None], 0.0, 1.0)


def camera(photo: tf.Tensor, draws: Draws, randomise: ConfigDict) -> tf.Tensor:
    """Lower resolution, noise, JPEG."""
    batch, size = photo.shape[0], (photo.shape[1], photo.shape[2])
    part = tf.gather(tf.constant(_BLURS), tf.cast(draws.uniform((batch,), 0.0, len(_BLURS)), tf.int32))
    part = tf.where(draws.chance((batch,), randomise.blur), part, 1.0)
    strength = tf.square(draws.uniform((batch, 1, 1, 1))) * randomise.noise
    noise = strength * draws.normal((batch, *size, 3))
    quality = tf.cast(draws.uniform((batch,), *map(float, randomise.jpeg)), tf.int32)

    def taken(item: tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]) -> tf.Tensor:
        picture, part, noise, quality = item
        small = tf.cast(tf.round(part * tf.constant(size, tf.float32)), tf.int32)

        def blurred() -> tf.Tensor:
            return tf.image.resize(tf.image.resize(picture, small, antialias=True), size)

        picture = tf.cond(part < 1, blurred, lambda: picture) + noise
        pixels = tf.cast(tf.clip_by_value(picture, 0.0, 1.0) * 255, tf.uint8)
        return tf.ensure_shape(tf.image.adjust_jpeg_quality(pixels, quality), (*size, 3))

    pixels = tf.map_fn(taken, (photo, part, noise, quality), fn_output_signature=tf.uint8)
    return tf.cast(pixels, tf.float32) / 255


def mask_like_a_segmenters(labels: tf.Tensor, draws: Draws) -> tf.Tensor:
    """(B, H, W) in [0, 1]: the person's mask, its edge displaced and blurred as a small segmenter's would be."""
    batch, size = labels.shape[0], (labels.shape[1], labels.shape[2])
    mask = tf.cast(labels > 0, tf.float32)[..., None]
    wide = tf.nn.avg_pool2d(mask, 7, 1, "SAME")
    soft = tf.where(draws.chance((batch, 1, 1, 1), 0.5), _soft(labels), wide)
    noise = tf.image.resize(draws.uniform((batch, 16, 16, 1), -1.0, 1.0), size)
    threshold = 0.5 + draws.uniform((batch, 1, 1, 1), -0.3, 0.3) + 0.35 * noise * draws.uniform((batch, 1, 1, 1))
    return tf.sigmoid((soft - threshold) * draws.uniform((batch, 1, 1, 1), 5.0, 20.0))[..., 0]


def _soft(labels: tf.Tensor) -> tf.Tensor:
    """(B, H, W, 1): the person's mask averaged over 3 x 3."""
    return tf.nn.avg_pool2d(tf.cast(labels > 0, tf.float32)[..., None], 3, 1, "SAME")
