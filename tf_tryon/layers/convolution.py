"""Convolutions whose kernel can be reparameterised from outside (spectral normalisation divides it by sigma)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat, seeds


class Convolution(keras.layers.Layer):
    """2-D convolution, or transposed convolution of stride 2 that doubles height and width.

    Args:
      filters: output channels.
      size: side of the square kernel.
      bias: whether to add one.
      transposed: stride-2 transposed convolution ("same": output is exactly twice the input).
      padding: "same" (zeros), "reflect" (by size // 2) or "valid".
      rescale: "down": the convolution, then the mean of each 2 by 2 square; "up": nearest resizing to twice the
        size, then the convolution; or "none". Sizes 1 and 3 only.
      init_std: kernels start as N(0, init_std).
      stride: of a plain convolution; with padding "same" and an even size, output is 1 / stride of the input.

    Input (B, H, W, C) and output (B, H', W', filters) in the layer's compute dtype.

    Attributes:
      compact: of an export whose file holds the kernel as it is applied: 3x3 on small maps, where 4x4 saves little.
      boxed: of an export of a fixed size: the kernel is applied as it is stored, and maps are averaged beside it.
    """

    def __init__(
        self,
        filters: int,
        size: int = 3,
        bias: bool = False,
        transposed: bool = False,
        padding: str = "same",
        rescale: str = "none",
        init_std: float = 0.02,
        stride: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if padding not in ("same", "reflect", "valid"):
            raise ValueError(f"padding = {padding!r}: choose same, reflect or valid")
        if rescale not in ("none", "down", "up"):
            raise ValueError(f"rescale = {rescale!r}: choose none, down or up")
        if rescale != "none" and (transposed or padding != "same" or size not in (1, 3)):
            raise ValueError(f"rescale = {rescale!r} goes with size 1 or 3 and padding = 'same', not transposed")
        if stride != 1 and (transposed or rescale != "none"):
            raise ValueError(f"stride = {stride} goes with plain convolutions: transposed and rescale have their own")
        self.filters, self.size, self.bias, self.transposed = filters, size, bias, transposed
        self.padding, self.rescale, self.init_std, self.stride = padding, rescale, init_std, stride
        self.compact = self.boxed = False

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        shape = (self.size, self.size, self.filters, channels) if self.transposed else None
        self.kernel = compat.add_weight(
            self,
            "kernel",
            shape or (self.size, self.size, channels, self.filters),
            seeds.normal(self.init_std),
        )
        self.offset = compat.add_weight(self, "bias", (self.filters,), "zeros") if self.bias else None
        self.built = True

    def convolve(self, inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Applies `kernel` (any dtype) in place of the layer's own."""
        if self.rescale != "none" and self.boxed:
            outputs = _boxed(inputs, tf.cast(kernel, inputs.dtype), self.rescale)
        elif self.rescale == "down" and not _is_small(inputs):
            outputs = tf.nn.conv2d(inputs, tf.cast(mean_kernel(kernel), inputs.dtype), strides=2, padding="SAME")
        elif self.rescale == "down":
            outputs = tf.nn.conv2d(inputs, tf.cast(kernel, inputs.dtype), strides=1, padding="SAME")
            outputs = tf.nn.avg_pool2d(outputs, 2, 2, "VALID")
        elif self.rescale == "up" and self.compact and _is_small(inputs):
            outputs = tf.nn.conv2d(double(inputs), tf.cast(kernel, inputs.dtype), strides=1, padding="SAME")
        elif self.rescale == "up":
            outputs = _transposed(inputs, doubling_kernel(kernel))
        elif self.transposed:
            outputs = _transposed(inputs, kernel)
        else:
            if self.padding == "reflect":
                inputs = reflect(inputs, self.size // 2)
            padding = "SAME" if self.padding == "same" else "VALID"
            outputs = tf.nn.conv2d(inputs, tf.cast(kernel, inputs.dtype), strides=self.stride, padding=padding)
        if self.offset is not None:
            outputs += tf.cast(tf.convert_to_tensor(self.offset), outputs.dtype)
        return outputs

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return self.convolve(inputs, tf.convert_to_tensor(self.kernel))

    def get_config(self) -> dict[str, Any]:
        names = ("filters", "size", "bias", "transposed", "padding", "rescale", "init_std", "stride")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def reflect(inputs: tf.Tensor, edge: int) -> tf.Tensor:
    """Reflection padding of height and width by `edge`: copies whole rows, where MirrorPad goes pixel by pixel."""

    @tf.custom_gradient
    def pad(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
        rows = [x[:, i : i + 1] for i in range(edge, 0, -1)], [x[:, -1 - i : -i] for i in range(1, edge + 1)]
        x = tf.concat([*rows[0], x, *rows[1]], axis=1)
        columns = [x[:, :, i : i + 1] for i in range(edge, 0, -1)], [x[:, :, -1 - i : -i] for i in range(1, edge + 1)]
        padded = tf.concat([*columns[0], x, *columns[1]], axis=2)
        paddings = [[0, 0], [edge, edge], [edge, edge], [0, 0]]
        return padded, lambda dy: tf.raw_ops.MirrorPadGrad(input=dy, paddings=paddings, mode="REFLECT")

    return pad(inputs)


def double(inputs: tf.Tensor) -> tf.Tensor:
    """Nearest-neighbour resize to twice the height and width."""
    return tf.repeat(tf.repeat(inputs, 2, axis=1), 2, axis=2)


def mean_kernel(kernel: tf.Tensor) -> tf.Tensor:
    """The kernel (k + 1, k + 1, in, out) of stride 2 that convolves with (k, k, in, out) and averages 2 by 2 squares.

    One 4x4 convolution instead of a 3x3 one at full size: less than half the work, and no full-size map to pool.
    """
    return _spread(kernel) / 4


def doubling_kernel(kernel: tf.Tensor) -> tf.Tensor:
    """The transposed kernel (4, 4, out, in) of stride 2 that doubles (nearest) and convolves with (k, k, in, out).

    Less than half the work of a 3x3 convolution of the doubled map.
    """
    spread = _spread(tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]))
    edge = (4 - spread.shape[0]) // 2
    return tf.pad(spread, [[edge, edge], [edge, edge], [0, 0], [0, 0]])


def _spread(kernel: tf.Tensor) -> tf.Tensor:
    """The sum of the kernel at the four places of a 2 by 2 square."""
    kernel = tf.pad(kernel, [[0, 1], [0, 0], [0, 0], [0, 0]]) + tf.pad(kernel, [[1, 0], [0, 0], [0, 0], [0, 0]])
    return tf.pad(kernel, [[0, 0], [0, 1], [0, 0], [0, 0]]) + tf.pad(kernel, [[0, 0], [1, 0], [0, 0], [0, 0]])


def _boxed(inputs: tf.Tensor, kernel: tf.Tensor, rescale: str) -> tf.Tensor:
    """`rescale` with the kernel (k, k, in, out) as it is, k = 1 or 3: sums over squares commute with a convolution.

    So the mean of 2 by 2 results is the convolution of 2 by 2 means, of which every other one is computed; and a
    doubled map is one of single pixels, summed over squares, which may as well be done after the convolution.
    """
    if kernel.shape[0] == 1 and rescale == "down":
        return tf.nn.conv2d(tf.nn.avg_pool2d(inputs, 2, 2, "VALID"), kernel, strides=1, padding="VALID")
    if kernel.shape[0] == 1:
        return double(tf.nn.conv2d(inputs, kernel, strides=1, padding="VALID"))
    if rescale == "down":
        edged = tf.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]])
        return tf.nn.conv2d(tf.nn.avg_pool2d(edged, 2, 1, "VALID"), kernel, strides=2, padding="VALID")
    turned = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2])
    shape = [inputs.shape[0], 2 * inputs.shape[1] + 1, 2 * inputs.shape[2] + 1, kernel.shape[3]]
    # Times 4, as a sum is wanted and the pooling gives a mean.
    return tf.nn.avg_pool2d(tf.nn.conv2d_transpose(4 * inputs, turned, shape, 2, "VALID"), 2, 1, "VALID")


def _is_small(inputs: tf.Tensor) -> bool:
    """Whether preparing the 4x4 kernel costs more than it saves."""
    return inputs.shape[1] is not None and inputs.shape[1] < 32


def _transposed(inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Transposed convolution of stride 2 with a kernel (k, k, out, in): twice the height and width."""
    shape, filters = tf.shape(inputs), kernel.shape[2]
    output_shape = tf.stack([shape[0], 2 * shape[1], 2 * shape[2], filters])
    outputs = tf.nn.conv2d_transpose(inputs, tf.cast(kernel, inputs.dtype), output_shape, strides=2, padding="SAME")
    height, width = inputs.shape[1], inputs.shape[2]
    outputs.set_shape([inputs.shape[0], height and 2 * height, width and 2 * width, filters])
    return outputs
