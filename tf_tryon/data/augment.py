"""Joint augmentation of photo, labels and keypoints, from uniform draws that the caller makes.

Draws are a function of (seed, global example index), so a run that resumes sees what it would have seen.
`config.data.augment`:
- flip: mirrored with probability 1/2; the person's left becomes right;
- translate: up to this part of height and width, each way;
- scale: a factor in 1 +- scale; rotate: up to this many degrees, each way;
- hue: up to this part of the colour circle, each way; saturation, brightness, contrast: factors in 1 +- value.
Beyond the picture its edge pixels are repeated, in photo and labels alike, so that they stay in step.
"""

from __future__ import annotations

import math
from typing import Final

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.data import keypoints

# Columns of the draws.
_FLIP, _Y, _X, _SCALE, _ROTATE, _HUE, _SATURATION, _BRIGHTNESS, _CONTRAST = range(9)
DRAWS: Final = 9
_TO_YIQ: Final = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


def augment(people: dict[str, tf.Tensor], draws: tf.Tensor, augmentation: ConfigDict) -> dict[str, tf.Tensor]:
    """Flip, move and recolour a batch.

    Args:
      people: photo (B, H, W, 3) uint8, labels (B, H, W) uint8, keypoints (B, 18, 3); other entries pass through.
      draws: (B, DRAWS) uniform in [0, 1).
      augmentation: config.data.augment.
    """
    if augmentation.flip:
        people = flip(people, draws[:, _FLIP] < 0.5)
    if augmentation.translate or augmentation.scale or augmentation.rotate:
        shift, scale = jitter(draws, augmentation)
        people = move(people, shift, scale, _signed(draws[:, _ROTATE]) * (augmentation.rotate * math.pi / 180))
    return _recoloured(people, draws, augmentation)


def before_crop(people: dict[str, tf.Tensor], draws: tf.Tensor, augmentation: ConfigDict) -> dict[str, tf.Tensor]:
    """Flip and recolour whole photos, of which crops are then taken at a place that `jitter` moves."""
    if augmentation.flip:
        people = flip(people, draws[:, _FLIP] < 0.5)
    return _recoloured(people, draws, augmentation)


def jitter(draws: tf.Tensor, augmentation: ConfigDict) -> tuple[tf.Tensor, tf.Tensor]:
    """Shift (B, 2) down and right, as parts of height and width, and factor of size (B,)."""
    shift = tf.stack([_signed(draws[:, _Y]), _signed(draws[:, _X])], axis=-1) * augmentation.translate
    return shift, 1 + _signed(draws[:, _SCALE]) * augmentation.scale


def _recoloured(people: dict[str, tf.Tensor], draws: tf.Tensor, augmentation: ConfigDict) -> dict[str, tf.Tensor]:
    if augmentation.hue or augmentation.saturation or augmentation.brightness or augmentation.contrast:
        photo = recolour(
            people["photo"],
            hue=_signed(draws[:, _HUE]) * augmentation.hue,
            saturation=1 + _signed(draws[:, _SATURATION]) * augmentation.saturation,
            brightness=1 + _signed(draws[:, _BRIGHTNESS]) * augmentation.brightness,
            contrast=1 + _signed(draws[:, _CONTRAST]) * augmentation.contrast,
        )
        people = {**people, "photo": photo}
    return people


def flip(people: dict[str, tf.Tensor], flipped: tf.Tensor) -> dict[str, tf.Tensor]:
    """Mirror the people for whom `flipped` (B,) is true; their left and right keypoints change places."""
    photo, labels, points = people["photo"], people["labels"], people["keypoints"]
    mirrored = tf.gather(points, keypoints.SWAP, axis=1)
    width = tf.cast(tf.shape(labels)[2], tf.float32)
    x = tf.where(mirrored[..., 2] > 0, width - mirrored[..., 0], 0.0)
    mirrored = tf.stack([x, mirrored[..., 1], mirrored[..., 2]], axis=-1)
    return {
        **people,
        "photo": choose(flipped, tf.reverse(photo, [2]), photo),
        "labels": choose(flipped, tf.reverse(labels, [2]), labels),
        "keypoints": choose(flipped, mirrored, points),
    }


def move(people: dict[str, tf.Tensor], shift: tf.Tensor, scale: tf.Tensor, angle: tf.Tensor) -> dict[str, tf.Tensor]:
    """Scale and rotate about the picture's centre, then shift. Keypoints that leave the picture are missing.

    Args:
      people: as in `augment`.
      shift: (B, 2) down and right, as parts of height and width.
      scale: (B,) > 1 enlarges.
      angle: (B,) radians, clockwise as seen.
    """
    height, width = people["labels"].shape[1], people["labels"].shape[2]
    centre = tf.constant([width / 2, height / 2])
    to = centre + tf.stack([shift[:, 1] * width, shift[:, 0] * height], axis=-1)
    cos, sin = tf.cos(angle), tf.sin(angle)
    forward = tf.stack([tf.stack([cos, -sin], -1), tf.stack([sin, cos], -1)], axis=1) * scale[:, None, None]
    back = tf.stack([tf.stack([cos, sin], -1), tf.stack([-sin, cos], -1)], axis=1) / scale[:, None, None]

    # An output pixel's centre i + 0.5 comes from `back (i + 0.5 - to) + centre`; the op counts in pixel indices.
    offset = tf.linalg.matvec(back, 0.5 - to) + centre - 0.5
    rows = tf.concat([back, offset[..., None]], axis=-1)
    transforms = tf.concat([tf.reshape(rows, (-1, 6)), tf.zeros_like(offset)], axis=-1)
    photo = _sample(tf.cast(people["photo"], tf.float32), transforms, "BILINEAR")
    labels = _sample(people["labels"][..., None], transforms, "NEAREST")[..., 0]

    points = people["keypoints"]
    moved = tf.einsum("bij,bkj->bki", forward, points[..., :2] - centre) + to[:, None]
    inside = tf.reduce_all((moved >= 0) & (moved <= tf.constant([width, height], tf.float32)), axis=-1)
    moved = tf.concat([moved, points[..., 2:]], axis=-1)
    moved = tf.where((inside & (points[..., 2] > 0))[..., None], moved, 0.0)
    return {**people, "photo": _to_bytes(photo), "labels": labels, "keypoints": moved}


def recolour(
    photo: tf.Tensor, hue: tf.Tensor, saturation: tf.Tensor, brightness: tf.Tensor, contrast: tf.Tensor
) -> tf.Tensor:
    """One linear map of RGB per photo: hue and saturation turn and stretch YIQ's chroma, then contrast about the mean.

    Args:
      photo: (B, H, W, 3) uint8.
      hue: (B,) part of the colour circle.
      saturation: (B,) factor of the chroma.
      brightness: (B,) factor of everything.
      contrast: (B,) factor of the distance from the photo's mean.
    """
    angle = hue * (2 * math.pi)
    cos, sin = tf.cos(angle) * saturation, tf.sin(angle) * saturation
    zero, one = tf.zeros_like(cos), tf.ones_like(cos)
    turn = tf.stack(
        [tf.stack([one, zero, zero], -1), tf.stack([zero, cos, -sin], -1), tf.stack([zero, sin, cos], -1)], axis=1
    )
    to_yiq = tf.constant(_TO_YIQ)
    matrix = tf.linalg.inv(to_yiq) @ turn @ to_yiq * (brightness * contrast)[:, None, None]
    rgb = tf.cast(photo, tf.float32)
    mean = tf.reduce_mean(rgb, axis=[1, 2], keepdims=True)
    offset = mean * ((1 - contrast) * brightness)[:, None, None, None]
    shape = tf.shape(rgb)
    coloured = tf.matmul(tf.reshape(rgb, (shape[0], -1, 3)), matrix, transpose_b=True)
    return _to_bytes(tf.reshape(coloured, shape) + offset)


def choose(flags: tf.Tensor, yes: tf.Tensor, no: tf.Tensor) -> tf.Tensor:
    """Whole rows of `yes` or `no` (B, ...) by flags (B,): copies, where tf.where would broadcast."""
    return tf.raw_ops.Select(condition=flags, x=yes, y=no)


def _sample(pictures: tf.Tensor, transforms: tf.Tensor, interpolation: str) -> tf.Tensor:
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures,
        transforms=transforms,
        output_shape=pictures.shape[1:3],
        fill_value=0.0,
        interpolation=interpolation,
        fill_mode="NEAREST",
    )
    return tf.ensure_shape(moved, pictures.shape)


def _to_bytes(rgb: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.clip_by_value(rgb + 0.5, 0, 255), tf.uint8)


def _signed(draw: tf.Tensor) -> tf.Tensor:
    return draw * 2 - 1
