"""Weights of ImageNet: read without PyTorch, and nothing else is."""

import hashlib
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from tf_tryon.annotation import imagenet


class _Storage:
    """What PyTorch's files name by a persistent id."""

    def __init__(self, key: str) -> None:
        self.key = key


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return ("storage", "FloatStorage", obj.key, "cpu", 0) if isinstance(obj, _Storage) else None


class _Tensor:
    def __init__(self, key: str, shape: tuple[int, ...]) -> None:
        self.key, self.shape = key, shape

    def __reduce__(self):
        strides = tuple(int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape)))
        return imagenet_rebuild, (_Storage(self.key), 0, self.shape, strides)


def imagenet_rebuild(*_):
    raise AssertionError("a pickle's function was run")


imagenet_rebuild.__name__ = imagenet_rebuild.__qualname__ = "_rebuild_tensor_v2"
globals()["_rebuild_tensor_v2"] = imagenet_rebuild


def _file(path, tensors: dict[str, np.ndarray]) -> None:
    with path.open("wb") as file:
        for header in (1, 1001, {}):
            pickle.dump(header, file, protocol=2)
        named = OrderedDict((name, _Tensor(name, array.shape)) for name, array in tensors.items())
        _Pickler(file, protocol=2).dump(named)
        pickle.dump(list(tensors), file, protocol=2)
        for array in tensors.values():
            file.write(struct.pack("<q", array.size) + array.astype("<f4").tobytes())


def _layer(rng, name: str, norm: str, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    arrays = {f"{name}.weight": rng.normal(size=shape)}
    for part in ("weight", "bias", "running_mean", "running_var"):
        arrays[f"{norm}.{part}"] = rng.uniform(0.5, 1.5, shape[:1])
    return {key: value.astype(np.float32) for key, value in arrays.items()}


def test_batch_norms_become_factors_and_offsets(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    tensors = {
        **_layer(rng, "_conv_stem", "_bn0", (4, 3, 3, 3)),
        **_layer(rng, "_blocks.0._depthwise_conv", "_blocks.0._bn1", (4, 1, 3, 3)),
        **_layer(rng, "_blocks.0._project_conv", "_blocks.0._bn2", (2, 4, 1, 1)),
    }
    path = tmp_path / "weights.pth"
    _file(path, tensors)
    monkeypatch.setattr(imagenet, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    actual = imagenet.read_encoder(path)
    assert {name: array.shape for name, array in actual.items() if name.endswith("kernel")} == {
        "encoder/stem/kernel": (3, 3, 3, 4),
        "encoder/blocks/0/depthwise/kernel": (3, 3, 4, 1),
        "encoder/blocks/0/project/kernel": (1, 1, 4, 2),
    }
    x = rng.normal(size=(3, 3, 3))
    plain = np.einsum("oiyx,yxi->o", tensors["_conv_stem.weight"], x)
    spread = np.sqrt(tensors["_bn0.running_var"] + 1e-3)
    normed = (plain - tensors["_bn0.running_mean"]) / spread * tensors["_bn0.weight"] + tensors["_bn0.bias"]
    ours = np.einsum("yxio,yxi->o", actual["encoder/stem/kernel"], x)
    np.testing.assert_allclose(
        ours * actual["encoder/stem/scale"] + actual["encoder/stem/offset"], normed, rtol=1e-4, atol=1e-5
    )


def test_another_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "weights.pth"
    with pytest.raises(FileNotFoundError, match=r"weights\.pth"):
        imagenet.read_encoder(path)
    path.write_bytes(b"".join(pickle.dumps(item, protocol=2) for item in (1, 2, 3, print)))
    with pytest.raises(ValueError, match="SHA-256"):
        imagenet.read_encoder(path)
    monkeypatch.setattr(imagenet, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(ValueError, match="asks for"):
        imagenet.read_encoder(path)
