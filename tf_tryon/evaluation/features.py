"""Features of pictures by a named network, for distances between sets of pictures."""

from __future__ import annotations

import os
import pathlib

import numpy as np
import tensorflow as tf

from tf_tryon.errors import TryOnError
from tf_tryon.losses import vgg_weights
from tf_tryon.losses.perceptual import Perceptual

IMAGENET = "imagenet"


class VggFeatures:
    """VGG-16's conv5_2 after ReLU, averaged over the picture: 512 features (Simonyan and Zisserman, ICLR 2015).

    Args:
      weights: a file of VGG-16's ImageNet weights, or "imagenet" for Keras to download them.
      compute_dtype: of the convolutions.

    Raises:
      TryOnError: there is no such file.
      ValueError: it holds another network.
    """

    name = "vgg16_conv5_2"
    size = 512

    def __init__(self, weights: str | os.PathLike[str], compute_dtype: str = "float32") -> None:
        path = "" if str(weights) == IMAGENET else str(weights)
        if path and not pathlib.Path(path).is_file():
            raise TryOnError(f"{path}: no such file; give VGG-16's weights, or '{IMAGENET}' for Keras to download them")
        network = Perceptual(vgg_weights.load("vgg16", path), "vgg16", compute_dtype)

        @tf.function(autograph=False, reduce_retracing=True)
        def compute(pictures: tf.Tensor) -> tf.Tensor:
            return tf.reduce_mean(tf.cast(network.features(pictures)[-1], tf.float32), axis=(1, 2))

        self._compute = compute

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) float32 in [0, 1] -> (B, 512) float32."""
        return self._compute(tf.constant(pictures * 2 - 1, tf.float32)).numpy()
