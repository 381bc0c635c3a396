"""p_s, the person's pose as maps: the face and hair, and a square around each keypoint; of tensors or numpy arrays."""

from __future__ import annotations

from tf_tryon.geometry.arrays import Array, library


def reach_of(radius: float, height: int) -> int:
    """Pixels that a square reaches each way of its keypoint's: `radius` of the picture's height, at least 1."""
    return max(1, round(radius * height))


def pose(face: Array, keypoints: Array, reach: int) -> Array:
    """The maps, in [-1, 1].

    Args:
      face: (B, H, W) bool, face and hair.
      keypoints: (B, 18, 3) in pixels.
      reach: from `reach_of`.

    Returns:
      (B, H, W, 19) float32.
    """
    xp = library(face)
    height, width = face.shape[1], face.shape[2]
    pixel, there = xp.floor(keypoints), keypoints[:, None, :, 2] > 0
    near_y = xp.absolute(xp.floats(xp.places(0, height))[None, :, None] - pixel[:, None, :, 1]) <= reach
    near_x = xp.absolute(xp.floats(xp.places(0, width))[None, :, None] - pixel[:, None, :, 0]) <= reach
    rows, columns = xp.floats(near_y & there) * 2.0, xp.floats(near_x)
    # Channel 0 of the product stays 0; the face, and the -1 of 2 * inside - 1 everywhere else, come with the sum.
    rows, columns = (xp.joined([part[..., :1] * 0.0, part]) for part in (rows, columns))
    channel = xp.whole(19.0 - 19.0 * xp.floats(face))  # 0, or one that there isn't; TFLite has no one_hot of bytes
    return rows[:, :, None] * columns[:, None] + xp.one_hot(channel, 19, 1.0, -1.0)
