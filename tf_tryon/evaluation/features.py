"""Features of pictures by a named network, for distances between sets of pictures.

Distances on the pool3 features of the 2015 Inception graph are FID and KID as published; on any other network's they
carry its name.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from tf_tryon.errors import TryOnError
from tf_tryon.losses import vgg_weights
from tf_tryon.losses.perceptual import Perceptual

IMAGENET = "imagenet"


class Features(Protocol):
    """What a network of features offers.

    Attributes:
      name: of network and layer; distances are called by it.
      size: how many features.
    """

    name: str
    size: int

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) float32 in [0, 1] -> (B, size) float32."""
        ...


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
        self.network = network

        @tf.function(autograph=False, reduce_retracing=True)
        def compute(pictures: tf.Tensor) -> tf.Tensor:
            return tf.reduce_mean(tf.cast(network.features(pictures)[-1], tf.float32), axis=(1, 2))

        self._compute = compute

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) float32 in [0, 1] -> (B, 512) float32."""
        return self._compute(tf.constant(pictures * 2 - 1, tf.float32)).numpy()


class KerasInception:
    """Keras's InceptionV3, averaged over its last map: 2048 features. Not the network of published FIDs.

    Args:
      weights: a file of its ImageNet weights without top, or "imagenet" for Keras to download them.

    Raises:
      TryOnError: there is no such file, or it doesn't fit.
    """

    name = "keras_inception_v3"
    size = 2048

    def __init__(self, weights: str | os.PathLike[str]) -> None:
        given = str(weights)
        try:
            network = keras.applications.InceptionV3(include_top=False, weights=given, pooling="avg")
        except Exception as error:  # Keras raises whatever its downloader and HDF5 reader raise
            raise TryOnError(
                f"{given}: no weights of InceptionV3 without top ({error}); give such a file, or '{IMAGENET}' for"
                " Keras to download them"
            ) from error

        @tf.function(autograph=False, reduce_retracing=True)
        def compute(pictures: tf.Tensor) -> tf.Tensor:
            return network(tf.image.resize(pictures, (299, 299)) * 2.0 - 1.0, training=False)

        self._compute = compute

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) float32 in [0, 1] -> (B, 2048) float32."""
        return self._compute(tf.constant(pictures, tf.float32)).numpy()


class Inception2015:
    """pool_3 of the 2015 Inception graph (classify_image_graph_def.pb), the network of published FIDs: 2048 features.

    Args:
      graph: the frozen graph's file. Its ExpandDims:0 takes pictures in [0, 255] of any size.

    Raises:
      TryOnError: there is no such file, or it holds another graph.
    """

    name = "inception_2015_pool3"
    size = 2048

    def __init__(self, graph: str | os.PathLike[str]) -> None:
        path = pathlib.Path(graph)
        if not path.is_file():
            raise TryOnError(f"{path}: no such file; FID needs the 2015 graph, classify_image_graph_def.pb")

        def imported(pictures: tf.Tensor) -> tf.Tensor:
            definition = tf.compat.v1.GraphDef.FromString(path.read_bytes())
            (output,) = tf.graph_util.import_graph_def(
                definition, input_map={"ExpandDims:0": pictures}, return_elements=["pool_3:0"], name=""
            )
            return tf.reshape(output, [-1, self.size])

        try:
            signature = [tf.TensorSpec((None, None, None, 3), tf.float32)]
            self._compute = tf.compat.v1.wrap_function(imported, signature)
        except Exception as error:  # protobuf's and TensorFlow's own, for whatever is not that graph
            raise TryOnError(f"{path} is not the 2015 Inception graph ({error})") from error

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """(B, H, W, 3) float32 in [0, 1] -> (B, 2048) float32."""
        return self._compute(tf.constant(pictures * 255.0, tf.float32)).numpy()


NETWORKS: dict[str, Callable[[str], Features]] = {
    "vgg16": VggFeatures,
    "keras_inception_v3": KerasInception,
    "inception_2015": Inception2015,
}
