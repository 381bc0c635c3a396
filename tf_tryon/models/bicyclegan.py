"""BicycleGAN's networks (Zhu et al., Toward Multimodal Image-to-Image Translation, NeurIPS 2017) with its own defaults:
U-Net generator, ResNet encoder, and two discriminators, each at two scales. Convolutions have biases.

generator:      conv4x4 by 2 downwards, z joined to the input of each, LeakyReLU(0.2) before and instance norm after all
                but the outermost and innermost; upwards ReLU, transposed conv4x4 by 2, instance norm; U-Net skips; tanh
encoder:        conv4x4 by 2 -> 64; blocks LeakyReLU(0.2), conv3x3, LeakyReLU(0.2), conv3x3 and mean of 2x2, beside mean
                and conv1x1; LeakyReLU, mean; dense -> mean, dense -> log-variance
discriminator:  conv4x4 by 2 -> 64, by 2 -> 128, by 2 -> 256, conv4x4 -> 512 -> scores; the same at half the size with
                half the channels

Instance norms have no parameters; the encoder's blocks are normalised likewise. Kernels start as N(0, 0.02). Below 256
px there are as many halvings less as the original has for 128: innermost levels of the generator, blocks of the
encoder, and one layer of the discriminators.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat, seeds
from tf_tryon.layers.blocks import average_pool
from tf_tryon.layers.convolution import Convolution
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.layers.normalization import standardize
from tf_tryon.models.finet import from_log_variance, halvings, with_codes
from tf_tryon.models.trunk import scaled

LEVELS = (64, 128, 256, 512, 512, 512, 512, 512)  # channels after each halving of the generator
ENCODER_BLOCKS = (128, 192, 256, 256)
SLOPE = 0.2
_FULL = 256  # px


def _conv(filters: int, size: int, shape: Any, name: str, dtype: Any, **options: Any) -> Convolution:
    layer = Convolution(filters, size, bias=True, name=name, dtype=dtype, **options)
    layer.build(shape)
    return layer


def _leaky(inputs: tf.Tensor) -> tf.Tensor:
    return tf.nn.leaky_relu(inputs, SLOPE)


class UNet(keras.Model):
    """Inputs (B, H, W, C) and codes (B, 1, 1, c) -> float32 (B, H, W, channels) in [-1, 1]."""

    def __init__(self, channels: int = 3, latent: int = 8, width: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channels, self.latent, self.width = channels, latent, width

    def build(self, input_shape: Any) -> None:
        batch, height, columns, inputs = input_shape
        dtype = self.dtype_policy
        levels = [scaled(c, self.width) for c in LEVELS[: halvings(input_shape)]]
        self.downs, self.ups, given = [], [], int(inputs)
        shapes = []
        for level, filters in enumerate(levels, 1):
            shape = (batch, height, columns, given + self.latent)
            self.downs.append(_conv(filters, 4, shape, f"down_{level}", dtype, stride=2))
            height, columns, given = height // 2, columns // 2, filters
            shapes.append((batch, height, columns, filters))
        for level in range(len(levels), 0, -1):
            doubled = 1 if level == len(levels) else 2  # the innermost has no skip
            shape = (*shapes[level - 1][:-1], doubled * levels[level - 1])
            filters = levels[level - 2] if level > 1 else self.channels
            self.ups.append(_conv(filters, 4, shape, f"up_{level}", dtype, transposed=True))
        compat.mark_built(self, input_shape)

    def call(self, inputs: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        codes = tf.cast(codes, self.compute_dtype)
        x, maps = tf.cast(inputs, self.compute_dtype), []
        for level, down in enumerate(self.downs, 1):
            x = down(with_codes(codes, _leaky(x) if level > 1 else x))
            if 1 < level < len(self.downs):
                x = standardize(x)
            maps.append(x)
        for level, up in zip(range(len(self.ups), 0, -1), self.ups, strict=True):
            source = x if level == len(self.ups) else tf.concat([x, maps[level - 1]], axis=-1)
            x = up(tf.nn.relu(source))
            if level > 1:
                x = standardize(x)
        return tf.tanh(tf.cast(x, tf.float32))

    def get_config(self) -> dict[str, Any]:
        names = ("channels", "latent", "width")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class ResNetEncoder(keras.Model):
    """Pictures (B, H, W, 3) in [-1, 1] -> a Gaussian over codes (B, 1, 1, channels)."""

    def __init__(self, channels: int = 8, width: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channels, self.width = channels, width

    def build(self, input_shape: Any) -> None:
        side, dtype = min(int(s) for s in input_shape[1:3]), self.dtype_policy
        blocks = len(ENCODER_BLOCKS) - max(0, int(math.log2(_FULL // min(side, _FULL))))
        self.first = _conv(scaled(64, self.width), 4, input_shape, "first", dtype, stride=2)
        given = self.first.filters
        self.conv_1, self.conv_2, self.shortcuts = [], [], []
        for number, filters in enumerate((scaled(c, self.width) for c in ENCODER_BLOCKS[: max(blocks, 1)]), 1):
            shape = (None, None, None, given)
            self.conv_1.append(_conv(given, 3, shape, f"conv_1_{number}", dtype))
            self.conv_2.append(_conv(filters, 3, shape, f"conv_2_{number}", dtype))
            self.shortcuts.append(_conv(filters, 1, shape, f"shortcut_{number}", dtype))
            given = filters
        initial = seeds.normal(0.02)
        self.kernel = compat.add_weight(self, "kernel", (given, 2 * self.channels), initial)
        self.offset = compat.add_weight(self, "bias", (2 * self.channels,), "zeros")
        compat.mark_built(self, input_shape)

    def call(self, inputs: tf.Tensor) -> Gaussian:
        x = self.first(tf.cast(inputs, self.compute_dtype))
        for first, second, shortcut in zip(self.conv_1, self.conv_2, self.shortcuts, strict=True):
            inner = _leaky(standardize(first(_leaky(standardize(x)))))
            x = average_pool(second(inner)) + shortcut(average_pool(x))
        features = tf.reduce_mean(tf.cast(_leaky(x), tf.float32), axis=(1, 2))
        return from_log_variance(
            tf.matmul(features, tf.convert_to_tensor(self.kernel)) + tf.convert_to_tensor(self.offset)
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "channels": self.channels, "width": self.width}


class PatchDiscriminator(keras.layers.Layer):
    """Pictures -> maps of scores at two scales, [(B, h, w, 1), (B, h', w', 1)] float32, no sigmoid."""

    def __init__(self, filters: int = 64, layers: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.layers = filters, layers

    def build(self, input_shape: Any) -> None:
        self.scales = [
            self._scale(input_shape, max(8, self.filters // 2**scale), f"scale_{scale + 1}") for scale in (0, 1)
        ]
        self.flat = [layer for scale in self.scales for layer in scale]  # Keras tracks lists, not lists of lists
        self.built = True

    def _scale(self, input_shape: Any, filters: int, name: str) -> list[Convolution]:
        widths = [filters * min(2**i, 8) for i in range(self.layers + 1)]
        shape, layers = input_shape, []
        for number, width in enumerate([*widths, 1], 1):
            options: dict[str, Any] = {"stride": 2} if number <= self.layers else {"padding": "valid"}
            layers.append(_conv(width, 4, shape, f"{name}_{number}", self.dtype_policy, **options))
            shape = (None, None, None, width)
        return layers

    def call(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        x = tf.cast(pictures, self.compute_dtype)
        return [self._scores(scale, picture) for scale, picture in zip(self.scales, (x, _halved(x)), strict=True)]

    def _scores(self, scale: list[Convolution], x: Any) -> tf.Tensor:
        for number, layer in enumerate(scale):
            if layer.padding == "valid":
                x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
            x = layer(x)
            if 0 < number < len(scale) - 1:
                x = standardize(x)
            if number < len(scale) - 1:
                x = _leaky(x)
        return tf.cast(x, tf.float32)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "layers": self.layers}


def _halved(x: tf.Tensor) -> tf.Tensor:
    """Means of 3x3 squares around every second pixel, the first included; what lies outside doesn't count."""
    around = [[0, 0], [1, 1], [1, 1], [0, 0]]
    inside = tf.nn.avg_pool2d(tf.pad(tf.ones_like(x[:1]), around), 3, 2, "VALID")
    return tf.nn.avg_pool2d(tf.pad(x, around), 3, 2, "VALID") / inside


class TwoDiscriminators(keras.Model):
    """One judges pictures of encoded codes, the other pictures of random ones."""

    def __init__(self, side: int = 256, width: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.side, self.width = side, width
        options: dict[str, Any] = {"filters": scaled(64, width), "layers": 3 if side >= _FULL else 2}
        self.encoded = PatchDiscriminator(**options, name="encoded", dtype=self.dtype_policy)
        self.random = PatchDiscriminator(**options, name="random", dtype=self.dtype_policy)

    def build(self, input_shape: Any) -> None:
        self.encoded.build(input_shape)
        self.random.build(input_shape)
        compat.mark_built(self, input_shape)

    def call(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        """The maps of both, of the same pictures."""
        return [*self.encoded(pictures), *self.random(pictures)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "side": self.side, "width": self.width}
