"""Instance normalisation, plain or modulated in space (SPADE, Park et al., CVPR 2019)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.convolution import Convolution

_EPSILON = 1e-5


def standardize(inputs: tf.Tensor) -> tf.Tensor:
    """Zero mean and unit variance over each picture's positions, per channel; statistics in float32."""
    return _standardize(inputs)


@tf.custom_gradient
def _standardize(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
    """y = (x - mean) / std with the gradient's closed form, dx = (dy - mean(dy) - y mean(dy y)) / std.

    Half of a training step's work outside the convolutions would be the gradient of this in single operations.
    """
    centred = x - tf.reduce_mean(x, axis=[1, 2], keepdims=True)
    # Sums run in float32 inside reduce_mean; squares of float16 could overflow.
    wide = tf.cast(centred, tf.float32) if x.dtype == tf.float16 else centred
    variance = tf.cast(tf.reduce_mean(tf.square(wide), axis=[1, 2], keepdims=True), tf.float32)
    scale = tf.cast(tf.math.rsqrt(variance + _EPSILON), x.dtype)
    y = centred * scale

    def gradient(dy: tf.Tensor) -> tf.Tensor:
        mean = tf.reduce_mean(dy, axis=[1, 2], keepdims=True)
        along = tf.reduce_mean(dy * y, axis=[1, 2], keepdims=True)
        return dy * scale - (y * (along * scale) + mean * scale)

    return y, gradient


class InstanceNormalization(keras.layers.Layer):
    """(x - mean) / std over H and W, times gamma plus beta per channel."""

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        self.gamma = compat.add_weight(self, "gamma", (channels,), "ones")
        self.beta = compat.add_weight(self, "beta", (channels,), "zeros")
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        gamma = tf.cast(tf.convert_to_tensor(self.gamma), inputs.dtype)
        return standardize(inputs) * gamma + tf.cast(tf.convert_to_tensor(self.beta), inputs.dtype)


class SpatialNormalization(keras.layers.Layer):
    """Instance norm whose scale and shift at each position come from a condition map of the same height and width.

    condition -> conv3x3 -> ReLU -> conv1x1 -> (gamma, beta);    out = standardize(x) * (1 + gamma) + beta
    A latent code that is only concatenated to the input is removed by the norm; here it acts after it.
    """

    def __init__(self, hidden: int = 32, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden = hidden

    def build(self, input_shape: Any, condition_shape: Any = None) -> None:
        if condition_shape is None:
            raise ValueError("SpatialNormalization.build needs the condition's shape too")
        channels = int(input_shape[-1])
        self.shared = Convolution(self.hidden, 3, bias=True, init_std=0.1, name="shared", dtype=self.dtype_policy)
        self.shared.build(condition_shape)
        self.modulation = Convolution(2 * channels, 1, bias=True, name="modulation", dtype=self.dtype_policy)
        self.modulation.build((*condition_shape[:-1], self.hidden))
        self.built = True

    def call(self, inputs: tf.Tensor, condition: tf.Tensor) -> tf.Tensor:
        hidden = tf.nn.relu(self.shared(condition))
        # Two convolutions with the halves of one kernel: no full-size map to split, and the 1 is added to the bias.
        kernel = tf.cast(tf.convert_to_tensor(self.modulation.kernel), hidden.dtype)
        scale_kernel, shift_kernel = tf.split(kernel, 2, axis=-1)
        scale_bias, shift_bias = tf.split(tf.convert_to_tensor(self.modulation.offset), 2)
        scale = tf.nn.conv2d(hidden, scale_kernel, 1, "SAME") + tf.cast(1 + scale_bias, hidden.dtype)
        shift = tf.nn.conv2d(hidden, shift_kernel, 1, "SAME") + tf.cast(shift_bias, hidden.dtype)
        return standardize(inputs) * scale + shift

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "hidden": self.hidden}
