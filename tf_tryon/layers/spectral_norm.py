"""Spectral normalisation as Miyato et al. define it (ICLR 2018): a reparameterisation W / sigma(W).

The raw kernel W stays the trained variable. sigma(W), the largest singular value of W as a matrix, is estimated as
u^T W v with a persistent u, and the gradient goes through it: d(W / sigma) / dW = (I - (W / sigma) : u v^T) / sigma.
u takes one power iteration per *training step* (the step calls `update()` once), however often the layer is called:

    v = W^T u / |W^T u|,    u = W v / |W v|

The wrapper that ships with Keras overwrites the kernel at each training call instead, which is a different algorithm.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat, seeds
from tf_tryon.layers.convolution import Convolution

_TINY = 1e-12


class SpectralNormalization(keras.layers.Layer):
    """Wraps a `Convolution`; the matrix's rows are output channels (input channels if transposed, as in PyTorch)."""

    def __init__(self, layer: Convolution, **kwargs: Any) -> None:
        kwargs.setdefault("name", layer.name)
        super().__init__(**kwargs)
        self.layer = layer
        self.folded = False
        self._inverse: float | None = None

    def build(self, input_shape: Any) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
        # Our kernels are (k, k, in, out), transposed ones (k, k, out, in): the last axis holds the rows in both cases.
        rows = int(self.layer.kernel.shape[-1])
        self.u = compat.add_weight(self, "u", (rows,), seeds.normal(1.0), trainable=False, only_first_replica=True)
        self.built = True

    def matrix(self) -> tf.Tensor:
        """The raw kernel as (columns, rows) float32."""
        kernel = tf.convert_to_tensor(self.layer.kernel)
        return tf.reshape(kernel, [-1, kernel.shape[-1]])

    def _right_vector(self, matrix: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
        return tf.math.l2_normalize(tf.linalg.matvec(matrix, u), epsilon=_TINY)

    def sigma(self) -> tf.Tensor:
        """The estimate u^T W v, scalar float32, differentiable in W; u and v are constants."""
        matrix = self.matrix()
        u = tf.math.l2_normalize(tf.convert_to_tensor(self.u), epsilon=_TINY)
        v = tf.stop_gradient(self._right_vector(matrix, u))
        return tf.tensordot(tf.linalg.matvec(matrix, u), v, 1)

    def normalized_kernel(self) -> tf.Tensor:
        """W / sigma(W), float32: what the forward pass uses and what an export stores."""
        kernel = tf.convert_to_tensor(self.layer.kernel)
        u = tf.math.l2_normalize(tf.convert_to_tensor(self.u), epsilon=_TINY)
        v = self._right_vector(tf.reshape(kernel, [-1, kernel.shape[-1]]), u)
        return _over_sigma(kernel, tf.stop_gradient(u), tf.stop_gradient(v))

    def update(self, iterations: int = 1) -> None:
        """Power iterations on u; one for each training step."""
        matrix = self.matrix()
        u = tf.math.l2_normalize(tf.convert_to_tensor(self.u), epsilon=_TINY)
        for _ in range(iterations):
            v = self._right_vector(matrix, u)
            u = tf.math.l2_normalize(tf.linalg.matvec(matrix, v, transpose_a=True), epsilon=_TINY)
        self.u.assign(u)

    def state(self) -> list[tf.Variable]:
        """What a training step changes here without a gradient: u."""
        return [compat.raw(self.u)]

    def fold(self) -> None:
        """Replaces the raw kernel by W / sigma(W) for good: inference pays nothing for it, and training is over."""
        if not self.folded:
            self.layer.kernel.assign(self.normalized_kernel())
            self.folded = True

    def scale_inputs(self) -> None:
        """Applies 1 / sigma to the inputs from now on: an export then holds the raw kernel, bit for bit."""
        self._inverse = float(1.0 / self.sigma())

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        if self._inverse is not None:
            # The converter would multiply the factor into the kernel, but doesn't see through a maximum.
            return self.layer(tf.maximum(inputs * self._inverse, inputs.dtype.min))
        if self.folded:
            return self.layer(inputs)
        return self.layer.convolve(inputs, self.normalized_kernel())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": keras.layers.serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SpectralNormalization:
        layer = keras.layers.deserialize(config.pop("layer"), custom_objects={"Convolution": Convolution})
        return cls(layer, **config)


@tf.custom_gradient
def _over_sigma(kernel: tf.Tensor, u: tf.Tensor, v: tf.Tensor) -> tuple[tf.Tensor, Any]:
    """W / (u^T W v); the gradient in W is (G - (G : W / sigma) u v^T) / sigma, in three passes over the kernel."""
    sigma = tf.tensordot(tf.linalg.matvec(tf.reshape(kernel, [-1, kernel.shape[-1]]), u), v, 1)
    normalized = kernel / sigma

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, None, None]:
        along = tf.reduce_sum(upstream * normalized)
        outer = tf.reshape((v * along)[:, None] * u, kernel.shape)
        return (upstream - outer) / sigma, None, None

    return normalized, gradient


def update_spectral_norms(*models: keras.layers.Layer | None) -> None:
    """One power iteration for each spectrally normalised layer inside `models`; call once per training step."""
    for layer in spectral_layers(*models):
        layer.update()


def fold_spectral_norms(*models: keras.layers.Layer | None) -> None:
    """`SpectralNormalization.fold` for each one inside `models`, before an export."""
    for layer in spectral_layers(*models):
        layer.fold()


def spectral_layers(*models: keras.layers.Layer | None) -> list[SpectralNormalization]:
    """Every SpectralNormalization inside `models`, in building order."""
    layers: list[SpectralNormalization] = []
    for model in models:
        if model is None:
            continue
        if isinstance(model, SpectralNormalization):
            layers.append(model)
            continue
        layers += [item for child in compat.sublayers(model) for item in spectral_layers(child)]
    return layers
