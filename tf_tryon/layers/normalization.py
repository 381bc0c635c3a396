"""Instance normalisation, plain or modulated in space (SPADE, Park et al., CVPR 2019)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.convolution import Convolution

_EPSILON = 1e-5


def _mean(*factors: tf.Tensor) -> tf.Tensor:
    """Mean of the factors' product over positions, (B, 1, 1, C) float32.

    Recent TensorFlow sums bfloat16 in float32; float16, whose squares and sums overflow, has to be widened before.
    """
    wide = [x if compat.sums_in_float32(x.dtype) else tf.cast(x, tf.float32) for x in factors]
    product = wide[0] * wide[1] if len(wide) == 2 else wide[0]
    return tf.cast(tf.reduce_mean(product, axis=[1, 2], keepdims=True), tf.float32)


def _centre(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """x - mean, and 1 / std (B, 1, 1, C) float32, over each picture's positions per channel."""
    centred = x - tf.cast(_mean(x), x.dtype)
    return centred, tf.math.rsqrt(_mean(centred, centred) + _EPSILON)


# Both gradients below are closed forms: as single operations they would be half of a step's work beside convolutions.


@tf.custom_gradient
def standardize(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
    """Zero mean and unit variance over each picture's positions, per channel.

    y = (x - mean) / std,    dx = (dy - mean(dy) - y mean(dy y)) / std
    """
    centred, scale = _centre(x)
    y = centred * tf.cast(scale, x.dtype)

    def gradient(dy: tf.Tensor) -> tf.Tensor:
        mean, along = _mean(dy), _mean(dy, y)
        factor, shift = tf.cast(along * scale, dy.dtype), tf.cast(mean * scale, dy.dtype)
        return dy * tf.cast(scale, dy.dtype) - (y * factor + shift)

    return y, gradient


@tf.custom_gradient
def _standardize_affine(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) -> tuple[tf.Tensor, Any]:
    """gamma * standardize(x) + beta; gamma and beta (C,) float32."""
    centred, scale = _centre(x)
    y = centred * tf.cast(scale * gamma, x.dtype) + tf.cast(beta, x.dtype)

    def gradient(dy: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        mean, along = _mean(dy), _mean(dy, centred)
        factor, shift = tf.cast(gamma * scale**3 * along, dy.dtype), tf.cast(gamma * scale * mean, dy.dtype)
        dx = dy * tf.cast(scale * gamma, dy.dtype) - (centred * factor + shift)
        positions = tf.cast(tf.shape(dy)[1] * tf.shape(dy)[2], tf.float32)
        d_gamma = positions * tf.reduce_sum(along * scale, axis=[0, 1, 2])
        return dx, d_gamma, positions * tf.reduce_sum(mean, axis=[0, 1, 2])

    return y, gradient


class InstanceNormalization(keras.layers.Layer):
    """(x - mean) / std over H and W, times gamma plus beta per channel."""

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        self.gamma = compat.add_weight(self, "gamma", (channels,), "ones")
        self.beta = compat.add_weight(self, "beta", (channels,), "zeros")
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return _standardize_affine(inputs, tf.convert_to_tensor(self.gamma), tf.convert_to_tensor(self.beta))


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
