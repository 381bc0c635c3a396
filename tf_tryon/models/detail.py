"""Detail network: weave, grain and edges of cloth that the texture stage's picture is too small to hold.

    enlarged(I) + M * Detail(I)

It sees the texture stage's picture I (B, H, W, 3) and gives what to add to it at twice its size, inside the completed
garment alone (M, `inside`). It is a U-Net (Ronneberger et al., MICCAI 2015) of few channels, whose input has fixed
noise beside the picture: a plain surface says nothing of its weave, so the network needs something to make one of. The
noise is a weight, so that all front ends draw the same. What is added is grey: given three colours of its own, the
network learns coloured specks.
"""

from __future__ import annotations

from typing import Any, Final

import keras
import tensorflow as tf

from tf_tryon.data import vocabulary
from tf_tryon.geometry import resampling, tensor_arrays
from tf_tryon.layers import compat, seeds
from tf_tryon.layers.blocks import leaky_relu
from tf_tryon.layers.convolution import Convolution, double

NAME: Final = "detail"
_WIDTHS: Final = (16, 32, 48)  # channels at the picture's size, its half and its quarter
_BLOCKS: Final = 2  # residual blocks at its quarter
_NOISE: Final = (64, 64, 4)  # height and width of the tile that is repeated, channels
_HE: Final = 2.0  # kernels start as N(0, He / fan in)
_SLOPE: Final = 0.2  # of LeakyReLU


class Detail(keras.Model):
    """(B, H, W, 3) in [-1, 1] -> (B, 2H, 2W, 1) float32, what to add to each colour; H and W are multiples of 4."""

    def build(self, input_shape: Any) -> None:
        full, half, quarter = _WIDTHS
        noise = _NOISE[-1]
        self.noise = compat.add_weight(self, "noise", _NOISE, seeds.normal(1.0), trainable=False)
        self.first = _made("first", 3 + noise, full, 5)
        self.downs = [_made("down_1", full, half, rescale="down"), _made("down_2", half, quarter, rescale="down")]
        self.blocks = [
            [_made(f"block_{i}_{k}", quarter, quarter) for k in (1, 2)] for i in range(_BLOCKS)
        ]  # fmt: skip
        self.ups = [_made("up_1", quarter, half, rescale="up"), _made("up_2", half, full, rescale="up")]
        self.sides = [_made("side_1", half, half), _made("side_2", full + noise, full)]
        self.last = _made("last", full, full)
        self.output_layer = _made("output", full, 4, gain=0.01)  # starts with next to nothing to add
        compat.mark_built(self, input_shape)

    def call(self, pictures: tf.Tensor) -> tf.Tensor:
        noise = self._tiled(pictures)
        whole = _act(self.first(tf.concat([pictures, noise], axis=-1)))
        half = _act(self.downs[0](whole))
        x = _act(self.downs[1](half))
        for first, second in self.blocks:
            x = x + second(_act(first(x)))
        x = _act(self.ups[0](_act(x)) + self.sides[0](half))
        x = _act(self.ups[1](x) + self.sides[1](tf.concat([whole, noise], axis=-1)))
        return tf.nn.depth_to_space(self.output_layer(_act(self.last(x))), 2)

    def _tiled(self, pictures: tf.Tensor) -> tf.Tensor:
        """The noise, repeated over pictures of any size."""
        count, height, width = tf.shape(pictures)[0], pictures.shape[1], pictures.shape[2]
        tile = tf.convert_to_tensor(self.noise)
        whole = tf.tile(tile, [-(-height // _NOISE[0]), -(-width // _NOISE[1]), 1])[:height, :width]
        return tf.repeat(whole[tf.newaxis], count, axis=0)


def build_detail(seed: int = 0) -> Detail:
    """The network, its weights fresh: they follow from the seed."""
    network = Detail(name=NAME)
    seeds.build(network, (None, None, None, 3), seed)
    return network


def enlarged(pictures: tf.Tensor) -> tf.Tensor:
    """(B, H, W, c) -> (B, 2H, 2W, c), by the kernel that pastes completions into photos."""
    return _resized(pictures, (2 * pictures.shape[1], 2 * pictures.shape[2]))


def shrunk(detail: tf.Tensor) -> tf.Tensor:
    """(B, 2H, 2W, c) -> (B, H, W, c), by the same kernel: what of it is seen at the texture stage's size."""
    return _resized(detail, (detail.shape[1] // 2, detail.shape[2] // 2))


def _resized(pictures: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    whole = (0, 0, pictures.shape[1], pictures.shape[2])
    return resampling.resample_maps(tensor_arrays, pictures, whole, size, resampling.CUBIC, resampling.EDGE)


def added(network: Detail, rgb: tf.Tensor, labels: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """What is added to each colour of n completions at twice their size, (n, 2H, 2W, 1).

    Args:
      network: trained.
      rgb: (n, H, W, 3) in [-1, 1], the texture stage's.
      labels: (n, H, W) completed classes.
      target: (n,) int32 slots of the completed garments, or (1,) of all.
    """
    garment = vocabulary.class_of(target)[:, tf.newaxis, tf.newaxis]
    mask = tf.cast(tf.cast(labels, tf.int32) == garment, tf.float32)
    return network(rgb) * inside(mask[..., tf.newaxis])


def inside(mask: tf.Tensor) -> tf.Tensor:
    """M: a garment's mask (B, H, W, 1) at twice its size, fading to 0 within three pixels of its outline.

    The mask's outline is one of squares, and detail that ended with it would draw them.
    """
    share = tf.nn.avg_pool2d(double(mask), 5, 1, "SAME")
    return tf.maximum(2.0 * share - 1.0, 0.0) * double(mask)


def _act(x: tf.Tensor) -> tf.Tensor:
    return leaky_relu(x, _SLOPE)


def _made(name: str, channels: int, filters: int, size: int = 3, gain: float = 1.0, **options: Any) -> Convolution:
    layer = Convolution(filters, size, bias=True, init_std=gain * _deviation(size, channels), name=name, **options)
    layer.build((None, None, None, channels))
    return layer


def _deviation(size: int, channels: int) -> float:
    return (_HE / (size * size * channels)) ** 0.5
