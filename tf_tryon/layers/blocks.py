"""Residual blocks of the networks (method.md section 4). act is LeakyReLU; convolutions are spectrally normalised.

ResBlock(hid, out):  act, conv3x3 -> hid, act, conv3x3 -> out;  shortcut conv1x1;  `down` pools both branches by 2
FirstBlock(out):     conv3x3, act, conv3x3, pool;               shortcut pool, conv1x1
UpBlock(out):        norm, act, conv3x3, norm, act, up;         shortcut up
Output(channels):    act, reflection pad 1, conv3x3
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers.addons_spectral_norm import AddonsSpectralNormalization
from tf_tryon.layers.convolution import Convolution, double
from tf_tryon.layers.normalization import InstanceNormalization, SpatialNormalization
from tf_tryon.layers.spectral_norm import SpectralNormalization

SLOPE = 0.1


def convolution(
    filters: int, size: int = 3, *, spectral: bool | str = True, **options: Any
) -> Convolution | SpectralNormalization:
    """A `Convolution`, spectrally normalised: True, by tensorflow-addons' layer: "addons", or not: False."""
    layer = Convolution(filters, size, **options)
    if not spectral:
        return layer
    wrapper = AddonsSpectralNormalization if spectral == "addons" else SpectralNormalization
    return wrapper(layer, dtype=layer.dtype_policy)


def average_pool(inputs: tf.Tensor, by: int = 2) -> tf.Tensor:
    """Means of by x by squares."""
    return tf.nn.avg_pool2d(inputs, by, by, "VALID") if by > 1 else inputs


def leaky_relu(inputs: tf.Tensor, slope: float) -> tf.Tensor:
    """LeakyReLU whose gradient is taken from its output, which has the input's sign: the input need not be kept."""

    @tf.custom_gradient
    def activate(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
        y = tf.nn.leaky_relu(x, slope)
        return y, lambda dy: tf.raw_ops.LeakyReluGrad(gradients=dy, features=y, alpha=slope)

    return activate(inputs)


class _Block(keras.layers.Layer):
    """What the blocks share: output channels, whether and how convolutions are spectrally normalised, and the slope."""

    def __init__(self, filters: int, spectral: bool | str = True, slope: float = SLOPE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.spectral, self.slope = filters, spectral, slope

    def _conv(self, name: str, shape: Any, filters: int, size: int = 3, **options: Any) -> Any:
        layer = convolution(filters, size, spectral=self.spectral, name=name, dtype=self.dtype_policy, **options)
        layer.build(shape)
        return layer

    def _act(self, inputs: tf.Tensor) -> tf.Tensor:
        return leaky_relu(inputs, self.slope)

    def get_config(self) -> dict[str, Any]:
        own = {"filters": self.filters, "spectral": self.spectral, "slope": self.slope}
        return {**super().get_config(), **own}


class ResBlock(_Block):
    """(B, H, W, in) -> (B, H, W, filters), half the size with `down`. `last_std`: how the last kernels start."""

    def __init__(
        self,
        filters: int,
        hidden: int,
        down: bool = False,
        last_std: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(filters, **kwargs)
        self.hidden, self.down, self.last_std = hidden, down, last_std

    def build(self, input_shape: Any) -> None:
        self.conv_1 = self._conv("conv_1", input_shape, self.hidden)
        hidden = (*input_shape[:-1], self.hidden)
        rescale = "down" if self.down else "none"
        self.conv_2 = self._conv("conv_2", hidden, self.filters, init_std=self.last_std, rescale=rescale)
        self.shortcut = self._conv("shortcut", input_shape, self.filters, 1, init_std=self.last_std)
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        residual = self.conv_2(self._act(self.conv_1(self._act(inputs))))
        if self.down:  # pooling commutes with a 1x1 convolution: pool first, it is four times cheaper
            return residual + self.shortcut(average_pool(inputs))
        return residual + self.shortcut(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "hidden": self.hidden, "down": self.down, "last_std": self.last_std}


class FirstBlock(_Block):
    """(B, H, W, in) -> (B, H/2, W/2, filters); no activation before the picture's own values."""

    def build(self, input_shape: Any) -> None:
        self.conv_1 = self._conv("conv_1", input_shape, self.filters)
        self.conv_2 = self._conv("conv_2", (*input_shape[:-1], self.filters), self.filters, rescale="down")
        self.shortcut = self._conv("shortcut", input_shape, self.filters, 1)
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return self.conv_2(self._act(self.conv_1(inputs))) + self.shortcut(average_pool(inputs))


class UpBlock(_Block):
    """(B, H, W, in) -> (B, 2H, 2W, filters).

    With `spade` the norms are modulated by a condition map of the input's height and width. `upsample` is "transposed"
    (stride-2 transposed convolutions) or "resize" (nearest, then convolve), which leaves no weave.
    """

    def __init__(self, filters: int, spade: bool = False, upsample: str = "transposed", **kwargs: Any) -> None:
        super().__init__(filters, **kwargs)
        self.spade, self.upsample = spade, upsample

    def build(self, input_shape: Any, condition_shape: Any = None) -> None:
        middle = (*input_shape[:-1], self.filters)
        doubled = self.upsample == "transposed"
        rescale = "none" if doubled else "up"
        self.norm_1 = self._norm("norm_1", input_shape, condition_shape)
        self.conv = self._conv("conv", input_shape, self.filters)
        self.norm_2 = self._norm("norm_2", middle, condition_shape)
        self.up = self._conv("up", middle, self.filters, bias=True, transposed=doubled, rescale=rescale)
        size = 3 if doubled else 1
        self.shortcut = self._conv("shortcut", input_shape, self.filters, size, bias=True, transposed=doubled)
        self.built = True

    def _norm(self, name: str, shape: Any, condition_shape: Any) -> Any:
        if self.spade:
            layer = SpatialNormalization(name=name, dtype=self.dtype_policy)
            layer.build(shape, condition_shape)
        else:
            layer = InstanceNormalization(name=name, dtype=self.dtype_policy)
            layer.build(shape)
        return layer

    def call(self, inputs: tf.Tensor, condition: tf.Tensor | None = None) -> tf.Tensor:
        extra = (condition,) if self.spade else ()
        features = self.conv(self._act(self.norm_1(inputs, *extra)))
        features = self._act(self.norm_2(features, *extra))
        if self.upsample == "transposed":
            return self.up(features) + self.shortcut(inputs)
        # A 1x1 shortcut commutes with nearest resizing: convolve the small map.
        return self.up(features) + double(self.shortcut(inputs))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "spade": self.spade, "upsample": self.upsample}


class Output(_Block):
    """(B, H, W, in) -> (B, H, W, filters): RGB through tanh in the generator, or parsing logits."""

    def build(self, input_shape: Any) -> None:
        self.conv = self._conv("conv", input_shape, self.filters, bias=True, padding="reflect")
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return self.conv(self._act(inputs))
