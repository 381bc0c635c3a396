"""Procedural pictures: blotches, stripes and checks, and rooms of rectangles. All batched, in [0, 1]."""

from __future__ import annotations

import math

import tensorflow as tf

from tf_tryon.annotation.draws import Draws

Size = tuple[int, int]  # height, width


def grid(size: Size) -> tuple[tf.Tensor, tf.Tensor]:
    """y (1, H, 1) in [-1, 1] and x (1, 1, W) in the same unit, half of the height."""
    y, x = ((2 * tf.range(side, dtype=tf.float32) + 1 - side) / size[0] for side in size)
    return y[None, :, None], x[None, None, :]


def blotches(draws: Draws, batch: int, size: Size, channels: int) -> tf.Tensor:
    """(B, H, W, channels): smooth noise of three grains, about [0, 1]."""
    total = 0.5
    for cells, weight in ((4, 0.5), (12, 0.3), (40, 0.15)):
        noise = draws.uniform((batch, cells, cells, channels), -1.0, 1.0)
        total += weight * draws.uniform((batch, 1, 1, 1)) * tf.image.resize(noise, size)
    return tf.clip_by_value(total, 0.0, 1.0)


def stripes(draws: Draws, batch: int, size: Size) -> tf.Tensor:
    """(B, H, W) in [-1, 1]: stripes or checks of any direction, soft or hard."""
    y, x = grid(size)

    def waves() -> tf.Tensor:
        angle = draws.uniform((batch, 1, 1), 0.0, math.pi)
        rate = tf.exp(draws.uniform((batch, 1, 1), math.log(4.0), math.log(60.0)))
        phase = draws.uniform((batch, 1, 1), 0.0, 2 * math.pi)
        return tf.sin((x * tf.cos(angle) + y * tf.sin(angle)) * rate + phase)

    first, second = waves(), waves()
    pattern = tf.where(draws.chance((batch, 1, 1), 0.4), first * second, first)
    return tf.clip_by_value(pattern * draws.uniform((batch, 1, 1), 1.0, 6.0), -1.0, 1.0)


def rectangle(draws: Draws, batch: int, size: Size, smallest: float, largest: float) -> tf.Tensor:
    """(B, H, W) bool: a turned rectangle or, as often, an ellipse, half axes in these limits."""
    y, x = grid(size)
    centre = draws.uniform((batch, 2, 1, 1), -1.1, 1.1) * tf.reshape([1.0, size[1] / size[0]], (2, 1, 1))
    angle = draws.uniform((batch, 1, 1), 0.0, math.pi)
    angle = tf.where(draws.chance((batch, 1, 1), 0.6), 0.0, angle)
    half = draws.uniform((batch, 2, 1, 1), smallest, largest)
    u = ((x - centre[:, 0]) * tf.cos(angle) + (y - centre[:, 1]) * tf.sin(angle)) / half[:, 0]
    v = ((y - centre[:, 1]) * tf.cos(angle) - (x - centre[:, 0]) * tf.sin(angle)) / half[:, 1]
    box = (tf.abs(u) < 1) & (tf.abs(v) < 1)
    return tf.where(draws.chance((batch, 1, 1), 0.6), box, u * u + v * v < 1)


def room(draws: Draws, batch: int, size: Size) -> tf.Tensor:
    """(B, H, W, 3): wall and floor of blotched colours, with planks, and things of one colour before them."""
    y, _ = grid(size)
    colours = draws.uniform((batch, 2, 1, 1, 3))
    horizon = draws.uniform((batch, 1, 1), -0.4, 1.6)
    floor = tf.cast(y > horizon, tf.float32)[..., None] * tf.ones((1, 1, size[1], 1))
    picture = colours[:, 0] * (1 - floor) + colours[:, 1] * floor
    grey = tf.reduce_mean(picture, axis=-1, keepdims=True)
    chroma = draws.uniform((batch, 1, 1, 1))
    picture = grey + (picture - grey) * chroma + 0.7 * (blotches(draws, batch, size, 3) - 0.5)
    strength = tf.maximum(draws.uniform((batch, 1, 1, 1), -0.3, 0.3), 0.0)
    picture += strength * stripes(draws, batch, size)[..., None] * draws.uniform((batch, 1, 1, 3), 0.3, 1.0)
    for _ in range(5):
        there = rectangle(draws, batch, size, 0.05, 0.7) & draws.chance((batch, 1, 1), 0.6)
        shade = draws.uniform((batch, 1, 1, 1), 0.7, 1.3)
        picture = tf.where(there[..., None], draws.uniform((batch, 1, 1, 3)) * shade, picture)
    return tf.clip_by_value(picture, 0.0, 1.0)
