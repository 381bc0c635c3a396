"""What the geometry asks of an array library, so that one formula serves tensors and a phone's numpy.

`numpy_arrays` and `tensor_arrays` are the two libraries; each is a module with these functions. What numpy's own
functions are here takes its arrays by position only, as those do.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from tf_tryon.geometry import numpy_arrays

Array = Any  # a tensor or a numpy array; scalars are Python numbers or arrays of no dimension


class Arrays(Protocol):
    """Functions of an array library. Everything is float32, except where integers or labels are said."""

    def number(self, value: Any) -> Array:
        """A scalar as float32."""
        ...

    def places(self, first: Array, last: Array) -> Array:
        """The whole numbers first .. last - 1 of two float scalars, as (n,) int32."""
        ...

    def floats(self, values: Array) -> Array:
        """Any array as float32."""
        ...

    def like(self, values: Array, other: Array) -> Array:
        """Any array in another one's type."""
        ...

    def whole(self, values: Array) -> Array:
        """Floats that are whole numbers as int32."""
        ...

    def floor(self, values: Array, /) -> Array: ...

    def ceil(self, values: Array, /) -> Array: ...

    def rounded(self, values: Array, /) -> Array:
        """To the nearest whole number, halves to the even one."""
        ...

    def absolute(self, values: Array, /) -> Array: ...

    def sine(self, values: Array, /) -> Array: ...

    def smaller(self, first: Array, second: Array, /) -> Array: ...

    def larger(self, first: Array, second: Array, /) -> Array: ...

    def where(self, condition: Array, yes: Array, no: Array, /) -> Array: ...

    def total(self, values: Array, axis: int) -> Array:
        """Sum along an axis, which stays with length 1."""
        ...

    def take(self, values: Array, indices: Array, axis: int) -> Array:
        """Rows or columns by (n,) int32 indices."""
        ...

    def product(self, first: Array, second: Array) -> Array:
        """Matrix product of two matrices, or of two stacks of them."""
        ...

    def shaped(self, values: Array, shape: tuple[Any, ...]) -> Array: ...

    def swapped(self, values: Array) -> Array:
        """(a, b, c) -> (b, a, c)."""
        ...

    def size(self, values: Array) -> tuple[Any, ...]:
        """Lengths of all axes: numbers, or scalar tensors where a graph doesn't know them."""
        ...

    def one_hot(self, labels: Array, count: int, on: float = 1.0, off: float = 0.0) -> Array:
        """(...) whole numbers -> (..., count) float32; `off` alone for a label that is too large."""
        ...

    def largest(self, values: Array) -> Array:
        """Index of the last axis's largest value (the first of equal ones), as uint8."""
        ...

    def to_bytes(self, values: Array) -> Array:
        """To uint8: rounded, halves up, and clipped to 0..255."""
        ...

    def cut(self, values: Array, low: Array, high: Array, /) -> Array:
        """Clipped to low .. high."""
        ...

    def highest(self, values: Array, axis: int) -> Array:
        """Maximum along an axis."""
        ...

    def some(self, values: Array, axis: int) -> Array:
        """Whether any of the bool values along an axis is true."""
        ...

    def first(self, values: Array, axis: int) -> Array:
        """Index of the first true value along an axis, 0 if there is none; int32."""
        ...

    def mean(self, values: Array, axes: tuple[int, ...]) -> Array:
        """Mean over axes, which stay with length 1."""
        ...

    def stacked(self, values: list[Array], axis: int = -1) -> Array: ...

    def joined(self, values: list[Array], axis: int = -1) -> Array: ...

    def repeated(self, values: Array, count: Array) -> Array:
        """Each entry of the first axis `count` times."""
        ...

    def turned(self, values: Array, axes: tuple[int, ...], /) -> Array:
        """Axes in another order."""
        ...

    def around(self, values: Array) -> Array:
        """Means of the 3 by 3 squares around each pixel of (n, h, w, c); beyond the edge nothing counts."""
        ...

    def halved(self, values: Array) -> Array:
        """Means of the 2 by 2 squares of (n, h, w, c), of even sides."""
        ...


def library(values: Array) -> Arrays:
    """The library of what is given: numpy's for numpy arrays, else TensorFlow's, which is imported only then."""
    if isinstance(values, (np.ndarray, np.generic)):
        return numpy_arrays
    from tf_tryon.geometry import tensor_arrays

    return tensor_arrays
