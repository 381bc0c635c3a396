"""The built-in parsing network: from a photo, a person mask and keypoints to CIHP-20.

A U-Net (Ronneberger et al., MICCAI 2015) with EfficientNet-Lite0 on its way down and residual blocks with instance norm
on its way up. Mask and keypoints enter at a quarter of the resolution, on both ways. The last map is of half size.
"""

from __future__ import annotations

from typing import Any, Final

import keras
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.parser_encoder import BLOCKS, WIDTHS, Encoder
from tf_tryon.annotation.parser_inputs import POSE_CHANNELS
from tf_tryon.layers import compat, seeds
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.normalization import InstanceNormalization

LABELS: Final = 20  # CIHP-20
STRIDE: Final = 32  # height and width of the input are multiples of it
_HE: Final = 2.0  # kernels start as N(0, He / fan in)


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
    """picture (B, H, W, 3) in [-1, 1] and pose (B, H / 4, W / 4, 19) -> logits (B, H / 2, W / 2, 20) float32.

    H and W are multiples of `STRIDE`.

    Args:
      widths: channels on the way up, at 1/16, 1/8, 1/4 and 1/2.
      blocks: of each of the encoder's stages.
    """

    def __init__(self, widths: tuple[int, ...], blocks: tuple[int, ...] = BLOCKS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widths, self.encoder_blocks = tuple(widths), tuple(blocks)

    def build(self, input_shape: Any) -> None:
        policy = self.dtype_policy

        def made(layer: keras.layers.Layer, channels: int) -> Any:
            layer.build((None, None, None, channels))
            return layer

        # Depthwise convolutions' gradients are slower in bfloat16 than in float32 on processors.
        self.encoder = Encoder(self.encoder_blocks, dtype="float32", name="encoder")
        self.encoder.build((None, None, None, 3))
        self.hint = _convolution((None, None, None, POSE_CHANNELS), WIDTHS[1], 3, policy, bias=True, name="hint")
        skips = WIDTHS[-2::-1]  # at 1/16, 1/8, 1/4, 1/2
        below = (WIDTHS[-1], *self.widths[:-1])
        pose = (0, POSE_CHANNELS, POSE_CHANNELS, 0)
        levels = list(enumerate(zip(self.widths, below, skips, pose, strict=True)))
        self.ups = [made(ConvNorm(w, "up", dtype=policy, name=f"up_{i}"), b) for i, (w, b, _, _) in levels]
        self.joins = [
            made(ConvNorm(w, dtype=policy, name=f"join_{i}"), w + skip + pose) for i, (w, _, skip, pose) in levels
        ]
        self.blocks = [made(Residual(dtype=policy, name=f"block_{i}"), w) for i, (w, *_) in levels[:-1]]
        self.last = made(ConvNorm(self.widths[-1], dtype=policy, name="last"), self.widths[-1])
        self.logits = _convolution((None, None, None, self.widths[-1]), LABELS, 1, policy, bias=True, name="logits")
        compat.mark_built(self, input_shape)

    def call(self, inputs: tuple[tf.Tensor, tf.Tensor], training: bool = False) -> tf.Tensor:
        picture, pose = inputs
        pose = tf.cast(pose, self.compute_dtype)
        *skips, x = self.encoder(picture, self.hint(pose))
        x, poses = tf.cast(x, self.compute_dtype), (None, tf.nn.avg_pool2d(pose, 2, 2, "SAME"), pose, None)
        for i, (skip, extra) in enumerate(zip(skips[::-1], poses, strict=True)):
            parts = [self.ups[i](x), tf.cast(skip, self.compute_dtype), *([] if extra is None else [extra])]
            x = self.joins[i](tf.concat(parts, axis=-1))
            x = self.blocks[i](x) if i < len(self.blocks) else self.last(x)
        return tf.cast(self.logits(x), tf.float32)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "widths": self.widths, "blocks": self.encoder_blocks}


def build_parser(config: ConfigDict, precision: str = "float32") -> ParserNetwork:
    """The network of a configuration, its weights fresh: they follow from `config.train.seed`."""
    network = ParserNetwork(tuple(config.model.widths), tuple(config.model.blocks), dtype=precision, name="parser")
    seeds.build(network, (None, config.model.height, config.model.width, 3), config.train.seed)
    return network


def _convolution(shape: Any, filters: int, size: int, policy: Any, **options: Any) -> Convolution:
    init_std = (_HE / (size * size * int(shape[-1]))) ** 0.5
    layer = Convolution(filters, size, init_std=init_std, dtype=policy, **{"name": "conv", **options})
    layer.build(shape)
    return layer
