"""Encoders E_s, E_a (posterior of the garment) and E_sc, E_ac (prior given the other garments)."""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat
from tf_tryon.layers.autoregressive import AutoregressiveGaussian
from tf_tryon.layers.blocks import ResBlock
from tf_tryon.layers.gaussian import Gaussian, share
from tf_tryon.models.trunk import Trunk, scaled


class Encoder(keras.Model):
    """Trunk, then ResBlock(128 -> 2c): a Gaussian over codes of shape (H / s, W / s, c).

    Args:
      channels: c, the code's channels.
      stride: s, a power of two from 4 to 32; 32 is the whole trunk.
      autoregressive: the head gives context features to a causal transformer over the cells instead.
      head_std: initial spread of the head's last kernels.
      shared: how many of the last channels are one value for the whole picture.
      temperatures: c numbers that multiply each channel's standard deviation where codes are drawn; None: ones.
      spectral: spectral normalisation of all convolutions; "addons": by tensorflow-addons' layer.
    Input (B, H, W, C) pictures in [-1, 1] or masks.
    """

    def __init__(
        self,
        channels: int = 8,
        stride: int = 32,
        autoregressive: bool = False,
        head_std: float = 0.02,
        spectral: bool | str = True,
        width: float = 1.0,
        shared: int = 0,
        temperatures: tuple[float, ...] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.temperatures = temperatures
        self.channels, self.stride, self.autoregressive = channels, stride, autoregressive
        self.head_std, self.spectral, self.width, self.shared = head_std, spectral, width, shared
        dtype = self.dtype_policy
        trunk = Trunk(int(math.log2(stride)), width, spectral, dtype)
        self.blocks, self._trunk = trunk.blocks, trunk
        features = scaled(128, width)
        outputs = 64 if autoregressive else 2 * channels
        std = 0.02 if autoregressive else head_std
        self.head = ResBlock(outputs, features, last_std=std, spectral=spectral, name="head", dtype=dtype)
        self.cells = None
        if autoregressive:
            self.cells = AutoregressiveGaussian(channels, head_std=head_std, shared=shared, name="cells", dtype=dtype)

    def build(self, input_shape: Any) -> None:
        shape = self._trunk.build(input_shape)[-1]
        self.head.build(shape)
        if self.cells is not None:
            self.cells.build((*shape[:-1], self.head.filters))
        compat.mark_built(self, input_shape)

    def features(self, inputs: tf.Tensor) -> tf.Tensor:
        """The head's map (B, h, w, 2c), or the context features of an autoregressive prior."""
        return self.head(self._trunk(inputs)[-1])

    def call(self, inputs: tf.Tensor, codes: tf.Tensor | None = None) -> Gaussian:
        """The Gaussian; an autoregressive one needs the codes whose later cells it predicts."""
        return self.gaussian(self.features(inputs), codes)

    def gaussian(self, features: tf.Tensor, codes: tf.Tensor | None = None) -> Gaussian:
        """`call`, of `features`."""
        if self.cells is None:
            return Gaussian.from_features(features).averaged(self.shared)
        if codes is None:
            raise ValueError("an autoregressive prior needs `codes` for teacher forcing; use sample() to draw them")
        return self.cells(features, codes)

    def sample(self, inputs: tf.Tensor, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Draws codes (B, h, w, c) with the given standard normal noise of the same shape."""
        return self.draw(self.features(inputs), noise, temperature)

    def draw(self, features: tf.Tensor, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """`sample`, of `features`."""
        if self.temperatures is not None:
            noise = noise * tf.constant(self.temperatures, noise.dtype)
        if self.cells is None:
            return share(self.gaussian(features).sample(noise, temperature), self.shared)
        return self.cells.sample(features, noise, temperature)

    def get_config(self) -> dict[str, Any]:
        names = (
            "channels", "stride", "autoregressive", "head_std", "spectral", "width", "shared", "temperatures",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
