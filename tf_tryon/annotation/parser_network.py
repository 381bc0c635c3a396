"""The built-in parsing network: a small U-Net from a photo, a person mask and keypoints to CIHP-20.

Ronneberger et al., U-Net, MICCAI 2015, with residual blocks and instance norm, which takes a photo's light and colour
cast away (Pan et al., Two at Once, ECCV 2018). The widest maps are of half size; full size has a thin head only.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.parser_inputs import CHANNELS
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.normalization import InstanceNormalization

LABELS = 20  # CIHP-20
_HE = 2.0  # kernels start as N(0, He / fan in)
_HEAD_INPUTS = 4  # RGB and mask, again, beside the full-size map


class ConvNorm(keras.layers.Layer):
    """Convolution, instance norm, ReLU."""

    def __init__(self, filters: int, rescale: str = "none", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.rescale = filters, rescale

    def build(self, input_shape: Any) -> None:
        self.conv = _convolution(input_shape, self.filters, 3, self.dtype_policy, rescale=self.rescale)
        self.norm = InstanceNormalization(dtype=self.dtype_policy, name="norm")
        self.norm.build((None, None, None, self.filters))
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return tf.nn.relu(self.norm(self.conv(inputs)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "rescale": self.rescale}


class Residual(keras.layers.Layer):
    """x + two ConvNorms of x."""

    def build(self, input_shape: Any) -> None:
        filters = int(input_shape[-1])
        self.first = ConvNorm(filters, dtype=self.dtype_policy, name="first")
        self.second = ConvNorm(filters, dtype=self.dtype_policy, name="second")
        for layer in (self.first, self.second):
            layer.build(input_shape)
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return inputs + self.second(self.first(inputs))


class ParserNetwork(keras.Model):
    """(B, H, W, 22) float32 -> logits (B, H, W, 20) float32; H and W are multiples of 16."""

    def __init__(self, widths: tuple[int, ...], head: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widths, self.head = tuple(widths), head

    def build(self, input_shape: Any) -> None:
        policy, batch = self.dtype_policy, input_shape[0]

        def made(layer: keras.layers.Layer, channels: int) -> Any:
            layer.build((batch, None, None, channels))
            return layer

        before = (CHANNELS, *self.widths[:-1])
        self.downs = [
            made(ConvNorm(width, "down", dtype=policy, name=f"down_{i}"), channels)
            for i, (channels, width) in enumerate(zip(before, self.widths, strict=True))
        ]
        self.blocks = [made(Residual(dtype=policy, name=f"block_{i}"), width) for i, width in enumerate(self.widths)]
        below = list(zip(self.widths[1:], self.widths[:-1], strict=True))[::-1]  # (from below, here), deepest first
        self.ups = [
            made(ConvNorm(here, "up", dtype=policy, name=f"up_{i}"), under) for i, (under, here) in enumerate(below)
        ]
        self.joins = [
            made(ConvNorm(here, dtype=policy, name=f"join_{i}"), 2 * here) for i, (_, here) in enumerate(below)
        ]
        self.up_blocks = [made(Residual(dtype=policy, name=f"up_block_{i}"), here) for i, (_, here) in enumerate(below)]
        self.widen = made(ConvNorm(self.head, "up", dtype=policy, name="widen"), self.widths[0])
        self.sharpen = made(ConvNorm(self.head, dtype=policy, name="sharpen"), self.head + _HEAD_INPUTS)
        self.logits = _convolution((batch, None, None, self.head), LABELS, 1, policy, bias=True, name="logits")
        self.built = True

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        inputs = tf.cast(inputs, self.compute_dtype)
        x, maps = inputs, []
        for down, block in zip(self.downs, self.blocks, strict=True):
            x = block(down(x))
            maps.append(x)
        for up, join, block, skip in zip(self.ups, self.joins, self.up_blocks, maps[-2::-1], strict=True):
            x = block(join(tf.concat([up(x), skip], axis=-1)))
        x = tf.concat([self.widen(x), inputs[..., :_HEAD_INPUTS]], axis=-1)
        return tf.cast(self.logits(self.sharpen(x)), tf.float32)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "widths": self.widths, "head": self.head}


def build_parser(config: ConfigDict, precision: str = "float32") -> ParserNetwork:
    """The network of a configuration, its weights fresh."""
    network = ParserNetwork(tuple(config.model.widths), config.model.head, dtype=precision, name="parser")
    network.build((None, config.model.size, config.model.size, CHANNELS))
    return network


def _convolution(shape: Any, filters: int, size: int, policy: Any, **options: Any) -> Convolution:
    init_std = (_HE / (size * size * int(shape[-1]))) ** 0.5
    layer = Convolution(filters, size, init_std=init_std, dtype=policy, **{"name": "conv", **options})
    layer.build(shape)
    return layer
