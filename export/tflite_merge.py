"""Several one-function TFLite models as one file, with a named signature for each."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

_IDENTIFIER = b"TFL3"
_RUNTIME = b"min_runtime_version"


@dataclasses.dataclass(frozen=True)
class Part:
    """A converted function: its flatbuffer, and the names of its inputs and outputs in the flatbuffer's order."""

    content: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def merge(parts: dict[str, Part], description: str) -> bytes:
    """One flatbuffer; `parts` by the signature's name."""
    whole = schema.ModelT()
    whole.version, whole.description = 3, description
    whole.buffers, whole.operatorCodes, whole.subgraphs, whole.signatureDefs, whole.metadata = [], [], [], [], []
    empty = schema.BufferT()
    whole.buffers.append(empty)  # by the schema's rule buffer 0 is the empty one
    known: dict[bytes, int] = {}
    for name, part in parts.items():
        model = schema.ModelT.InitFromPackedBuf(part.content)
        codes, graphs = len(whole.operatorCodes), len(whole.subgraphs)
        places = [_place(buffer, whole.buffers, known) for buffer in model.buffers]
        whole.operatorCodes += model.operatorCodes
        for graph in model.subgraphs:
            for tensor in graph.tensors:
                tensor.buffer = places[tensor.buffer]
            for operator in graph.operators:
                operator.opcodeIndex += codes
                if isinstance(operator.builtinOptions, schema.WhileOptionsT):
                    operator.builtinOptions.condSubgraphIndex += graphs
                    operator.builtinOptions.bodySubgraphIndex += graphs
        graph = model.subgraphs[0]  # the function; those of its loops follow
        graph.name = name
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = name, graphs
        signature.inputs = _named(part.inputs, graph.inputs)
        signature.outputs = _named(part.outputs, graph.outputs)
        whole.subgraphs += model.subgraphs
        whole.signatureDefs.append(signature)
        for entry in model.metadata or []:
            if _name(entry.name) == _RUNTIME.decode() and not whole.metadata:
                kept = copy.copy(entry)
                kept.buffer = places[kept.buffer]
                whole.metadata.append(kept)
    builder = flatbuffers.Builder(1024)
    builder.Finish(whole.Pack(builder), file_identifier=_IDENTIFIER)
    return bytes(builder.Output())


def _place(buffer: Any, buffers: list[Any], known: dict[bytes, int]) -> int:
    """Where a buffer stands among `buffers`, to which it is added unless one of the same content is there."""
    content = b"" if buffer.data is None else bytes(buffer.data)
    if not content:
        buffers.append(buffer)
        return len(buffers) - 1
    if content not in known:
        known[content] = len(buffers)
        buffers.append(buffer)
    return known[content]


def order(content: bytes) -> tuple[list[tuple[str, tuple[int, ...]]], list[tuple[str, tuple[int, ...]]]]:
    """(name, shape) of a one-function flatbuffer's input and output tensors."""
    graph = schema.ModelT.InitFromPackedBuf(content).subgraphs[0]

    def described(indices: Any) -> list[tuple[str, tuple[int, ...]]]:
        return [(_name(graph.tensors[i].name), tuple(int(side) for side in graph.tensors[i].shape)) for i in indices]

    return described(graph.inputs), described(graph.outputs)


def _named(names: tuple[str, ...], indices: Any) -> list[Any]:
    maps = []
    for name, index in zip(names, indices, strict=True):
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name, int(index)
        maps.append(entry)
    return maps


def _name(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
