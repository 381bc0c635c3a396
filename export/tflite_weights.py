"""Weights of a converted function in fewer bytes, widened to floats again by a DEQUANTIZE when the file is opened.

As halves where that loses nothing: a bundle's weights are halves, and its file is then exact. The converter's own
float16 rounds what isn't, and a class that flips at a garment's edge moves its box, and with it the whole texture.

Or, of kernels, as 8 bits with a scale for each output channel: a quarter of a float, rounded by 1 / 254 of the
channel's greatest weight at most. What is computed with them stays in floats, unlike in the converter's own int8.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_LEAST: Final = 256  # elements; smaller ones aren't worth an operator
_MAP: Final = 1 << 14  # elements of a constant that is halved whatever reads it: maps of zeros or ones
_OUTPUT_AXIS: Final = {  # of a kernel, by what reads it as its second input
    schema.BuiltinOperator.CONV_2D: 0,
    schema.BuiltinOperator.DEPTHWISE_CONV_2D: 3,
    schema.BuiltinOperator.TRANSPOSE_CONV: 0,
    schema.BuiltinOperator.FULLY_CONNECTED: 0,
}
_READERS: Final = (*_OUTPUT_AXIS, schema.BuiltinOperator.BATCH_MATMUL)
_VERSION: Final = 5  # of DEQUANTIZE, from which on it takes halves, and a scale for each channel


class _Stored(NamedTuple):
    """A weight's content in its narrow form."""

    content: bytes
    kind: int
    scale: np.ndarray | None = None
    axis: int = 0


def narrowed(content: bytes, eight_bits: bool = False) -> bytes:
    """The flatbuffer with its weights in their narrow form.

    Args:
      content: of one function, in floats.
      eight_bits: whether kernels are rounded to 8 bits; else nothing is rounded.
    """
    model = schema.ModelT.InitFromPackedBuf(content)
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.DEQUANTIZE
    code.version = _VERSION
    model.operatorCodes.append(code)
    known: dict[tuple[int, int | None], tuple[int, _Stored]] = {}
    replaced: set[int] = set()
    for graph in model.subgraphs:
        widened = []
        for index, axis in _weights(model, graph).items():
            tensor = graph.tensors[index]
            key = tensor.buffer, axis if eight_bits else None
            if key not in known:
                stored = _narrow(model, tensor, key[1])
                if stored is None:
                    continue
                model.buffers.append(_buffer(stored.content))
                known[key] = len(model.buffers) - 1, stored
            replaced.add(tensor.buffer)
            widened.append(_widened(graph, index, len(model.operatorCodes) - 1, *known[key]))
        graph.operators = [*widened, *graph.operators]
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    for buffer in replaced - used:
        model.buffers[buffer].data = None
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _weights(model: Any, graph: Any) -> dict[int, int | None]:
    """Tensors of a graph that are read as weights, with a kernel's output axis, and large constants."""
    axes: dict[int, int | None] = {}
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = max(code.builtinCode, code.deprecatedBuiltinCode)
        for place, index in enumerate(int(index) for index in operator.inputs):
            if index >= 0 and (kind in _READERS or np.prod(graph.tensors[index].shape) >= _MAP):
                axes.setdefault(index, _OUTPUT_AXIS.get(kind) if place == 1 else None)
    return {index: axis for index, axis in axes.items() if graph.tensors[index].type == schema.TensorType.FLOAT32}


def _narrow(model: Any, tensor: Any, axis: int | None) -> _Stored | None:
    """A constant's narrow form: 8 bits along a kernel's axis, halves if they hold it exactly, or None."""
    data = model.buffers[tensor.buffer].data
    if data is None or len(data) < 4 * _LEAST:
        return None
    values = np.frombuffer(bytes(data), np.float32)
    if axis is not None:
        kernel = values.reshape(tensor.shape)
        greatest = np.abs(kernel).max(tuple(other for other in range(kernel.ndim) if other != axis), keepdims=True)
        scale = np.where(greatest > 0, greatest / np.float32(127), np.float32(1))
        whole = np.rint(kernel / scale).astype(np.int8)
        return _Stored(whole.tobytes(), schema.TensorType.INT8, scale.ravel(), axis)
    half = values.astype(np.float16)
    if not np.array_equal(half.astype(np.float32), values):
        return None
    return _Stored(half.tobytes(), schema.TensorType.FLOAT16)


def _buffer(content: bytes) -> Any:
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(content, np.uint8)
    return buffer


def _widened(graph: Any, index: int, code: int, buffer: int, stored: _Stored) -> Any:
    """The operator that makes tensor `index` of a new one, which is narrow."""
    tensor = graph.tensors[index]
    narrow = schema.TensorT()
    narrow.shape, narrow.type, narrow.buffer, narrow.name = tensor.shape, stored.kind, buffer, tensor.name + b"_narrow"
    if stored.scale is not None:
        narrow.quantization = schema.QuantizationParametersT()
        narrow.quantization.scale = stored.scale
        narrow.quantization.zeroPoint = np.zeros(len(stored.scale), np.int64)
        narrow.quantization.quantizedDimension = stored.axis
    graph.tensors.append(narrow)
    tensor.buffer = 0
    operator = schema.OperatorT()
    operator.opcodeIndex = code
    operator.inputs, operator.outputs = [len(graph.tensors) - 1], [index]
    operator.builtinOptionsType = schema.BuiltinOptions.DequantizeOptions
    operator.builtinOptions = schema.DequantizeOptionsT()
    return operator
