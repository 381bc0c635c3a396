"""Garments cut out, scaled to fit and centred: the nets' x_s, x_a and x_c.

A crop shows a frame (the garment's own box, or the erased box) as large as it fits into H x W, its aspect kept, its
centre in the middle. Frames lie inside the picture, so a crop only ever enlarges: bilinear sampling needs no
antialiasing.
"""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.data import boxes as boxes_lib


def fit(pictures: tf.Tensor, frames: tf.Tensor, fill: float) -> tf.Tensor:
    """Each picture's frame, enlarged to fit and centred.

    What lies between the frame and the crop's edge is shown too where the picture has it, so cut out first (`cut`):
    outside its own box a garment has no pixels.

    Args:
      pictures: (B, H, W, C), any number type.
      frames: (B, 4) boxes; an empty one gives an empty crop.
      fill: the value beyond the picture.

    Returns:
      (B, H, W, C) float32 in the pictures' units.
    """
    height, width = pictures.shape[1], pictures.shape[2]
    y0, x0, y1, x1 = tf.unstack(tf.cast(frames, tf.float32), axis=-1)
    scale = tf.minimum(height / tf.maximum(y1 - y0, 1.0), width / tf.maximum(x1 - x0, 1.0))
    # One pixel of `fill` around, so that a garment at the picture's edge ends like one inside it.
    padded = tf.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=tf.cast(fill, pictures.dtype))
    half_y, half_x = (height - 1) / 2 / scale, (width - 1) / 2 / scale
    # Centres of the crop's first and last pixels, as indices of padded pixels (centre of pixel i at i + 0.5, shifted
    # by one).
    centre_y, centre_x = (y0 + y1) / 2 + 0.5, (x0 + x1) / 2 + 0.5
    window = tf.stack(
        [
            (centre_y - half_y) / (height + 1),
            (centre_x - half_x) / (width + 1),
            (centre_y + half_y) / (height + 1),
            (centre_x + half_x) / (width + 1),
        ],
        axis=-1,
    )
    crops = tf.image.crop_and_resize(
        padded, window, tf.range(tf.shape(padded)[0]), (height, width), extrapolation_value=fill
    )
    return tf.where(boxes_lib.is_empty(frames)[:, tf.newaxis, tf.newaxis, tf.newaxis], fill, crops)


def cut(photos: tf.Tensor, masks: tf.Tensor) -> tf.Tensor:
    """(..., H, W, 3) uint8 photos, white outside the (..., H, W) bool masks."""
    return tf.where(masks[..., tf.newaxis], photos, tf.constant(255, photos.dtype))


def on_white(pictures: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """(B, H, W, 3) uint8 from `cut` and (B, 4) frames -> (B, H, W, 3) float32 in [-1, 1]."""
    return fit(pictures, frames, 255.0) / 127.5 - 1.0


def mask_crops(masks: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """(B, H, W) bool masks and (B, 4) frames -> (B, H, W, 1) float32, 0 or 1."""
    soft = fit(tf.cast(masks[..., tf.newaxis], tf.uint8), frames, 0.0)
    return tf.cast(soft >= 0.5, tf.float32)


def rgb_crops(photos: tf.Tensor, masks: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """(B, H, W, 3) uint8 photos, (B, H, W) bool masks, (B, 4) frames -> (B, H, W, 3) float32 in [-1, 1], on white."""
    return on_white(cut(photos, masks), frames)
