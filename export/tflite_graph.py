"""The shape stage as a phone runs it: the networks' own weights in three functions of fixed size, batch 1.

    encode(context)         -> features                  once for a person; or mean, raw_std where cells are independent
    prior(features, codes)  -> mean, raw_std             once for each cell of a code, which it then tells
    generate(given, codes)  -> logits                    once for each sample

Spectral norms are folded into the kernels. With `integer` the graph computes the same in a form that eight bits can
hold: variances are matrix products, whose sums stay exact in 32 bits, and every channel may be rescaled by a factor
(`tflite_equalise.py`) that the next layer takes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_tryon.config import latent_shape
from tf_tryon.layers.blocks import FirstBlock, ResBlock, UpBlock, average_pool
from tf_tryon.layers.convolution import Convolution, double, doubling_kernel, mean_kernel, reflect
from tf_tryon.layers.normalization import InstanceNormalization
from tf_tryon.layers.spectral_norm import SpectralNormalization
from tf_tryon.models.contract import Networks
from tf_tryon.models.generator import ATTENTION_AFTER, DEPTH, SKIP_FROM
from tf_tryon.models.tasks import CLASSES, ShapeTask

_EPSILON = 1e-5  # the norms' epsilon
# Least variance of a normalised channel in eight bits: below, 1 / std would leave nothing for the other channels.
LEAST_VARIANCE = 3e-4
_SMALL = 32  # side of the maps from which on a doubling or halving convolution is worth its larger 4x4 kernel
_BEHIND = 40.0  # what a later cell's score lies below all earlier ones: e^-40 is nothing, and eight bits can hold it


class ShapeGraph:
    """The three functions for one stage's networks.

    Attributes:
      code_scale: (channels,) what a unit of the functions' codes is worth.
      watch: called with (name, tensor) for what `tflite_equalise` looks at.
    """

    def __init__(self, networks: Networks, integer: bool) -> None:
        self.networks, self.integer = networks, integer
        self.code_scale = np.ones(networks.config.model.latent_channels, np.float32)
        self._into: dict[int, np.ndarray] = {}  # factors of a convolution's input channels, by its id
        self._out_of: dict[int, np.ndarray] = {}  # and of its output channels
        self._normed: dict[int, np.ndarray] = {}  # and of a norm's, by the norm's id
        self.watch: Callable[[str, tf.Tensor], None] = lambda name, tensor: None

    def functions(self) -> dict[str, tf.types.experimental.PolymorphicFunction]:
        """Each function with its fixed signature, ready to be traced; factors must be set before."""
        config, (rows, columns, channels) = self.networks.config, latent_shape(self.networks.config)
        height, width, pool = config.data.height, config.data.width, config.model.context_pool
        given, cells = ShapeTask.given_channels(config), rows * columns
        context = 12 + (given if config.model.encoder_context else 0)
        prior = self.networks.context_encoder.cells
        specs: dict[str, tuple[Callable[..., Any], dict[str, tuple[int, ...]]]] = {
            "encode": (self.encode, {"context": (height // pool, width // pool, context)}),
            "generate": (self.generate, {"given": (height, width, given), "codes": (height, width, channels)}),
        }
        if prior is not None:
            specs["prior"] = (self.prior, {"features": (cells, prior.width), "codes": (cells, channels)})
        return {
            name: tf.function(
                call,
                input_signature=[tf.TensorSpec((1, *shape), name=key) for key, shape in inputs.items()],
                autograph=False,
            )
            for name, (call, inputs) in specs.items()
        }

    def rescale_input(self, layer: Any, factors: np.ndarray, start: int = 0) -> None:
        """Multiplies what a convolution's kernel makes of its input channels from `start` on."""
        plain = convolution_of(layer)
        whole = self._into.setdefault(id(plain), np.ones(plain.kernel.shape[3 if plain.transposed else 2], np.float32))
        whole[start : start + len(factors)] *= factors

    def rescale_output(self, layer: Any, factors: np.ndarray) -> None:
        """Multiplies a convolution's output channels."""
        plain = convolution_of(layer)
        self._out_of.setdefault(id(plain), np.ones(plain.filters, np.float32))[:] *= factors

    def rescale_norm(self, layer: Any, factors: np.ndarray) -> None:
        """Multiplies a norm's output channels."""
        self._normed[id(layer)] = factors.astype(np.float32)

    def encode(self, context: tf.Tensor) -> dict[str, tf.Tensor]:
        """(1, h, w, C) context -> features (1, cells, D), or mean and raw_std (1, cells, channels)."""
        encoder = self.networks.context_encoder
        x = context
        for block in encoder.blocks:
            x = self._block(block, x)
        if encoder.cells is None:
            mean, raw = self._residual(encoder.head, x, halves=True)
            shape = (1, -1, encoder.channels)
            return {"mean": tf.reshape(mean, shape) / self.code_scale, "raw_std": tf.reshape(raw, shape)}
        x, cells = self._residual(encoder.head, x), encoder.cells
        _, height, width, depth = x.shape
        own, whole = tf.split(tf.convert_to_tensor(cells.context.kernel), 2)
        flat = tf.reshape(x, (height * width, depth))
        everywhere = tf.matmul(tf.reshape(tf.reduce_mean(x, axis=[1, 2]), (1, depth)), whole) + cells.context.bias
        return {"features": (tf.matmul(flat, own) + everywhere + tf.convert_to_tensor(cells.position))[None]}

    def prior(self, features: tf.Tensor, codes: tf.Tensor) -> dict[str, tf.Tensor]:
        """What each cell may be, given the codes of those before it: mean and raw_std (1, cells, channels)."""
        cells = self.networks.context_encoder.cells
        channels = cells.channels
        earlier = tf.pad(codes[0, :-1], ((1, 0), (0, 0)))
        kernel = tf.convert_to_tensor(cells.code.kernel) * self.code_scale[:, None]
        tokens = features[0] + tf.matmul(earlier, kernel)
        for block in cells.blocks:
            tokens = tokens + self._mixed(block, self._layer_norm(block.norm_1, tokens))
            hidden = tf.nn.gelu(_dense(block.expand, self._layer_norm(block.norm_2, tokens)))
            tokens = tokens + _dense(block.contract, hidden)
        tokens = self._layer_norm(cells.norm, tokens)
        kernel, bias = tf.convert_to_tensor(cells.head.kernel), tf.convert_to_tensor(cells.head.bias)
        # Two products, so that each half keeps a scale of its own.
        mean = tf.matmul(tokens, kernel[:, :channels] / self.code_scale) + bias[:channels] / self.code_scale
        raw = tf.matmul(tokens, kernel[:, channels:]) + bias[channels:]
        return {"mean": mean[None], "raw_std": raw[None]}

    def generate(self, given: tf.Tensor, codes: tf.Tensor) -> dict[str, tf.Tensor]:
        """(1, H, W, C) given and (1, H, W, c) laid codes -> logits (1, H, W, 8)."""
        net = self.networks.generator
        inputs = tf.concat([given, codes], axis=-1)
        pyramid = [inputs]
        for _ in range(DEPTH):
            pyramid.append(average_pool(pyramid[-1]))
        maps = [inputs]
        for block in net.blocks:
            maps.append(self._block(block, maps[-1]))
        x, output = maps[-1], None
        for index, up in enumerate(net.ups):
            condition = pyramid[DEPTH - index]
            skip = [condition] if net.skips and index >= SKIP_FROM else []
            previous = [] if output is None else [output]
            parts = [x, *skip, *previous]
            x = self._up(up, tf.concat(parts, axis=-1) if len(parts) > 1 else x, condition, index)
            if net.fill is not None and index + 1 == ATTENTION_AFTER:
                # S_hat sums to 1 where a pixel is visible: no mask of its own is needed.
                visible = tf.reduce_sum(given[..., :CLASSES], axis=-1, keepdims=True)
                x = self._attend(net.fill, x, maps[ATTENTION_AFTER + 1], visible)
            self.watch(f"up {index}", x)
            if index in net.outputs_at:
                source = tf.concat([x, pyramid[DEPTH - index - 1]], axis=-1) if net.skips else x
                layer = net.outputs_at[index]
                output = self._convolve(layer.conv, tf.nn.leaky_relu(source, layer.slope))
        return {"logits": output}

    def _block(self, block: FirstBlock | ResBlock, x: tf.Tensor) -> tf.Tensor:
        if isinstance(block, ResBlock):
            return self._residual(block, x)
        hidden = tf.nn.leaky_relu(self._convolve(block.conv_1, x), block.slope)
        return self._convolve(block.conv_2, hidden) + self._convolve(block.shortcut, average_pool(x))

    def _residual(self, block: ResBlock, x: tf.Tensor, halves: bool = False) -> Any:
        """The block's output, or with `halves` its two halves, each with a scale of its own."""
        hidden = self._convolve(block.conv_1, tf.nn.leaky_relu(x, block.slope))
        hidden = tf.nn.leaky_relu(hidden, block.slope)
        shortcut = average_pool(x) if block.down else x

        def added(part: slice) -> tf.Tensor:
            return self._convolve(block.conv_2, hidden, part) + self._convolve(block.shortcut, shortcut, part)

        half = block.filters // 2
        return (added(slice(0, half)), added(slice(half, None))) if halves else added(slice(None))

    def _up(self, block: UpBlock, x: tf.Tensor, condition: tf.Tensor, index: int) -> tf.Tensor:
        def normed(layer: Any, features: tf.Tensor) -> tf.Tensor:
            return tf.nn.leaky_relu(self._norm(layer, features, condition), block.slope)

        self.watch(f"norm_1 {index}", x)
        features = self._convolve(block.conv, normed(block.norm_1, x))
        self.watch(f"norm_2 {index}", features)
        features = self._convolve(block.up, normed(block.norm_2, features))
        shortcut = self._convolve(block.shortcut, x)
        return features + (shortcut if block.upsample == "transposed" else double(shortcut))

    def _norm(self, layer: Any, x: tf.Tensor, condition: tf.Tensor) -> tf.Tensor:
        factors = self._normed.get(id(layer), np.ones(x.shape[-1], np.float32))
        y = self._standardize(x, factors)
        if isinstance(layer, InstanceNormalization):
            return y * _value(layer.gamma) + _value(layer.beta) * factors
        hidden = tf.nn.relu(self._convolve(layer.shared, condition))
        scale, shift = np.split(self._kernel(layer.modulation), 2, axis=-1)
        scale_bias, shift_bias = np.split(_value(layer.modulation.offset), 2)
        scaled = tf.nn.conv2d(hidden, scale, 1, "SAME") + (1 + scale_bias)
        return y * scaled + (tf.nn.conv2d(hidden, shift * factors, 1, "SAME") + shift_bias * factors)

    def _standardize(self, x: tf.Tensor, factors: np.ndarray) -> tf.Tensor:
        """Zero mean and unit variance of (1, H, W, C) over positions, times factors (C,)."""
        _, height, width, channels = x.shape
        centred = x - tf.reduce_mean(x, axis=[1, 2], keepdims=True)
        if not self.integer:
            variance = tf.reduce_mean(centred * centred, axis=[1, 2], keepdims=True)
            return centred * (tf.math.rsqrt(variance + _EPSILON) * factors)
        rows = tf.transpose(tf.reshape(centred, (height * width, channels)))
        variance = tf.matmul(rows[:, None], rows[:, :, None]) / (height * width)
        scale = tf.math.rsqrt(tf.maximum(variance, LEAST_VARIANCE) + _EPSILON)
        return centred * (tf.reshape(scale, (1, 1, 1, channels)) * factors)

    def _attend(self, layer: Any, x: tf.Tensor, memory: tf.Tensor, visible: tf.Tensor) -> tf.Tensor:
        """MaskedAttention.call (equations 2-30 to 2-32)."""
        shape, positions = x.shape, x.shape[1] * x.shape[2]
        query = tf.reshape(self._convolve(layer.query, x), (1, positions, -1))
        beta = tf.nn.softmax(tf.matmul(query, query, transpose_b=True))

        def gathered(features: tf.Tensor) -> tf.Tensor:
            return tf.reshape(tf.matmul(beta, tf.reshape(features, (1, positions, shape[3]))), shape)

        mask = average_pool(visible, visible.shape[1] // shape[1])
        short = _value(layer.gamma_d) * gathered(x) + x
        long = _value(layer.gamma_e) * (1 - mask) * gathered(memory) + mask * memory
        return self._residual(layer.fusion, tf.concat([short, long], axis=-1))

    def _layer_norm(self, layer: Any, x: tf.Tensor) -> tf.Tensor:
        """Of (cells, D), over D."""
        centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
        variance = tf.reduce_mean(centred * centred, axis=-1, keepdims=True)
        scale = tf.math.rsqrt(variance + layer.epsilon)
        return centred * scale * tf.convert_to_tensor(layer.gamma) + tf.convert_to_tensor(layer.beta)

    def _mixed(self, block: Any, x: tf.Tensor) -> tf.Tensor:
        """Self-attention of CausalBlock over (cells, D), all cells at once."""
        cells, width = x.shape
        size = width // block.heads
        kernels = tf.split(tf.convert_to_tensor(block.qkv.kernel), 3, axis=-1)
        biases = tf.split(tf.convert_to_tensor(block.qkv.bias), 3)
        factors = (size**-0.5, 1.0, 1.0)
        query, key, value = (
            tf.transpose(tf.reshape(tf.matmul(x, kernel * f) + bias * f, (cells, block.heads, size)), (1, 0, 2))
            for kernel, bias, f in zip(kernels, biases, factors, strict=True)
        )
        later = np.triu(np.full((cells, cells), -_BEHIND, np.float32), 1)
        weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) + later)
        mixed = tf.reshape(tf.transpose(tf.matmul(weights, value), (1, 0, 2)), (cells, width))
        return _dense(block.project, mixed)

    def _convolve(self, layer: Any, x: tf.Tensor, part: slice = slice(None)) -> tf.Tensor:
        """A convolution with its folded, rescaled kernel; `part`: only these of its output channels."""
        plain, kernel = convolution_of(layer), self._kernel(layer)
        kernel = kernel[:, :, part] if plain.transposed else kernel[..., part]
        small = x.shape[1] < _SMALL
        if plain.transposed:
            y = _doubled(x, kernel)
        elif plain.rescale == "up" and small:
            y = tf.nn.conv2d(double(x), kernel, 1, "SAME")
        elif plain.rescale == "up":
            y = _doubled(x, doubling_kernel(kernel))
        elif plain.rescale == "down" and not small:
            y = tf.nn.conv2d(x, mean_kernel(kernel), 2, "SAME")
        else:
            padded = reflect(x, plain.size // 2) if plain.padding == "reflect" else x
            y = tf.nn.conv2d(padded, kernel, 1, "SAME" if plain.padding == "same" else "VALID")
            y = average_pool(y) if plain.rescale == "down" else y
        if plain.offset is not None:
            y += (_value(plain.offset) * self._out_of.get(id(plain), np.float32(1)))[part]
        return y

    def _kernel(self, layer: Any) -> np.ndarray:
        plain = convolution_of(layer)
        with tf.init_scope():  # constants of whatever is being traced
            folded = layer.normalized_kernel() if isinstance(layer, SpectralNormalization) else plain.kernel
            kernel = tf.convert_to_tensor(folded).numpy().copy()
        source, target = (3, 2) if plain.transposed else (2, 3)
        for axis, factors in ((source, self._into.get(id(plain))), (target, self._out_of.get(id(plain)))):
            if factors is not None:
                kernel *= factors.reshape([-1 if i == axis else 1 for i in range(4)])
        return kernel


def convolution_of(layer: Any) -> Convolution:
    """The layer without its spectral norm."""
    return layer.layer if isinstance(layer, SpectralNormalization) else layer


def _value(variable: Any) -> np.ndarray:
    with tf.init_scope():
        return tf.convert_to_tensor(variable).numpy()


def _dense(layer: Any, x: tf.Tensor) -> tf.Tensor:
    return tf.matmul(x, tf.convert_to_tensor(layer.kernel)) + tf.convert_to_tensor(layer.bias)


def _doubled(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Transposed convolution of stride 2 with a kernel (k, k, out, in)."""
    shape = (1, 2 * x.shape[1], 2 * x.shape[2], kernel.shape[2])
    return tf.nn.conv2d_transpose(x, kernel, shape, 2, "SAME")
