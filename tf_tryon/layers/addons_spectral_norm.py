"""tensorflow-addons' spectral normalisation, to reproduce results that were made with it (Keras 2 only).

At every call with `training=True` it makes one power iteration and overwrites the kernel: W <- W / (v^T W u). So

- no gradient goes through sigma: G where ours has (G - (G : W / sigma) u v^T) / sigma;
- a training step that calls a network several times renormalises several times;
- the trained weight is the normalised one, which inference uses as it is.

docs/method.md has the measured difference.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf_tryon.layers import compat, seeds
from tf_tryon.layers.spectral_norm import SpectralNormalization

_START = 0.02  # standard deviation of a new u; its length doesn't matter


class AddonsSpectralNormalization(SpectralNormalization):
    """Wraps a `Convolution`; variables have the names of `SpectralNormalization`'s, but u is (1, rows).

    Raises:
      ValueError: at build, tensorflow-addons can't be imported.
    """

    def build(self, input_shape: Any) -> None:
        wrapper = compat.tensorflow_addons().layers.SpectralNormalization(self.layer, dtype=self.dtype_policy)
        wrapper.build(input_shape)
        wrapper.input_spec = None  # it would insist on the height and width that it was built with
        self.u = wrapper.u
        self.u.assign(seeds.normal(_START)(self.u.shape))
        self._wrapper = wrapper
        self.built = True

    def normalized_kernel(self) -> tf.Tensor:
        """The kernel as it is, float32: what inference uses and what an export stores."""
        return tf.convert_to_tensor(self.layer.kernel)

    def scale_inputs(self) -> None:
        """Nothing: the kernel is stored as inference uses it."""

    def update(self, iterations: int = 1) -> None:
        """Nothing: each training call has its own iteration."""

    def state(self) -> list[tf.Variable]:
        """What a training step changes here without a gradient: u, and the kernel, which each call normalises."""
        return [compat.raw(self.u), compat.raw(self.layer.kernel)]

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        return self._wrapper(inputs, training=bool(training))
