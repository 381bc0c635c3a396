"""numpy arrays as TensorProto messages and back, without TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np

from tf_tryon.serving.messages import TensorProto

# TensorFlow's DataType numbers.
STRING = 7
_NUMBERS = {
    np.dtype(np.float32): 1, np.dtype(np.float64): 2, np.dtype(np.int32): 3, np.dtype(np.uint8): 4,
    np.dtype(np.int64): 9, np.dtype(bool): 10,
}  # fmt: skip
_DTYPES = {number: dtype for dtype, number in _NUMBERS.items()}
_LARGEST_FILLED = 1 << 24  # values that a message need not have sent: few bytes must not become gigabytes
# Where values are that don't come as raw bytes.
_FIELDS = {1: "float_val", 2: "double_val", 3: "int_val", 4: "int_val", 9: "int64_val", 10: "bool_val"}


def to_proto(array: np.ndarray) -> Any:
    """An array of numbers, booleans, or bytes and str (dtype object or S/U)."""
    proto = TensorProto()
    for side in array.shape:
        proto.tensor_shape.dim.add(size=side)
    if array.dtype.kind in "OSU":
        proto.dtype = STRING
        proto.string_val.extend(
            item if isinstance(item, bytes) else str(item).encode() for item in array.ravel().tolist()
        )
        return proto
    if array.dtype not in _NUMBERS:
        raise ValueError(f"arrays of {array.dtype} can't be sent: use {', '.join(str(d) for d in _NUMBERS)} or bytes")
    proto.dtype = _NUMBERS[array.dtype]
    proto.tensor_content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
    return proto


def from_proto(proto: Any) -> np.ndarray:
    """The array of a message; strings come as bytes in an object array.

    Raises:
      ValueError: the message is no such tensor, or its values don't fill its shape.
    """
    shape = tuple(dim.size for dim in proto.tensor_shape.dim)
    if proto.dtype == STRING:
        array = np.empty(len(proto.string_val), object)
        array[:] = list(proto.string_val)
        return _shaped(array, shape)
    if proto.dtype not in _DTYPES:
        raise ValueError(f"a tensor of TensorFlow's type {proto.dtype} is not supported")
    dtype = _DTYPES[proto.dtype]
    if proto.tensor_content:
        if len(proto.tensor_content) % dtype.itemsize:
            raise ValueError(f"{len(proto.tensor_content)} bytes are no whole number of {dtype} values")
        return _shaped(np.frombuffer(proto.tensor_content, dtype.newbyteorder("<")).astype(dtype), shape)
    values = list(getattr(proto, _FIELDS[proto.dtype]))
    try:
        return _shaped(np.array(values, dtype), shape)
    except OverflowError as error:
        raise ValueError(f"values beyond the range of {dtype}") from error


def _shaped(flat: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The values in their shape, as TensorFlow has it: the last of too few fills up; none are zeros, or no bytes."""
    if any(side < 0 for side in shape):
        raise ValueError(f"a tensor's shape can't have unknown sides: {list(shape)}")
    size = 1
    for side in shape:
        size *= side
    if len(flat) < size <= _LARGEST_FILLED:
        none = np.array([b""], object) if flat.dtype == object else np.zeros(1, flat.dtype)
        flat = np.concatenate([flat, np.repeat(flat[-1:] if len(flat) else none, size - len(flat))])
    if len(flat) != size:
        raise ValueError(f"{len(flat)} values don't fill the shape {list(shape)}")
    return flat.reshape(shape)
