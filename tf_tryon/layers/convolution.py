"""Convolutions whose kernel can be reparameterised from outside (spectral normalisation divides it by sigma)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat


class Convolution(keras.layers.Layer):
    """2-D convolution, or transposed convolution of stride 2 that doubles height and width.

    Args:
      filters: output channels.
      size: side of the square kernel.
      bias: whether to add one.
      transposed: stride-2 transposed convolution ("same": output is exactly twice the input).
      padding: "same" (zeros), "reflect" (by size // 2) or "valid".
      init_std: kernels start as N(0, init_std).

    Input (B, H, W, C) and output (B, H', W', filters) in the layer's compute dtype.
    """

    def __init__(
        self,
        filters: int,
        size: int = 3,
        bias: bool = False,
        transposed: bool = False,
        padding: str = "same",
        init_std: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if padding not in ("same", "reflect", "valid"):
            raise ValueError(f"padding = {padding!r}: choose same, reflect or valid")
        self.filters, self.size, self.bias, self.transposed = filters, size, bias, transposed
        self.padding, self.init_std = padding, init_std

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        shape = (self.size, self.size, self.filters, channels) if self.transposed else None
        self.kernel = compat.add_weight(
            self,
            "kernel",
            shape or (self.size, self.size, channels, self.filters),
            keras.initializers.RandomNormal(stddev=self.init_std),
        )
        self.offset = compat.add_weight(self, "bias", (self.filters,), "zeros") if self.bias else None
        self.built = True

    def convolve(self, inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Applies `kernel` (any dtype) in place of the layer's own."""
        kernel = tf.cast(kernel, inputs.dtype)
        if self.transposed:
            shape = tf.shape(inputs)
            output_shape = tf.stack([shape[0], 2 * shape[1], 2 * shape[2], self.filters])
            outputs = tf.nn.conv2d_transpose(inputs, kernel, output_shape, strides=2, padding="SAME")
            height, width = inputs.shape[1], inputs.shape[2]
            outputs.set_shape(
                [inputs.shape[0], height and 2 * height, width and 2 * width, self.filters]
            )
        else:
            if self.padding == "reflect":
                edge = self.size // 2
                inputs = tf.pad(inputs, [[0, 0], [edge, edge], [edge, edge], [0, 0]], mode="REFLECT")
            outputs = tf.nn.conv2d(inputs, kernel, strides=1, padding="SAME" if self.padding == "same" else "VALID")
        if self.offset is not None:
            outputs += tf.cast(tf.convert_to_tensor(self.offset), outputs.dtype)
        return outputs

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return self.convolve(inputs, tf.convert_to_tensor(self.kernel))

    def get_config(self) -> dict[str, Any]:
        names = ("filters", "size", "bias", "transposed", "padding", "init_std")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
