"""Discriminator D_a: trunk with self-attention on its third map, ResBlock, act, convolution to a map of scores."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.attention import MaskedAttention
from tf_tryon.layers.blocks import SLOPE, ResBlock, convolution, leaky_relu
from tf_tryon.models.trunk import Trunk, scaled

ATTENTION_ON = 2  # index of the trunk's map
_SMALLEST = 96  # px: with five halvings a 3x3 valid convolution needs 96 px


class Discriminator(keras.Model):
    """Pictures (B, H, W, 3) in [-1, 1] -> scores (B, h, w, 1) float32 (least squares: no sigmoid) and features.

    A picture below 96 px takes one down block less. The last convolution keeps its spectral norm in every variant.
    """

    def __init__(
        self,
        size: int = 256,
        attention: bool = True,
        spectral: bool | str = True,
        width: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size, self.attention, self.spectral, self.width = size, attention, spectral, width
        dtype = self.dtype_policy
        self._trunk = Trunk(5 if size >= _SMALLEST else 4, width, spectral, dtype)
        self.blocks = self._trunk.blocks
        self.attend = MaskedAttention(memory=False, name="attention", dtype=dtype) if attention else None
        channels = scaled(128, width)
        self.last = ResBlock(channels, channels, spectral=spectral, name="last", dtype=dtype)
        self.score = convolution(1, spectral=spectral or True, padding="valid", name="score", dtype=dtype)

    def build(self, input_shape: Any) -> None:
        maps = self._trunk.build(input_shape)
        if self.attend is not None:
            self.attend.build(maps[ATTENTION_ON])
        self.last.build(maps[-1])
        self.score.build((*maps[-1][:-1], self.last.filters))
        compat.mark_built(self, input_shape)

    def call(self, pictures: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        x, features = tf.cast(pictures, self.compute_dtype), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if self.attend is not None and index == ATTENTION_ON:
                x = self.attend(x)
            features.append(x)
        x = self.last(x)
        return tf.cast(self.score(leaky_relu(x, SLOPE)), tf.float32), features

    def get_config(self) -> dict[str, Any]:
        names = ("size", "attention", "spectral", "width")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
