"""What the parsing network sees: 22 channels.

RGB in [-1, 1] (3), the person mask in [-1, 1] with 0 everywhere where there is none (1), and a spot in [0, 1] for each
keypoint, 0 everywhere where it is missing (18).
"""

from __future__ import annotations

import tensorflow as tf

CHANNELS = 3 + 1 + 18


def network_inputs(
    photo: tf.Tensor, mask: tf.Tensor, has_mask: tf.Tensor, keypoints: tf.Tensor, radius: float
) -> tf.Tensor:
    """(B, H, W, 22) float32.

    Args:
      photo: (B, H, W, 3) in [0, 1].
      mask: (B, H, W) probability of the person.
      has_mask: (B,) bool.
      keypoints: (B, 18, 3), confidence 0 = missing.
      radius: standard deviation of a spot, of the height.
    """
    height, width = photo.shape[1], photo.shape[2]
    known = tf.cast(has_mask, tf.float32)[:, None, None]
    spread = 2 * (radius * height) ** 2
    y = tf.range(height, dtype=tf.float32) + 0.5
    x = tf.range(width, dtype=tf.float32) + 0.5
    down = tf.exp(-tf.square(y - keypoints[..., 1:2]) / spread)
    across = tf.exp(-tf.square(x - keypoints[..., 0:1]) / spread) * tf.cast(keypoints[..., 2:] > 0, tf.float32)
    spots = tf.einsum("bkh,bkw->bhwk", down, across)
    return tf.concat([photo * 2 - 1, ((mask * 2 - 1) * known)[..., None], spots], axis=-1)
