"""ImageNet weights of VGG-16 and VGG-19, from Keras or from a file.

Files: Keras's ``*_notop.weights.h5`` (Keras 3) and the legacy ``vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5``.
"""

from __future__ import annotations

from pathlib import Path

import h5py
import keras
import numpy as np

from tf_tryon.errors import BadFileError

_URL = (
    "https://storage.googleapis.com/tensorflow/keras-applications/{0}/{0}_weights_tf_dim_ordering_tf_kernels_notop.h5"
)
BLOCKS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}  # convolutions of each block
_LARGEST = 1 << 24  # numbers in an array: the largest kernel of these networks without top has 2.4 million
Weights = dict[str, tuple[np.ndarray, np.ndarray]]


def load(network: str, path: str = "") -> Weights:
    """Kernels (3, 3, in, out) and biases (out,), float32, by Keras's layer names ("block1_conv1").

    Args:
      network: "vgg16" or "vgg19".
      path: a weights file; empty: Keras's ImageNet weights, downloaded at first use.

    Raises:
      FileNotFoundError, ValueError: the file or the download is missing or is another network's; says how to get one.
    """
    if path:
        return _from_file(network, Path(path))
    application = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}[network]
    try:
        model = application(include_top=False, weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception for a failed download
        raise FileNotFoundError(
            f"Keras could not get the ImageNet weights of {network} ({error}). Download {_URL.format(network)} "
            "elsewhere and give its path as config.loss.perceptual_weights, or set config.loss.perceptual='none'"
        ) from error
    return {layer.name: tuple(layer.get_weights()) for layer in model.layers if "conv" in layer.name}


def _from_file(network: str, path: Path) -> Weights:
    if not path.is_file():
        raise FileNotFoundError(
            f"config.loss.perceptual_weights: there is no file {path}. Get {_URL.format(network)}, "
            "or leave it empty for Keras to download it, or set config.loss.perceptual='none'"
        )
    arrays: dict[str, dict[int, np.ndarray]] = {}

    def visit(name: str, item: object) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        if item.size > _LARGEST or item.is_virtual or item.external or item.dtype.kind != "f":
            raise ValueError(f"{name} is no kernel or bias of such a network")
        group = item.parent
        layer = group.attrs.get("name")  # Keras 3: layers/conv2d_4/vars/{0,1}, the group is named after the layer
        if layer is None:  # legacy: block1_conv1/block1_conv1_W_1:0 or block1_conv1/block1_conv1/kernel:0
            layer = name.split("/")[-2] if "/" in name else name
        layer = layer.decode() if isinstance(layer, bytes) else str(layer)
        if layer.startswith("block"):
            arrays.setdefault(layer, {})[item.ndim] = np.asarray(item, np.float32)

    try:
        with h5py.File(path) as file:
            file.visititems(visit)
    except (OSError, ValueError, KeyError, RuntimeError, UnicodeDecodeError) as error:  # h5py's for damaged files
        message = f"config.loss.perceptual_weights: {path} can't be read ({error}): get {_URL.format(network)} again"
        raise BadFileError(message) from error
    names = [f"block{b}_conv{i}" for b, n in enumerate(BLOCKS[network], 1) for i in range(1, n + 1)]
    missing = [name for name in names if set(arrays.get(name, {})) != {1, 4}]
    extra = sorted(set(arrays) - set(names))
    if missing or extra:
        raise BadFileError(
            f"{path} is not a weights file of {network} without top: "
            + ", ".join([f"no {n}" for n in missing] + [f"unknown {n}" for n in extra])
            + ". Check config.loss.perceptual (vgg16 or vgg19) and perceptual_weights"
        )
    return {name: (arrays[name][4], arrays[name][1]) for name in names}
