"""Content and style distances on VGG features (equations 2-21 to 2-24).

Features are conv1_2, 2_2, 3_2, 4_2 and 5_2 after ReLU of a VGG-19 (the thesis's) or VGG-16 trained on ImageNet.

1. Johnson et al., Perceptual Losses for Real-Time Style Transfer and Super-Resolution, ECCV 2016.
2. Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015 (the weights).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_tryon.losses.vgg_weights import BLOCKS

_MEAN_BGR = (103.939, 116.779, 123.68)  # what the weights were trained with
LAYERS = 5
# Keras's VGG reads bytes; the method's layer weights are those of networks that read pictures of unit variance, and
# features grow with the input: standard deviation of ImageNet's bytes, mean of the colours.
BYTES_PER_UNIT = 57.6


class Perceptual(tf.Module):
    """VGG's five feature maps and the two distances on them.

    Args:
      weights: kernels and biases by layer name ("block1_conv1": (kernel, bias)), see `vgg_weights.load`.
      network: "vgg19" or "vgg16".
      compute_dtype: type of the convolutions; distances are float32 always.
    """

    def __init__(self, weights: dict[str, tuple[np.ndarray, np.ndarray]], network: str, compute_dtype: str = "float32"):
        super().__init__(name=network)
        self._dtype = tf.as_dtype(compute_dtype)
        self._layers: list[list[tuple[tf.Variable, tf.Variable]]] = []
        for block, count in enumerate(BLOCKS[network], start=1):
            names = [f"block{block}_conv{i}" for i in range(1, count + 1)]
            if block == LAYERS:
                names = names[:2]  # nothing after conv5_2 is needed
            self._layers.append([tuple(tf.Variable(w, trainable=False) for w in weights[n]) for n in names])
        # What each layer is divided by; its mean activation on real pictures once `calibrate` ran.
        self.scales = tf.Variable(tf.fill([LAYERS], BYTES_PER_UNIT), trainable=False, name="scales")

    def features(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        """Five maps (B, H / 2^l, W / 2^l, C_l) in compute_dtype, of pictures (B, H, W, 3) in [-1, 1]."""
        x = tf.cast(pictures, tf.float32)[..., ::-1] * 127.5 + 127.5 - tf.constant(_MEAN_BGR)
        x = tf.cast(x, self._dtype)
        outputs = []
        for block, layers in enumerate(self._layers):
            if block:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            for index, (kernel, bias) in enumerate(layers):
                x = tf.nn.conv2d(x, tf.cast(kernel, self._dtype), 1, "SAME")
                x = tf.nn.relu(tf.nn.bias_add(x, tf.cast(bias, self._dtype)))
                if index == 1:
                    outputs.append(x)
        return outputs

    def calibrate(self, pictures: tf.Tensor) -> None:
        """Set `scales` to the mean activations on these pictures: then all layers weigh alike."""
        means = [tf.reduce_mean(tf.cast(f, tf.float32)) for f in self.features(pictures)]
        self.scales.assign(tf.maximum(tf.stack(means), 1e-3))

    def content(self, real: Sequence[tf.Tensor], fake: Sequence[tf.Tensor], weights: Sequence[float]) -> tf.Tensor:
        """``sum_l weights_l mean |phi_l(I) - phi_l(I_bar)|`` (2-21 without the pixels), (B,) float32."""
        total = tf.zeros([tf.shape(real[0])[0]])
        for layer, (a, b, weight) in enumerate(zip(real, fake, weights, strict=True)):
            if weight:
                difference = tf.abs(tf.cast(a, tf.float32) - tf.cast(b, tf.float32))
                total += weight / self.scales[layer] * tf.reduce_mean(difference, axis=(1, 2, 3))
        return total

    def style(self, real: Sequence[tf.Tensor], fake: Sequence[tf.Tensor], weights: Sequence[float]) -> tf.Tensor:
        """``sum_l weights_l mean |G_l(I) - G_l(I_bar)|`` (2-23), G the Gram matrix / positions; (B,) float32."""
        total = tf.zeros([tf.shape(real[0])[0]])
        for layer, (a, b, weight) in enumerate(zip(real, fake, weights, strict=True)):
            if weight:
                difference = tf.abs(gram(a) - gram(b))
                total += weight / tf.square(self.scales[layer]) * tf.reduce_mean(difference, axis=(1, 2))
        return total


def gram(features: tf.Tensor) -> tf.Tensor:
    """Gram matrices (2-22) divided by the number of positions: (B, h, w, C) -> (B, C, C) float32."""
    shape = tf.shape(features)
    flat = tf.reshape(tf.cast(features, tf.float32), [shape[0], -1, features.shape[-1]])
    return tf.matmul(flat, flat, transpose_a=True) / tf.cast(shape[1] * shape[2], tf.float32)


def crop_corners(box: tf.Tensor, uniform: tf.Tensor, side: int, height: int, width: int) -> tf.Tensor:
    """Top left corners of square crops around random points of the erased boxes.

    Args:
      box: (B, 4) y0, x0, y1, x1 in pixels.
      uniform: (B, 2) in [0, 1): which point of the box becomes the crop's centre.
      side: of the crops, at most the picture's.

    Returns:
      (B, 2) int32 y, x; the crops lie inside the picture.
    """
    low, high = box[:, :2], box[:, 2:]
    # A box larger than the crop is covered evenly; in a smaller one the centre stays where the crop covers it.
    margin = tf.minimum((high - low) / 2, side / 2)
    centre = low + margin + uniform * (high - low - 2 * margin)
    limit = tf.constant([height - side, width - side], tf.float32)
    return tf.cast(tf.clip_by_value(centre - side / 2, 0.0, limit), tf.int32)


def crop(pictures: tf.Tensor, corners: tf.Tensor, side: int) -> tf.Tensor:
    """Crops of (B, H, W, C) at integer corners (B, 2): (B, side, side, C)."""
    steps = tf.range(side)
    rows = corners[:, :1] + steps[tf.newaxis]
    columns = corners[:, 1:] + steps[tf.newaxis]
    return tf.gather(tf.gather(pictures, rows, batch_dims=1, axis=1), columns, batch_dims=1, axis=2)
