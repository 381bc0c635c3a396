"""`Arrays` by numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def number(value: Any) -> Array:
    return np.float32(value)


def places(first: Array, last: Array) -> Array:
    return np.arange(int(first), int(last), dtype=np.int32)


def floats(values: Array) -> Array:
    return np.asarray(values, np.float32)


def like(values: Array, other: Array) -> Array:
    return np.asarray(values, other.dtype)


def whole(values: Array) -> Array:
    return np.asarray(values, np.int32)


floor, ceil, rounded, absolute, sine = np.floor, np.ceil, np.rint, np.abs, np.sin
smaller, larger, where = np.minimum, np.maximum, np.where


def total(values: Array, axis: int) -> Array:
    return values.sum(axis=axis, keepdims=True)


def take(values: Array, indices: Array, axis: int) -> Array:
    return np.take(values, indices, axis=axis)


def product(first: Array, second: Array) -> Array:
    return first @ second


def shaped(values: Array, shape: tuple[Any, ...]) -> Array:
    return values.reshape(shape)


def swapped(values: Array) -> Array:
    return values.transpose(1, 0, 2)


def size(values: Array) -> tuple[int, ...]:
    return values.shape


def one_hot(labels: Array, count: int, on: float = 1.0, off: float = 0.0) -> Array:
    return np.where(labels[..., None] == np.arange(count, dtype=labels.dtype), np.float32(on), np.float32(off))


def largest(values: Array) -> Array:
    return np.argmax(values, axis=-1).astype(np.uint8)


def to_bytes(values: Array) -> Array:
    return np.clip(np.floor(values + np.float32(0.5)), 0, 255).astype(np.uint8)


cut = np.clip


def highest(values: Array, axis: int) -> Array:
    return values.max(axis=axis)


def some(values: Array, axis: int) -> Array:
    return values.any(axis=axis)


def first(values: Array, axis: int) -> Array:
    return np.argmax(values, axis=axis).astype(np.int32)


def mean(values: Array, axes: tuple[int, ...]) -> Array:
    return values.mean(axis=axes, keepdims=True)


def stacked(values: list[Array], axis: int = -1) -> Array:
    return np.stack(values, axis=axis)


def joined(values: list[Array], axis: int = -1) -> Array:
    return np.concatenate(values, axis=axis)


def repeated(values: Array, count: Array) -> Array:
    return np.repeat(values, count, axis=0)


def turned(values: Array, axes: tuple[int, ...]) -> Array:
    return values.transpose(axes)


def around(values: Array) -> Array:
    sums = np.pad(values, ((0, 0), (1, 1), (1, 1), (0, 0)))
    sums = sums[:, :-2] + sums[:, 1:-1] + sums[:, 2:]
    sums = sums[:, :, :-2] + sums[:, :, 1:-1] + sums[:, :, 2:]
    rows, columns = (np.full(side, 3, np.float32) for side in values.shape[1:3])
    for counts in (rows, columns):
        counts[0] -= 1
        counts[-1] -= 1
    return sums / (rows[:, None] * columns)[..., None]


def halved(values: Array) -> Array:
    count, height, width, channels = values.shape
    return values.reshape(count, height // 2, 2, width // 2, 2, channels).mean((2, 4))
