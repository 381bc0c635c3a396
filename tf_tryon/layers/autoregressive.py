"""A causal transformer over the cells of a spatial code: p(z | c) = prod_i N(z_i | z_1 .. z_{i-1}, c), in raster order.

With a prior that is independent per cell, the cells of a sample disagree (one leg long, the other short). Here cell i
knows those before it. KL(q || p) stays a sum of closed forms, since q is diagonal: E_q sum_i KL(q_i || p_i(z_<i)).
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat, seeds
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.layers.normalization import TokenNormalization


class CausalBlock(keras.layers.Layer):
    """Pre-norm multi-head self-attention over earlier tokens, then a two-layer perceptron; (B, T, D) -> (B, T, D).

    Attributes:
      behind: what a later token's score lies below all earlier ones.
    """

    behind: float = 1e9

    def __init__(self, heads: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape: Any) -> None:
        width = int(input_shape[-1])
        options: dict[str, Any] = {"dtype": self.dtype_policy}
        self.norm_1 = TokenNormalization(name="norm_1", **options)
        self.qkv = _dense(3 * width, "qkv", **options)
        self.project = _dense(width, "project", **options)
        self.norm_2 = TokenNormalization(name="norm_2", **options)
        self.expand = _dense(4 * width, "expand", **options)
        self.contract = _dense(width, "contract", **options)
        shape = tuple(input_shape)
        for layer in (self.norm_1, self.qkv, self.project, self.norm_2, self.expand):
            layer.build(shape)
        self.contract.build((*shape[:-1], 4 * width))
        self.built = True

    def call(self, tokens: tf.Tensor) -> tf.Tensor:
        """All tokens at once (teacher forcing)."""
        query, key, value = self._heads_of(tokens)
        size = tf.shape(tokens)[1]
        earlier = tf.linalg.band_part(tf.ones([size, size], tf.bool), -1, 0)
        return self._finish(tokens, self._attend(query, key, value, earlier))

    def step(
        self, token: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, index: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Token `index` (B, 1, D), given the keys and values (B, heads, T, D / heads) of earlier ones; adds its own."""
        query, key, value = self._heads_of(token)
        places = tf.range(tf.shape(keys)[2])
        here = tf.equal(places, index)[None, None, :, None]
        keys, values = tf.where(here, key, keys), tf.where(here, value, values)
        mixed = self._attend(query, keys, values, (places <= index)[None])
        return self._finish(token, mixed), keys, values

    def _heads_of(self, tokens: tf.Tensor) -> list[tf.Tensor]:
        """Query, key and value, (B, heads, T, D / heads) each."""
        shape, width = tf.shape(tokens), tokens.shape[-1]
        packed = tf.reshape(self.qkv(self.norm_1(tokens)), [shape[0], shape[1], 3, self.heads, width // self.heads])
        return tf.unstack(tf.transpose(packed, [2, 0, 3, 1, 4]))

    def _attend(self, query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, allowed: tf.Tensor) -> tf.Tensor:
        scores = tf.cast(tf.matmul(query, key, transpose_b=True), tf.float32) * query.shape[-1] ** -0.5
        weights = tf.cast(tf.nn.softmax(scores + tf.where(allowed, 0.0, -self.behind)), value.dtype)
        return tf.matmul(weights, value)

    def _finish(self, tokens: tf.Tensor, mixed: tf.Tensor) -> tf.Tensor:
        tokens = tokens + self.project(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), tf.shape(tokens)))
        return tokens + self.contract(tf.nn.gelu(self.expand(self.norm_2(tokens))))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "heads": self.heads}


def _dense(units: int, name: str, **options: Any) -> keras.layers.Dense:
    """Keras's own, whose default initialiser would draw its seed from Python's random state."""
    return keras.layers.Dense(units, name=name, **{"kernel_initializer": seeds.glorot_uniform(), **options})


class AutoregressiveGaussian(keras.layers.Layer):
    """Context features (B, h, w, d) and codes (B, h, w, c) -> Gaussian of each cell given the earlier ones.

    Args: channels: c, of which all cells share the last `shared`: drawn with the first cell, known to the others.
    width, depth: of the transformer. head_std: initial spread of the output's kernel.
    """

    def __init__(
        self, channels: int, width: int = 96, depth: int = 2, head_std: float = 0.02, shared: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.channels, self.width, self.depth, self.head_std = channels, width, depth, head_std
        self.shared = shared

    def build(self, input_shape: Any) -> None:
        _, height, width, features = input_shape
        options: dict[str, Any] = {"dtype": self.dtype_policy}
        self.position = compat.add_weight(self, "position", (int(height) * int(width), self.width), seeds.normal(0.1))
        self.context = _dense(self.width, "context", **options)
        self.context.build((None, None, 2 * features))
        self.code = _dense(self.width, "code", use_bias=False, **options)
        self.code.build((None, None, self.channels))
        self.blocks = [CausalBlock(name=f"block_{i}", **options) for i in range(self.depth)]
        for block in self.blocks:
            block.build((None, int(height) * int(width), self.width))
        self.norm = TokenNormalization(name="norm", **options)
        self.norm.build((None, None, self.width))
        start = seeds.normal(self.head_std)
        self.head = _dense(2 * self.channels, "head", kernel_initializer=start, **options)
        self.head.build((None, None, self.width))
        self.built = True

    def call(self, features: tf.Tensor, codes: tf.Tensor) -> Gaussian:
        """Teacher forcing: every cell at once, each from the earlier cells of `codes`."""
        shape = tf.shape(codes)
        flat = tf.reshape(codes, [shape[0], codes.shape[1] * codes.shape[2], self.channels])
        raw = self.head(self.tokens(self.embed(features), flat))
        gaussian = Gaussian.from_features(tf.reshape(raw, [*tf.unstack(shape[:3]), 2 * self.channels]))
        return gaussian.of_first_cell(self.shared)

    def sample(self, features: tf.Tensor, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Ancestral sampling, cell by cell; noise (B, h, w, c) standard normal -> codes (B, h, w, c) float32."""
        height, width, channels = noise.shape[1:]
        embedded = self.embed(features)
        size = noise.shape[0] or tf.shape(noise)[0]  # TFLite's loops need to know it
        flat = tf.reshape(noise, [size, height * width, channels])
        heads = self.blocks[0].heads
        shared = tf.range(channels) >= channels - self.shared
        cache = tf.zeros([size, heads, height * width, self.width // heads], embedded.dtype)

        def step(i: tf.Tensor, last: tf.Tensor, drawn: tf.TensorArray, caches: list[Any]) -> tuple[Any, ...]:
            token = embedded[:, i, None] + self.code(tf.cast(last, embedded.dtype))
            renewed = []
            for block, (keys, values) in zip(self.blocks, caches, strict=True):
                token, keys, values = block.step(token, keys, values, i)
                renewed.append((keys, values))
            cell = Gaussian.from_features(self.head(self.norm(token))).sample(flat[:, i, None], temperature)
            cell = tf.where((i > 0) & shared, last, cell)
            return i + 1, cell, drawn.write(i, cell[:, 0]), renewed

        start = tf.constant(0), tf.zeros([size, 1, channels])
        drawn = tf.TensorArray(tf.float32, height * width, element_shape=[noise.shape[0], channels])
        caches = [(cache, cache) for _ in self.blocks]
        result = tf.while_loop(lambda i, *_: i < height * width, step, (*start, drawn, caches))[2]
        return tf.reshape(tf.transpose(result.stack(), [1, 0, 2]), tf.shape(noise))

    def embed(self, features: tf.Tensor) -> tf.Tensor:
        """What each cell knows of the context: its own features, their mean, and its place; (B, T, width)."""
        count, (_, height, width, depth) = features.shape[0] or tf.shape(features)[0], features.shape
        kernel = tf.cast(tf.convert_to_tensor(self.context.kernel), features.dtype)
        own, everywhere = tf.split(kernel, 2)  # two products, so that no cell's features are copied beside its own
        flat = tf.matmul(tf.reshape(features, [count * height * width, depth]), own)
        mean = tf.matmul(tf.reduce_mean(features, axis=[1, 2]), everywhere)
        mean += tf.cast(tf.convert_to_tensor(self.context.bias), features.dtype)
        context = tf.reshape(flat, [count, height * width, self.width]) + mean[:, None]
        return context + tf.cast(tf.convert_to_tensor(self.position), context.dtype)

    def tokens(self, embedded: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        """What the head reads (B, T, width), of `embed`'s cells and codes (B, T, c): each cell knows earlier codes."""
        earlier = tf.pad(codes, [[0, 0], [1, 0], [0, 0]])[:, :-1]
        tokens = embedded + self.code(tf.cast(earlier, embedded.dtype))
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens)

    def get_config(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("channels", "width", "depth", "head_std", "shared")}
        return {**super().get_config(), **own}
