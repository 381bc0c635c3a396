"""`Arrays` by TensorFlow, eagerly or in a graph of unknown sizes."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

Array = Any


def number(value: Any) -> Array:
    return tf.cast(value, tf.float32)


def places(first: Array, last: Array) -> Array:
    return tf.range(tf.cast(first, tf.int32), tf.cast(last, tf.int32))


def floats(values: Array) -> Array:
    return tf.cast(values, tf.float32)


def like(values: Array, other: Array) -> Array:
    return tf.cast(values, other.dtype)


def whole(values: Array) -> Array:
    return tf.cast(values, tf.int32)


floor, ceil, rounded, absolute, sine = tf.floor, tf.math.ceil, tf.round, tf.abs, tf.sin
smaller, larger, where = tf.minimum, tf.maximum, tf.where


def total(values: Array, axis: int) -> Array:
    return tf.reduce_sum(values, axis=axis, keepdims=True)


def take(values: Array, indices: Array, axis: int) -> Array:
    return tf.gather(values, indices, axis=axis)


def product(first: Array, second: Array) -> Array:
    return tf.matmul(first, second)


def shaped(values: Array, shape: tuple[Any, ...]) -> Array:
    return tf.reshape(values, shape)


def swapped(values: Array) -> Array:
    return tf.transpose(values, (1, 0, 2))


def size(values: Array) -> tuple[Any, ...]:
    known, dynamic = values.shape, tf.shape(values)
    return tuple(dynamic[axis] if length is None else length for axis, length in enumerate(known))


def one_hot(labels: Array, count: int, on: float = 1.0, off: float = 0.0) -> Array:
    whole = tf.cast(labels, tf.int32)  # TFLite has no one-hot of bytes
    return tf.one_hot(whole, count, on_value=on, off_value=off)


def largest(values: Array) -> Array:
    return tf.cast(tf.argmax(values, axis=-1), tf.uint8)


def to_bytes(values: Array) -> Array:
    return tf.cast(tf.clip_by_value(tf.floor(values + 0.5), 0, 255), tf.uint8)


cut, turned = tf.clip_by_value, tf.transpose


def repeated(values: Array, count: Array) -> Array:
    return tf.repeat(values, count, axis=0)


def highest(values: Array, axis: int) -> Array:
    return tf.reduce_max(values, axis=axis)


def some(values: Array, axis: int) -> Array:
    return tf.reduce_any(values, axis=axis)


def first(values: Array, axis: int) -> Array:
    return tf.argmax(tf.cast(values, tf.int32), axis=axis, output_type=tf.int32)


def mean(values: Array, axes: tuple[int, ...]) -> Array:
    return tf.reduce_mean(values, axis=axes, keepdims=True)


def stacked(values: list[Array], axis: int = -1) -> Array:
    return tf.stack(values, axis=axis)


def joined(values: list[Array], axis: int = -1) -> Array:
    return tf.concat(values, axis=axis)


def around(values: Array) -> Array:
    return tf.nn.avg_pool2d(values, 3, 1, "SAME")


def halved(values: Array) -> Array:
    return tf.nn.avg_pool2d(values, 2, 2, "VALID")
