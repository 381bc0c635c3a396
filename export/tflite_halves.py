"""Weights of a converted function as half precision where that loses nothing: the file is half as large, and exact.

A bundle's weights are halves. So are the kernels that a function applies as they are stored, while others (a kernel
summed for a doubled map) stay single. The converter's own float16 rounds them all; a class that flips at a garment's
edge then moves its box, and with it the whole texture.
"""

from __future__ import annotations

from typing import Any, Final

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_LEAST: Final = 256  # elements; smaller ones aren't worth an operator
_MAP: Final = 1 << 14  # elements of a constant that is halved whatever reads it: maps of zeros or ones
_READERS: Final = (
    schema.BuiltinOperator.CONV_2D,
    schema.BuiltinOperator.DEPTHWISE_CONV_2D,
    schema.BuiltinOperator.TRANSPOSE_CONV,
    schema.BuiltinOperator.FULLY_CONNECTED,
    schema.BuiltinOperator.BATCH_MATMUL,
)
_VERSION: Final = 3  # of DEQUANTIZE, from which on it takes halves


def halved(content: bytes) -> bytes:
    """The flatbuffer with each weight that halves can hold stored so, and widened again by a DEQUANTIZE."""
    model = schema.ModelT.InitFromPackedBuf(content)
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.DEQUANTIZE
    code.version = _VERSION
    model.operatorCodes.append(code)
    halves: dict[int, int] = {}  # buffers by those that they replace
    for graph in model.subgraphs:
        widened = [
            _widened(graph, index, len(model.operatorCodes) - 1, halves[graph.tensors[index].buffer])
            for index in _weights(model, graph)
            if _half(model, graph.tensors[index], halves)
        ]
        graph.operators = [*widened, *graph.operators]
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    for buffer in halves.keys() - used:
        model.buffers[buffer].data = None
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _weights(model: Any, graph: Any) -> list[int]:
    """Tensors of a graph that are read as weights, and large ones."""
    offsets: dict[int, None] = {}
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        weighs = max(code.builtinCode, code.deprecatedBuiltinCode) in _READERS
        inputs = [int(index) for index in operator.inputs if index >= 0]
        offsets |= dict.fromkeys(one for one in inputs if weighs or np.prod(graph.tensors[one].shape) >= _MAP)
    return [index for index in offsets if graph.tensors[index].type == schema.TensorType.FLOAT32]


def _half(model: Any, tensor: Any, halves: dict[int, int]) -> bool:
    """Whether a tensor is a constant that halves hold exactly; then `halves` has its buffer."""
    data = model.buffers[tensor.buffer].data
    if tensor.buffer in halves:
        return True
    if data is None or len(data) < 4 * _LEAST:
        return False
    values = np.frombuffer(bytes(data), np.float32)
    half = values.astype(np.float16)
    if not np.array_equal(half.astype(np.float32), values):
        return False
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(half.tobytes(), np.uint8)
    model.buffers.append(buffer)
    halves[tensor.buffer] = len(model.buffers) - 1
    return True


def _widened(graph: Any, index: int, code: int, buffer: int) -> Any:
    """The operator that makes tensor `index` of a new one of halves."""
    tensor = graph.tensors[index]
    half = schema.TensorT()
    half.shape, half.type, half.buffer, half.name = (
        tensor.shape,
        schema.TensorType.FLOAT16,
        buffer,
        tensor.name + b"_half",
    )
    graph.tensors.append(half)
    tensor.buffer = 0
    operator = schema.OperatorT()
    operator.opcodeIndex = code
    operator.inputs, operator.outputs = [len(graph.tensors) - 1], [index]
    operator.builtinOptionsType = schema.BuiltinOptions.DequantizeOptions
    operator.builtinOptions = schema.DequantizeOptionsT()
    return operator
