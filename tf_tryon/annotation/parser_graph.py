"""What the parsing network makes of one person, in the graph: for the annotator, and for the exported file."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.parser_inputs import network_inputs
from tf_tryon.annotation.parser_network import ParserNetwork
from tf_tryon.annotation.random_place import MIRRORED
from tf_tryon.data.keypoints import SWAP


class GraphNetwork:
    """A parsing network by TensorFlow; see `builtin_parser.Network`.

    Args:
      network: with its weights.
      config: its configuration.
    """

    def __init__(self, network: ParserNetwork, config: ConfigDict) -> None:
        self.size: tuple[int, int] = (config.model.height, config.model.width)
        self._answer = answers(network, config)

    def probabilities(self, picture: np.ndarray, mask: np.ndarray | None, keypoints: np.ndarray) -> np.ndarray:
        """See `builtin_parser.Network`."""
        known = np.zeros(self.size, np.float32) if mask is None else mask
        given = (picture, known, np.array(mask is not None), keypoints)
        return self._answer(*(tf.constant(one)[None] for one in given))["probabilities"].numpy()[0]


def answers(network: ParserNetwork, config: ConfigDict) -> tf.types.experimental.PolymorphicFunction:
    """(picture, mask, has_mask, keypoints) of one person -> probabilities (1, H / 2, W / 2, 20) float32.

    The mean over the picture and its mirror image. Picture (1, H, W, 3) uint8, mask (1, H, W) float32 in [0, 1],
    has_mask (1,) bool, keypoints (1, 18, 3) float32 in pixels of the picture, confidence 0 = missing.
    """
    height, width = config.model.height, config.model.width

    def answer(picture: tf.Tensor, mask: tf.Tensor, has_mask: tf.Tensor, keypoints: tf.Tensor) -> dict[str, tf.Tensor]:
        photo = tf.cast(picture, tf.float32) / 255
        turned = tf.gather(keypoints, list(SWAP), axis=1)
        there = turned[..., 2:] > 0
        across = tf.where(there, width - turned[..., :1], 0.0)
        mirrored = tf.concat([across, turned[..., 1:]], axis=-1)
        inputs = network_inputs(
            tf.concat([photo, tf.reverse(photo, [2])], 0),
            tf.concat([mask, tf.reverse(mask, [2])], 0),
            tf.concat([has_mask, has_mask], 0),
            tf.concat([keypoints, mirrored], 0),
            config.model.keypoint_radius,
        )
        both = tf.nn.softmax(network(inputs))
        back = tf.gather(tf.reverse(both[1:], [2]), list(MIRRORED), axis=-1)
        return {"probabilities": (both[:1] + back) / 2}

    return tf.function(
        answer,
        input_signature=[
            tf.TensorSpec((1, height, width, 3), tf.uint8, "picture"),
            tf.TensorSpec((1, height, width), tf.float32, "mask"),
            tf.TensorSpec((1,), tf.bool, "has_mask"),
            tf.TensorSpec((1, 18, 3), tf.float32, "keypoints"),
        ],
        autograph=False,
    )
