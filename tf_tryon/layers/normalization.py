"""Instance normalisation, plain or modulated in space (SPADE, Park et al., CVPR 2019), and a token's."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.eight_bits import Standardize

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
    """(x - mean) / std over H and W, times gamma plus beta per channel.

    Attributes:
      eight_bits: of an export to eight bits, how it standardises.
    """

    eight_bits: Standardize | None = None

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        self.gamma = compat.add_weight(self, "gamma", (channels,), "ones")
        self.beta = compat.add_weight(self, "beta", (channels,), "zeros")
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        gamma, beta = tf.convert_to_tensor(self.gamma), tf.convert_to_tensor(self.beta)
        if self.eight_bits is not None:
            return self.eight_bits(inputs, _EPSILON) * gamma + beta
        return _standardize_affine(inputs, gamma, beta)


class SpatialNormalization(keras.layers.Layer):
    """Instance norm whose scale and shift at each position come from a condition map of the same height and width.

    condition -> conv3x3 -> ReLU -> conv1x1 -> (gamma, beta);    out = standardize(x) * (1 + gamma) + beta
    A latent code that is only concatenated to the input is removed by the norm; here it acts after it.

    Attributes:
      eight_bits: of an export to eight bits, how it standardises.
    """

    eight_bits: Standardize | None = None

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
        standardized = standardize(inputs) if self.eight_bits is None else self.eight_bits(inputs, _EPSILON)
        return standardized * scale + shift

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "hidden": self.hidden}


class TokenNormalization(keras.layers.LayerNormalization):
    """Keras's, over the last axis.

    Attributes:
      eight_bits: of an export to eight bits: x - mean is taken before it is scaled, since Keras's x / std - mean / std
        would be a small difference of large numbers, and its negation has no kernel of eight bits.
    """

    eight_bits: bool = False

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        if not self.eight_bits:
            return super().call(inputs)
        centred = inputs - tf.reduce_mean(inputs, axis=-1, keepdims=True)
        scale = tf.math.rsqrt(tf.reduce_mean(centred * centred, axis=-1, keepdims=True) + self.epsilon)
        return centred * scale * tf.convert_to_tensor(self.gamma) + tf.convert_to_tensor(self.beta)
