"""Masked "short + long" self-attention (equations 2-30 to 2-32).

    q = W_q f_d,    beta = softmax_i(q_i . q_j)                 query and key are the same
    y_d = gamma_d * (beta f_d) + f_d                            short: within the decoder
    y_e = gamma_e * (1 - M) * (beta f_e) + M * f_e              long: the erased part is filled from the encoder's map
    out = ResBlock(2C -> C)(concat[y_d, y_e])                   only where there is a memory f_e

Mask polarity: M = 1 visible. gamma_d and gamma_e start at 0.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.blocks import ResBlock, average_pool
from tf_tryon.layers.convolution import Convolution


class MaskedAttention(keras.layers.Layer):
    """Attention over all N = H * W positions; with `memory` it fuses an encoder map of the same shape (B, H, W, C).

    The fusion block is always spectrally normalised, as in the thesis's ablation without the others; `spectral` says
    how.
    """

    def __init__(self, memory: bool, spectral: bool | str = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.memory, self.spectral = memory, spectral or True

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        self.query = Convolution(channels // 4, size=1, name="query", dtype=self.dtype_policy)
        self.query.build(input_shape)
        self.gamma_d = compat.add_weight(self, "gamma_d", (), "zeros")
        if self.memory:
            self.gamma_e = compat.add_weight(self, "gamma_e", (), "zeros")
            options: dict[str, Any] = {"spectral": self.spectral, "dtype": self.dtype_policy}
            self.fusion = ResBlock(channels, channels, slope=0.01, name="fusion", **options)
            self.fusion.build((*input_shape[:-1], 2 * channels))
        self.built = True

    def weights_of(self, features: tf.Tensor) -> tf.Tensor:
        """beta, (B, N, N) float32: row j holds position j's weights over all i; rows sum to 1."""
        query = self.query(features)
        shape = tf.shape(query)
        query = tf.reshape(query, [shape[0], shape[1] * shape[2], query.shape[-1]])
        return tf.nn.softmax(tf.cast(tf.matmul(query, query, transpose_b=True), tf.float32), axis=-1)

    def call(self, features: tf.Tensor, memory: tf.Tensor | None = None, visible: tf.Tensor | None = None) -> tf.Tensor:
        """Args: features f_d and memory f_e (B, H, W, C); visible (B, k H, k W, 1), averaged to the map."""
        beta = tf.cast(self.weights_of(features), features.dtype)
        gathered = tf.cast(tf.convert_to_tensor(self.gamma_d), features.dtype) * _gather(beta, features)
        short = gathered + features
        if not self.memory:
            return short
        if memory is None or visible is None:
            raise ValueError("MaskedAttention(memory=True) needs the encoder's map and `visible`")
        # Not tf.image.resize(method="area"), which TFLite lacks.
        mask = average_pool(tf.cast(visible, features.dtype), visible.shape[1] // features.shape[1])
        gamma_e = tf.cast(tf.convert_to_tensor(self.gamma_e), features.dtype)
        long = gamma_e * (1 - mask) * _gather(beta, memory) + mask * memory
        return self.fusion(tf.concat([short, long], axis=-1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "memory": self.memory, "spectral": self.spectral}


def _gather(beta: tf.Tensor, features: tf.Tensor) -> tf.Tensor:
    """sum_i beta_ji f_i for every position j, in the map's shape."""
    shape = tf.shape(features)
    flat = tf.reshape(features, [shape[0], shape[1] * shape[2], features.shape[-1]])
    return tf.reshape(tf.matmul(beta, flat), shape)
