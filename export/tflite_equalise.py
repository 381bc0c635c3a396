"""Factors that make a generator's channels alike in size, so that one scale of 256 steps serves them all.

Instance norm doesn't care by what its input's channels are multiplied, and LeakyReLU commutes with positive factors.
So the channels of every map that is normalised, or that is concatenated with the inputs, can be divided by their size
in the calibration people: out of the convolutions that make the map, into those that read it (Nagel et al.,
Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019). A normalised channel is as large as
its peak: a keypoint's square reaches 26 standard deviations, a class's area 3. What a norm gives is divided by the
root of the peak, which shares the range between the map and the kernel behind it. The float result stays the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_tryon.export import tflite_graph
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.eight_bits import LEAST_VARIANCE
from tf_tryon.layers.normalization import InstanceNormalization
from tf_tryon.layers.spectral_norm import SpectralNormalization
from tf_tryon.models.contract import Networks
from tf_tryon.models.generator import ATTENTION_AFTER, SKIP_FROM

# Root mean square of a map that is concatenated with the inputs, which lie in [-1, 1]: both then fill the scale.
_BESIDE_INPUTS = 0.25
_SMALLEST = 1e-3  # of a channel's size: a dead one isn't blown up
_CODE_QUANTILE = 0.998  # of a code's size; what lies beyond is clipped by the int8 input


def scale_codes(networks: Networks, codes: np.ndarray) -> np.ndarray:
    """Makes [-1, 1] the range of the prepared networks' codes, from (n, channels) codes of calibration people.

    Returns:
      (channels,) float32, what a unit of the new codes is worth.
    """
    scale = np.maximum(np.quantile(np.abs(codes), _CODE_QUANTILE, axis=0), _SMALLEST).astype(np.float32)
    net = networks.generator
    inputs = int(convolution_of(net.blocks[0].shortcut).kernel.shape[2])  # end with the codes
    readers = [(net.blocks[0].conv_1, inputs), (net.blocks[0].shortcut, inputs)]
    for index, up in enumerate(net.ups):
        if net.spade:
            readers += [(up.norm_1.shared, inputs), (up.norm_2.shared, inputs)]
        if net.skips and index >= SKIP_FROM:
            readers.append((up.shortcut, net.ups[index - 1].filters + inputs))
        if net.skips and index in net.outputs_at:
            readers.append((net.outputs_at[index].conv, up.filters + inputs))
    for layer, end in readers:
        _rescale_input(layer, scale, end - len(scale))
    encoder, own = networks.context_encoder, np.concatenate([scale, np.ones_like(scale)])
    if encoder.cells is None:
        for layer in (encoder.head.conv_2, encoder.head.shortcut):
            _rescale_output(layer, 1 / own)
    else:
        _multiply(encoder.cells.code.kernel, scale[:, None])
        _multiply(encoder.cells.head.kernel, 1 / own)
        _multiply(encoder.cells.head.bias, 1 / own)
    return scale


def equalise(networks: Networks, people: Iterable[dict[str, np.ndarray]]) -> None:
    """Rescales the generator's maps from `given` and `codes` (laid, scaled) of calibration people."""
    sizes, peaks = _measured(networks, people)
    net = networks.generator
    for index, up in enumerate(net.ups):
        _rescale_output(up.conv, 1 / sizes[f"norm_2 {index}"])
        for norm, name, reader in ((up.norm_1, "norm_1", up.conv), (up.norm_2, "norm_2", up.up)):
            factors = np.sqrt(peaks[f"{name} {index}"])
            _rescale_norm(norm, 1 / factors)
            _rescale_input(reader, factors)
        makers = [up.up, up.shortcut]
        if net.fill is not None and index + 1 == ATTENTION_AFTER:
            makers = [net.fill.fusion.conv_2, net.fill.fusion.shortcut]
        last = index + 1 == len(net.ups)
        readers = [] if last else [net.ups[index + 1].shortcut]
        if index in net.outputs_at:
            readers.append(net.outputs_at[index].conv)
        size = sizes["output" if last else f"norm_1 {index + 1}"][: up.filters] / _BESIDE_INPUTS
        for layer in makers:
            _rescale_output(layer, 1 / size)
        for layer in readers:
            _rescale_input(layer, size)


def convolution_of(layer: Any) -> Convolution:
    """The layer without its spectral norm."""
    return layer.layer if isinstance(layer, SpectralNormalization) else layer


def _rescale_input(layer: Any, factors: np.ndarray, start: int = 0) -> None:
    """Multiplies what a convolution's kernel makes of its input channels from `start` on."""
    plain = convolution_of(layer)
    axis = 3 if plain.transposed else 2
    whole = np.ones(plain.kernel.shape[axis], np.float32)
    whole[start : start + len(factors)] = factors
    _multiply(plain.kernel, whole if axis == 3 else whole[:, None])


def _rescale_output(layer: Any, factors: np.ndarray) -> None:
    """Multiplies a convolution's output channels."""
    plain = convolution_of(layer)
    _multiply(plain.kernel, factors[:, None] if plain.transposed else factors)
    if plain.offset is not None:
        _multiply(plain.offset, factors)


def _rescale_norm(norm: Any, factors: np.ndarray) -> None:
    """Multiplies a norm's output channels."""
    norm.eight_bits.factors = factors.astype(np.float32)
    if isinstance(norm, InstanceNormalization):
        _multiply(norm.beta, factors)
    else:
        shifts = np.concatenate([np.ones_like(factors), factors])
        _multiply(norm.modulation.kernel, shifts)
        _multiply(norm.modulation.offset, shifts)


def _multiply(variable: Any, factors: np.ndarray) -> None:
    variable.assign(tf.convert_to_tensor(variable) * factors.astype(np.float32))


def _measured(
    networks: Networks, people: Iterable[dict[str, np.ndarray]]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Root mean square, and peak in standard deviations (of the average person), of each channel of these inputs.

    "norm_1 i" and "norm_2 i" are those of the norms of UpBlock i, "output" that of the last output.
    """
    net = networks.generator
    watched: dict[str, keras.layers.Layer] = {
        f"{name} {index}": getattr(up, name) for index, up in enumerate(net.ups) for name in ("norm_1", "norm_2")
    }
    watched["output"] = net.outputs_at[len(net.ups) - 1]

    def generate(given: tf.Tensor, codes: tf.Tensor) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
        seen: dict[str, tuple[tf.Tensor, tf.Tensor]] = {}

        def watch(name: str, x: tf.Tensor) -> None:
            centred = x - tf.reduce_mean(x, axis=[0, 1, 2])
            deviation = tf.sqrt(tf.reduce_mean(tf.square(centred), axis=[0, 1, 2]) + LEAST_VARIANCE)
            peak = tf.reduce_max(tf.abs(centred), axis=[0, 1, 2]) / deviation
            seen[name] = tf.reduce_mean(tf.square(x), axis=[0, 1, 2]), peak

        with _watching(watched, watch):
            tflite_graph.generate(networks, given, codes)
        return seen

    traced = tf.function(generate, autograph=False)
    measured = [traced(tf.constant(one["given"]), tf.constant(one["codes"])) for one in people]
    names = measured[0].keys()
    sizes = {name: np.sqrt(np.mean([one[name][0] for one in measured], axis=0)) for name in names}
    peaks = {name: np.mean([one[name][1] for one in measured], axis=0) for name in names}
    return ({k: np.maximum(v, _SMALLEST) for k, v in sizes.items()}, {k: np.maximum(v, 1.0) for k, v in peaks.items()})


@contextlib.contextmanager
def _watching(layers: dict[str, keras.layers.Layer], watch: Callable[[str, tf.Tensor], None]) -> Iterator[None]:
    """Inside, `watch(name, x)` is called with each first input of these layers."""

    def seen(name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        def call(x: tf.Tensor, *others: tf.Tensor) -> Any:
            watch(name, x)
            return own(x, *others)

        return call

    for name, layer in layers.items():
        layer.call = seen(name, layer.call)
    try:
        yield
    finally:
        for layer in layers.values():
            del layer.call
