"""What the parsing network sees: the picture, and the pose at a quarter of its resolution.

Picture: RGB in [-1, 1]. Pose: the person mask in [-1, 1] with 0 everywhere where there is none (1), and a spot in
[0, 1] for each keypoint, 0 everywhere where it is missing (18).
"""

from __future__ import annotations

from typing import Final

import tensorflow as tf

POSE_CHANNELS: Final = 1 + 18
POSE_STRIDE: Final = 4


def network_inputs(
    photo: tf.Tensor, mask: tf.Tensor, has_mask: tf.Tensor, keypoints: tf.Tensor, radius: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """(B, H, W, 3) and (B, H / 4, W / 4, 19) float32.

    Args:
      photo: (B, H, W, 3) in [0, 1].
      mask: (B, H, W) probability of the person.
      has_mask: (B,) bool.
      keypoints: (B, 18, 3), in pixels of the photo, confidence 0 = missing.
      radius: standard deviation of a spot, of the height.
    """
    stride, (height, width) = POSE_STRIDE, photo.shape[1:3]
    known = tf.cast(has_mask, tf.float32)[:, None, None, None]
    spread = 2 * (radius * height) ** 2
    y = stride * (tf.range(height // stride, dtype=tf.float32) + 0.5)
    x = stride * (tf.range(width // stride, dtype=tf.float32) + 0.5)
    down = tf.exp(-tf.square(y - keypoints[..., 1:2]) / spread)
    across = tf.exp(-tf.square(x - keypoints[..., 0:1]) / spread) * tf.cast(keypoints[..., 2:] > 0, tf.float32)
    spots = tf.einsum("bkh,bkw->bhwk", down, across)
    coarse = tf.nn.avg_pool2d(mask[..., None], stride, stride, "VALID")
    return photo * 2 - 1, tf.concat([(coarse * 2 - 1) * known, spots], axis=-1)
