"""FiNet's networks (Han et al., FiNet: Compatible and Diverse Fashion Image Inpainting, ICCV 2019), as the thesis
counts them in Table 4-1: no normalisation, ReLU, convolutions without bias.

Res2(out):   conv1x1 -> out, twice x + conv3x3(relu(conv3x3(relu(x)))), relu
encoder:     conv3x3 by 2 -> 64, relu; six of Res2(i), conv3x3 by 2 -> o, relu; dense -> mean, dense -> log-variance
generator:   conv3x3 by 2 -> 64, relu; seven down blocks [z, Res2(i), conv3x3 by 2 -> o, relu]; eight up blocks
             [U-Net skip, z, Res2(o), nearest by 2]; conv3x3 -> output

The encoder works on crops of 128 px and the generator on pictures of 256; at other sizes the innermost blocks, which
all have 512 channels, are fewer, so that both still end at one position. Kernels start as N(0, 2 / inputs) and those
that close a residual at a tenth of that, since without norms N(0, 0.02) fades to nothing over so many convolutions.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat, seeds
from tf_tryon.layers.blocks import double
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.models.trunk import scaled

FIRST = 64
DOWN = (128, 256, 512, 512, 512, 512, 512)  # output channels of the generator's down blocks
UP = (512, 512, 512, 512, 256, 128, 64, 32)
ENCODER_DOWN = (128, 256, 512, 512, 512, 512)
ENCODER_SIDE = 128  # pixels of the crops that the encoder reads
_DEEPEST = 512
_RESIDUAL = 0.1


def fewer(channels: tuple[int, ...], drop: int) -> tuple[int, ...]:
    """`channels` without `drop` of the innermost, the last, levels."""
    return channels[: len(channels) - drop] if drop else channels


def halvings(shape: Any) -> int:
    """How often both sides of (B, H, W, C) can be halved."""
    return min((int(side) & -int(side)).bit_length() - 1 for side in shape[1:3])


def _conv(filters: int, inputs: Any, size: int, name: str, dtype: Any, stride: int = 1, gain: float = 1.0) -> Any:
    std = gain * math.sqrt(2.0 / (size * size * int(inputs[-1])))
    layer = Convolution(filters, size, stride=stride, init_std=std, name=name, dtype=dtype)
    layer.build(inputs)
    return layer


class Res2(keras.layers.Layer):
    """conv1x1, then two residual units; (B, H, W, in) -> (B, H, W, filters)."""

    def __init__(self, filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape: Any) -> None:
        inner, dtype = (*input_shape[:-1], self.filters), self.dtype_policy
        self.enter = _conv(self.filters, input_shape, 1, "enter", dtype)
        self.units = [
            (
                _conv(self.filters, inner, 3, f"unit_{i}_1", dtype),
                _conv(self.filters, inner, 3, f"unit_{i}_2", dtype, gain=_RESIDUAL),
            )
            for i in (1, 2)
        ]
        self.flat = [layer for unit in self.units for layer in unit]  # Keras tracks lists, not lists of tuples
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        x = self.enter(inputs)
        for first, second in self.units:
            x = x + second(tf.nn.relu(first(tf.nn.relu(x))))
        return tf.nn.relu(x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters}


class FiNetEncoder(keras.Model):
    """Crops (B, H, W, C) of up to 128 px -> a Gaussian over codes (B, 1, 1, channels)."""

    def __init__(self, channels: int = 8, width: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channels, self.width = channels, width

    def build(self, input_shape: Any) -> None:
        batch, dtype = input_shape[0], self.dtype_policy
        drop = max(0, len(ENCODER_DOWN) + 1 - halvings(input_shape))
        sizes = [scaled(c, self.width) for c in fewer(ENCODER_DOWN, drop)]
        self.first = _conv(scaled(FIRST, self.width), input_shape, 3, "first", dtype, stride=2)
        shape = (batch, input_shape[1] // 2, input_shape[2] // 2, self.first.filters)
        self.residuals, self.downs = [], []
        for level, filters in enumerate(sizes, 1):
            residual = Res2(shape[-1], name=f"residual_{level}", dtype=dtype)
            residual.build(shape)
            self.residuals.append(residual)
            self.downs.append(_conv(filters, shape, 3, f"down_{level}", dtype, stride=2))
            shape = (batch, shape[1] // 2, shape[2] // 2, filters)
        features = shape[1] * shape[2] * shape[3]
        initial = seeds.normal(0.02)
        self.kernel = compat.add_weight(self, "kernel", (features, 2 * self.channels), initial)
        self.offset = compat.add_weight(self, "bias", (2 * self.channels,), "zeros")
        compat.mark_built(self, input_shape)

    def call(self, inputs: tf.Tensor) -> Gaussian:
        x = tf.nn.relu(self.first(tf.cast(inputs, self.compute_dtype)))
        for residual, down in zip(self.residuals, self.downs, strict=True):
            x = tf.nn.relu(down(residual(x)))
        x = tf.reshape(tf.cast(x, tf.float32), [tf.shape(x)[0], self.kernel.shape[0]])
        both = tf.matmul(x, tf.convert_to_tensor(self.kernel)) + tf.convert_to_tensor(self.offset)
        return from_log_variance(both)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "channels": self.channels, "width": self.width}


def from_log_variance(both: tf.Tensor) -> Gaussian:
    """(B, 2c) mean and log-variance -> a Gaussian over (B, 1, 1, c)."""
    mean, log_variance = tf.split(both[:, tf.newaxis, tf.newaxis], 2, axis=-1)
    return Gaussian(mean, tf.exp(0.5 * log_variance))


class FiNetGenerator(keras.Model):
    """Inputs (B, H, W, C) and codes (B, 1, 1, c) -> float32 (B, H, W, channels), tanh with `squash`."""

    def __init__(self, channels: int, squash: bool, latent: int = 8, width: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channels, self.squash, self.latent, self.width = channels, squash, latent, width

    def build(self, input_shape: Any) -> None:
        batch, dtype = input_shape[0], self.dtype_policy
        drop = max(0, len(DOWN) + 1 - halvings(input_shape))
        down = [scaled(c, self.width) for c in fewer(DOWN, drop)]
        up = [scaled(c, self.width) for c in UP[drop:]]
        self.first = _conv(scaled(FIRST, self.width), input_shape, 3, "first", dtype, stride=2)
        shape = (batch, input_shape[1] // 2, input_shape[2] // 2, self.first.filters)
        skips, self.residuals, self.downs = [shape], [], []
        for level, filters in enumerate(down, 1):
            self.residuals.append(self._residual(f"down_residual_{level}", shape, shape[-1]))
            self.downs.append(_conv(filters, shape, 3, f"down_{level}", dtype, stride=2))
            shape = (batch, shape[1] // 2, shape[2] // 2, filters)
            skips.append(shape)
        self.ups = []
        for level, filters in enumerate(up, 1):
            skip = 0 if level == 1 else skips[-level][-1]
            self.ups.append(self._residual(f"up_{level}", (*shape[:-1], shape[-1] + skip), filters))
            shape = (batch, shape[1] * 2, shape[2] * 2, filters)
        self.last = Convolution(self.channels, 3, name="last", dtype=dtype)
        self.last.build(shape)
        compat.mark_built(self, input_shape)

    def _residual(self, name: str, shape: Any, filters: int) -> Res2:
        block = Res2(filters, name=name, dtype=self.dtype_policy)
        block.build((*shape[:-1], shape[-1] + self.latent))
        return block

    def call(self, inputs: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        codes = tf.cast(codes, self.compute_dtype)
        x = tf.nn.relu(self.first(tf.cast(inputs, self.compute_dtype)))
        maps = [x]
        for residual, down in zip(self.residuals, self.downs, strict=True):
            x = tf.nn.relu(down(residual(with_codes(codes, x))))
            maps.append(x)
        for level, up in enumerate(self.ups, 1):
            x = double(up(with_codes(codes, x) if level == 1 else with_codes(codes, x, maps[-level])))
        raw = tf.cast(self.last(x), tf.float32)
        return tf.tanh(raw) if self.squash else raw

    def get_config(self) -> dict[str, Any]:
        names = ("channels", "squash", "latent", "width")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def with_codes(codes: tf.Tensor, *maps: tf.Tensor) -> tf.Tensor:
    """Maps (B, h, w, C) and codes (B, 1, 1, c), repeated over the positions, side by side."""
    shape = tf.shape(maps[0])
    return tf.concat([*maps, tf.broadcast_to(codes, [shape[0], shape[1], shape[2], codes.shape[-1]])], axis=-1)
