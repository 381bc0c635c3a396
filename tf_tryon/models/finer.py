"""A generator's last doubling: fine detail added to a picture of half the size, which the rest of the generator makes.

    outputs = enlarge(half) + gamma * Output(UpBlock([x, inputs / 2, half]))

gamma starts at 0, so that networks trained at half the size go on at the whole one from just what they made.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.blocks import Output, UpBlock, average_pool


class Finer(keras.layers.Layer):
    """Maps and raw outputs of half size, and the generator's inputs -> raw outputs (B, H, W, channels), float32.

    Args:
      channels: of the outputs.
      filters: of the UpBlock.
      skips: UpBlock and Output see the generator's inputs, too.
      spade: the UpBlock's norms are modulated by them.
      upsample: as of `UpBlock`.
      spectral: as of `blocks.convolution`.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        skips: bool = False,
        spade: bool = False,
        upsample: str = "transposed",
        spectral: bool | str = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.channels, self.filters, self.skips, self.spade = channels, filters, skips, spade
        self.upsample, self.spectral = upsample, spectral
        options: dict[str, Any] = {"spectral": spectral, "dtype": self.dtype_policy}
        self.up = UpBlock(filters, spade=spade, upsample=upsample, name="up", **options)
        self.output_layer = Output(channels, name="output", **options)

    def build(self, input_shape: Any, inputs_shape: Any = None) -> None:
        """Of the maps (B, H/2, W/2, C) and of the generator's inputs (B, H, W, D)."""
        given = inputs_shape[-1]
        self.gamma = compat.add_weight(self, "gamma", (), "zeros")
        half = input_shape[:-1]
        extra = self.channels + (given if self.skips else 0)
        self.up.build((*half, input_shape[-1] + extra), (*half, given) if self.spade else None)
        seen = self.filters + (given if self.skips else 0)
        self.output_layer.build((*inputs_shape[:-1], seen))
        self.built = True

    def call(self, maps: tf.Tensor, half: tf.Tensor, inputs: tf.Tensor) -> tf.Tensor:
        """Args: maps (B, H/2, W/2, C); half, the raw outputs there; inputs (B, H, W, D)."""
        pooled = average_pool(inputs)
        parts = [maps, *([pooled] if self.skips else []), tf.cast(half, maps.dtype)]
        x = tf.concat(parts, axis=-1)
        x = self.up(x, pooled) if self.spade else self.up(x)
        seen = tf.concat([x, inputs], axis=-1) if self.skips else x
        detail = tf.cast(self.output_layer(seen), tf.float32) * tf.cast(self.gamma, tf.float32)
        return tf.image.resize(half, inputs.shape[1:3]) + detail

    def get_config(self) -> dict[str, Any]:
        names = "channels", "filters", "skips", "spade", "upsample", "spectral"
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
