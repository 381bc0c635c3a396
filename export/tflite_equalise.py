"""Factors that make a generator's channels alike in size, so that one scale of 256 steps serves them all.

Instance norm doesn't care by what its input's channels are multiplied, and LeakyReLU commutes with positive factors.
So the channels of every map that is normalised, or that is concatenated with the inputs, can be divided by their size
in the calibration people: out of the convolutions that make the map, into those that read it (Nagel et al.,
Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019). A normalised channel is as large as
its peak: a keypoint's square reaches 26 standard deviations, a class's area 3. What a norm gives is divided by the
root of the peak, which shares the range between the map and the kernel behind it. The float result stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tf_tryon.export.tflite_graph import LEAST_VARIANCE, ShapeGraph, convolution_of
from tf_tryon.models.generator import ATTENTION_AFTER, SKIP_FROM

# Root mean square of a map that is concatenated with the inputs, which lie in [-1, 1]: both then fill the scale.
_BESIDE_INPUTS = 0.25
_SMALLEST = 1e-3  # of a channel's size: a dead one isn't blown up
_CODE_QUANTILE = 0.998  # of a code's size; what lies beyond is clipped by the int8 input


def scale_codes(graph: ShapeGraph, codes: np.ndarray) -> None:
    """Makes [-1, 1] the range of the graph's codes, from (n, channels) codes of calibration people."""
    graph.code_scale = np.maximum(np.quantile(np.abs(codes), _CODE_QUANTILE, axis=0), _SMALLEST).astype(np.float32)
    net, scale = graph.networks.generator, graph.code_scale
    inputs = convolution_of(net.blocks[0].shortcut).kernel.shape[2]  # end with the codes
    readers = [(net.blocks[0].conv_1, inputs), (net.blocks[0].shortcut, inputs)]
    for index, up in enumerate(net.ups):
        if net.spade:
            readers += [(up.norm_1.shared, inputs), (up.norm_2.shared, inputs)]
        if net.skips and index >= SKIP_FROM:
            readers.append((up.shortcut, net.ups[index - 1].filters + inputs))
        if net.skips and index in net.outputs_at:
            readers.append((net.outputs_at[index].conv, up.filters + inputs))
    for layer, end in readers:
        graph.rescale_input(layer, scale, end - len(scale))


def equalise(graph: ShapeGraph, people: Iterable[dict[str, np.ndarray]]) -> None:
    """Sets the factors of the generator's maps from `given` and `codes` (laid, scaled) of calibration people."""
    sizes, peaks = _measured(graph, people)
    net = graph.networks.generator
    for index, up in enumerate(net.ups):
        graph.rescale_output(up.conv, 1 / sizes[f"norm_2 {index}"])
        for norm, name, reader in ((up.norm_1, "norm_1", up.conv), (up.norm_2, "norm_2", up.up)):
            factors = np.sqrt(peaks[f"{name} {index}"])
            graph.rescale_norm(norm, 1 / factors)
            graph.rescale_input(reader, factors)
        makers = [up.up, up.shortcut]
        if net.fill is not None and index + 1 == ATTENTION_AFTER:
            makers = [net.fill.fusion.conv_2, net.fill.fusion.shortcut]
        readers = [net.ups[index + 1].shortcut] if index + 1 < len(net.ups) else []
        if index in net.outputs_at:
            readers.append(net.outputs_at[index].conv)
        size = sizes[f"up {index}"] / _BESIDE_INPUTS
        for layer in makers:
            graph.rescale_output(layer, 1 / size)
        for layer in readers:
            graph.rescale_input(layer, size)


def _measured(
    graph: ShapeGraph, people: Iterable[dict[str, np.ndarray]]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Root mean square, and peak in standard deviations (of the average person), of each watched map's channels."""

    def generate(given: tf.Tensor, codes: tf.Tensor) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
        seen: dict[str, tuple[tf.Tensor, tf.Tensor]] = {}

        def watch(name: str, x: tf.Tensor) -> None:
            centred = x - tf.reduce_mean(x, axis=[0, 1, 2])
            deviation = tf.sqrt(tf.reduce_mean(tf.square(centred), axis=[0, 1, 2]) + LEAST_VARIANCE)
            peak = tf.reduce_max(tf.abs(centred), axis=[0, 1, 2]) / deviation
            seen[name] = tf.reduce_mean(tf.square(x), axis=[0, 1, 2]), peak

        graph.watch = watch
        graph.generate(given, codes)
        return seen

    traced = tf.function(generate, autograph=False)
    found = [traced(tf.constant(one["given"]), tf.constant(one["codes"])) for one in people]
    graph.watch = lambda name, x: None
    names = found[0].keys()
    sizes = {name: np.sqrt(np.mean([one[name][0] for one in found], axis=0)) for name in names}
    peaks = {name: np.mean([one[name][1] for one in found], axis=0) for name in names}
    return ({k: np.maximum(v, _SMALLEST) for k, v in sizes.items()}, {k: np.maximum(v, 1.0) for k, v in peaks.items()})
