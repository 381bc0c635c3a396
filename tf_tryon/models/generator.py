"""Generators G_s (parsing logits) and G_a (RGB): trunk, five UpBlocks, masked attention after the second.

Options beside the thesis's net, each off by default:
`spade` modulates every norm by a condition map (codes laid over the garment, inputs, visible colours); `skips`
gives the last three UpBlocks and the output the pooled inputs again; `upsample="resize"` replaces transposed
convolutions; `pool=2` runs all this on inputs of half the size, and a sixth UpBlock (`Finer`) doubles what comes out.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.attention import MaskedAttention
from tf_tryon.layers.blocks import Output, UpBlock, average_pool
from tf_tryon.models.finer import Finer
from tf_tryon.models.trunk import Trunk, scaled

UP_BLOCKS = (128, 128, 128, 64, 32)
ATTENTION_AFTER = 2  # UpBlocks; its memory is the trunk's third map, of the same size and channels
SKIP_FROM = 2  # index of the first UpBlock that sees the pooled inputs
DEPTH = 5


class Generator(keras.Model):
    """Inputs (B, H, W, C), which end with the laid-out codes, and `visible` (B, H, W, 1) -> outputs, coarse to fine.

    Args:
      channels: of the output (8 classes or 3 colours).
      squash: tanh on the outputs (RGB).
      output_scales: k, the last k of five UpBlocks each have an output, concatenated to the next UpBlock's input.
      pool: 1, or 2: one output more, of twice the size.
    Outputs are float32; the last is of full size.
    """

    def __init__(
        self,
        channels: int,
        squash: bool,
        output_scales: int = 1,
        attention: bool = True,
        spectral: bool | str = True,
        skips: bool = False,
        spade: bool = False,
        upsample: str = "transposed",
        width: float = 1.0,
        pool: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.channels, self.squash, self.output_scales = channels, squash, output_scales
        self.attention, self.spectral, self.skips, self.spade = attention, spectral, skips, spade
        self.upsample, self.width, self.pool = upsample, width, pool
        dtype = self.dtype_policy
        options: dict[str, Any] = {"spectral": spectral, "dtype": dtype}
        self._trunk = Trunk(DEPTH, width, spectral, dtype)
        self.blocks = self._trunk.blocks
        self.ups = [
            UpBlock(scaled(filters, width), spade=spade, upsample=upsample, name=f"up_{index + 1}", **options)
            for index, filters in enumerate(UP_BLOCKS)
        ]
        first = len(UP_BLOCKS) - output_scales
        self.outputs_at = {
            index: Output(channels, name=f"output_{index + 1}", **options) for index in range(first, len(UP_BLOCKS))
        }
        self.output_layers = list(self.outputs_at.values())  # Keras tracks lists, not dicts with integer keys
        self.fill = MaskedAttention(memory=True, name="attention", **options) if attention else None
        self.finer = None
        if pool > 1:
            filters = scaled(UP_BLOCKS[-1], width)
            self.finer = Finer(channels, filters, skips, spade, upsample, name="finer", **options)

    def build(self, input_shape: Any) -> None:
        given = input_shape[-1]
        shape = (input_shape[0], *(side and side // self.pool for side in input_shape[1:3]), given)
        maps = self._trunk.build(shape)
        x = maps[-1]
        for index, up in enumerate(self.ups):
            extra = given if self.skips and index >= SKIP_FROM else 0
            previous = self.channels if index - 1 in self.outputs_at else 0
            source = (*x[:-1], x[-1] + extra + previous)
            condition = (*x[:-1], given)
            up.build(source, condition if self.spade else None)
            x = (x[0], *(side and 2 * side for side in x[1:3]), up.filters)
            if self.fill is not None and index + 1 == ATTENTION_AFTER:
                self.fill.build(x)
            if index in self.outputs_at:
                self.outputs_at[index].build((*x[:-1], x[-1] + (given if self.skips else 0)))
        if self.finer is not None:
            self.finer.build(x, tuple(input_shape))
        compat.mark_built(self, input_shape)

    def call(self, inputs: tf.Tensor, visible: tf.Tensor) -> list[tf.Tensor]:
        inputs = tf.cast(inputs, self.compute_dtype)
        pooled = [average_pool(inputs, self.pool)]
        for _ in range(DEPTH):
            pooled.append(average_pool(pooled[-1]))
        maps = self._trunk(pooled[0])
        x, raw, outputs = maps[-1], None, []
        for index, up in enumerate(self.ups):
            level = DEPTH - index  # the map is 2 ** level times smaller than the picture
            parts = [x]
            if self.skips and index >= SKIP_FROM:
                parts.append(pooled[level])
            if index - 1 in self.outputs_at:
                parts.append(tf.cast(outputs[-1], x.dtype))
            x = tf.concat(parts, axis=-1) if len(parts) > 1 else x
            x = up(x, pooled[level]) if self.spade else up(x)
            if self.fill is not None and index + 1 == ATTENTION_AFTER:
                x = self.fill(x, maps[ATTENTION_AFTER], visible)
            if index in self.outputs_at:
                source = tf.concat([x, pooled[level - 1]], axis=-1) if self.skips else x
                raw = tf.cast(self.outputs_at[index](source), tf.float32)
                outputs.append(self._output(raw))
        if self.finer is not None:
            outputs.append(self._output(self.finer(x, raw, inputs)))
        return outputs

    def _output(self, raw: tf.Tensor) -> tf.Tensor:
        return tf.tanh(raw) if self.squash else raw

    def get_config(self) -> dict[str, Any]:
        names = (
            "channels", "squash", "output_scales", "attention", "spectral", "skips", "spade", "upsample", "width",
            "pool",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
