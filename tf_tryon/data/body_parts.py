"""Where trunk, arms and legs are, by the pose; of tensors or numpy arrays."""

from __future__ import annotations

from typing import Final

from tf_tryon.geometry.arrays import Array, library

Bones = tuple[tuple[int, int], ...]  # from keypoint to keypoint
TRUNK: Final[Bones] = ((1, 2), (1, 5), (1, 8), (1, 11))  # from the neck to shoulders and hips
ARMS: Final[Bones] = ((2, 3), (3, 4), (5, 6), (6, 7))
LEGS: Final[Bones] = ((8, 9), (9, 10), (11, 12), (12, 13))
_RADIUS: Final = 1 / 8  # of a bone's length: what is as near to its axis is the body, of anybody
_NECK, _HIPS, _KNEES, _ANKLES = 1, (8, 11), (9, 12), (10, 13)
# A thigh beside the way from the neck to the hips, .245 and .288 of a body's height. A shank is as long as a thigh.
# Winter, Biomechanics and Motor Control of Human Movement, after Drillis and Contini, 1966.
_THIGH: Final = 0.245 / 0.288


def with_hidden_legs(keypoints: Array) -> Array:
    """Keypoints with the knees and ankles that a long skirt or wide trousers hide, where somebody who stands has them.

    A knee lies under its hip, in the direction of the trunk, and an ankle goes on from hip to knee.

    Args:
      keypoints: (B, 18, 3) in pixels, confidence 0 = missing.

    Returns:
      (B, 18, 3) float32. Without neck and both hips a missing knee stays missing, and without its knee an ankle.
    """
    xp = library(keypoints)
    points = xp.floats(keypoints)
    joints = [points[:, joint] for joint in range(18)]
    neck, left, right = (joints[joint] for joint in (_NECK, *_HIPS))
    trunk = (left + right) * 0.5 - neck
    seen = (neck[:, 2:] > 0) & (left[:, 2:] > 0) & (right[:, 2:] > 0)
    for hip, knee, ankle in zip(_HIPS, _KNEES, _ANKLES, strict=True):
        joints[knee] = _or_guess(joints[knee], joints[hip] + trunk * _THIGH, seen)
        whole = (joints[hip][:, 2:] > 0) & (joints[knee][:, 2:] > 0)
        joints[ankle] = _or_guess(joints[ankle], joints[knee] * 2.0 - joints[hip], whole)
    return xp.stacked(joints, 1)


def _or_guess(joint: Array, guess: Array, known: Array) -> Array:
    """A joint (B, 3), or where it is missing a guess, if what that is made of is known (B, 1)."""
    xp = library(joint)
    sure = xp.floats(known)
    return xp.where(joint[:, 2:] > 0, joint, xp.joined([guess[:, :2], sure * 0.0 + 1.0]) * sure)


def near_bones(keypoints: Array, bones: Bones, size: tuple[int, int]) -> Array:
    """(B, H, W) bool: pixels of a part of the body, or of the clothes on it.

    Args:
      keypoints: (B, 18, 3) in pixels, confidence 0 = missing; they may lie beyond the picture.
      bones: the part's; one of which an end is missing is left out.
      size: (H, W).
    """
    xp = library(keypoints)
    points = xp.floats(keypoints)
    start, end = (xp.stacked([points[:, joint] for joint in joints], 1) for joints in zip(*bones, strict=True))
    start, end = start[:, :, None, None], end[:, :, None, None]  # (B, bones, 1, 1, 3)
    way = end - start
    x = xp.floats(xp.places(0, size[1]))[None, None, None, :] + 0.5 - start[..., 0]
    y = xp.floats(xp.places(0, size[0]))[None, None, :, None] + 0.5 - start[..., 1]
    length = way[..., 0] * way[..., 0] + way[..., 1] * way[..., 1]
    along = xp.cut((x * way[..., 0] + y * way[..., 1]) / xp.larger(length, 1e-6), 0.0, 1.0)
    x, y = x - along * way[..., 0], y - along * way[..., 1]
    there = (start[..., 2] > 0) & (end[..., 2] > 0)
    return xp.some((x * x + y * y <= length * _RADIUS**2) & there, 1)
