"""From a photo of any size to the nets' frame and back, in TensorFlow ops: `tf_tryon.inference.placement` for a graph.

The same window, the same resampling kernels (Lanczos for the photo, class shares for labels, bicubic on the way back);
pictures differ from that module's by rounding only. What is erased is a rectangle of the frame, so it is one of the
photo too, and only that rectangle is ever enlarged.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from tf_tryon.data.window import FILLED, WHOLE_FROM


class Window(NamedTuple):
    """The part of a photo that the frame shows, in photo pixels; it may reach beyond the photo. All () int32."""

    top: tf.Tensor
    left: tf.Tensor
    height: tf.Tensor
    width: tf.Tensor


class Rectangle(NamedTuple):
    """Rows [y0, y1) and columns [x0, x1) of a photo. All () int32."""

    y0: tf.Tensor
    x0: tf.Tensor
    y1: tf.Tensor
    x1: tf.Tensor


def window_of(labels: tf.Tensor, height: int, width: int) -> Window:
    """Where a frame of height x width lies on the photo whose labels (h, w) uint8 these are."""
    rows, columns = tf.reduce_any(labels > 0, axis=1), tf.reduce_any(labels > 0, axis=0)
    (y0, y1), (x0, x1) = _extent(rows), _extent(columns)
    size = tf.shape(labels)
    tall = tf.cast(y1 - y0, tf.float64) / tf.cast(size[0], tf.float64)
    whole = (size[0] * width == size[1] * height) & (tall >= WHOLE_FROM)
    # float64, as in Python, so that both round alike
    scale = tf.maximum(tf.cast(y1 - y0, tf.float64) / height, tf.cast(x1 - x0, tf.float64) / width) / FILLED
    window = [tf.maximum(1, tf.cast(tf.round(scale * side), tf.int32)) for side in (height, width)]
    corner = [
        tf.cast(tf.round(tf.cast(first + last - side, tf.float64) / 2), tf.int32)
        for first, last, side in ((y0, y1, window[0]), (x0, x1, window[1]))
    ]
    placed = Window(corner[0], corner[1], window[0], window[1])
    return Window(*(tf.where(whole, a, b) for a, b in zip((0, 0, size[0], size[1]), placed, strict=True)))


def photo_to_frame(photo: tf.Tensor, window: Window, height: int, width: int) -> tf.Tensor:
    """(h, w, 3) uint8 -> (height, width, 3) uint8; beyond the photo its edge goes on."""
    rows, columns = _pixels(window)
    size = tf.shape(photo)
    seen = tf.gather(photo, tf.clip_by_value(rows, 0, size[0] - 1))
    seen = tf.gather(seen, tf.clip_by_value(columns, 0, size[1] - 1), axis=1)
    small = _scale(seen, (height, width), _factors(window, height, width), (0.0, 0.0), "lanczos3")
    return tf.ensure_shape(_to_bytes(small), (height, width, 3))


def labels_to_frame(labels: tf.Tensor, window: Window, height: int, width: int) -> tf.Tensor:
    """(h, w) uint8 classes -> (height, width) uint8: the class with the largest share of each frame pixel.

    Outside the photo is background.
    """
    rows, columns = _pixels(window)
    size = tf.shape(labels)
    inside = ((rows >= 0) & (rows < size[0]))[:, None] & ((columns >= 0) & (columns < size[1]))
    seen = tf.gather(labels, tf.clip_by_value(rows, 0, size[0] - 1))
    seen = tf.where(
        inside, tf.gather(seen, tf.clip_by_value(columns, 0, size[1] - 1), axis=1), tf.constant(0, tf.uint8)
    )
    factors = _factors(window, height, width)
    shares = [
        _scale(tf.cast(seen == label, tf.float32)[..., None], (height, width), factors, (0.0, 0.0), "box")
        for label in range(8)
    ]
    # As bytes, whose ties go to the smaller class, like the Python side's
    placed = tf.argmax(tf.round(tf.concat(shares, axis=-1) * 255), axis=-1)
    return tf.ensure_shape(tf.cast(placed, tf.uint8), (height, width))


def keypoints_to_frame(points: tf.Tensor, window: Window, height: int, width: int) -> tf.Tensor:
    """(18, 3) in photo pixels -> in frame pixels; those outside the frame are missing (zeros)."""
    scale = tf.cast(height / tf.cast(window.height, tf.float64), tf.float32)
    corner = tf.cast(tf.stack([window.left, window.top]), tf.float32)
    place = (points[:, :2] - corner) * scale
    inside = tf.reduce_all((place >= 0) & (place < tf.constant([width, height], tf.float32)), axis=1)
    kept = inside & (points[:, 2] > 0)
    return tf.where(kept[:, None], tf.concat([place, points[:, 2:]], axis=1), 0.0)


def erased_rectangle(visible: tf.Tensor, window: Window, photo_size: tf.Tensor) -> Rectangle:
    """The pixels of a photo of `photo_size` (2,) int32 that the frame's erased box covers.

    Args:
      visible: (height, width) of the frame, 0 where erased; the erased pixels are a rectangle.
    """
    erased = visible < 0.5
    sides = []
    for axis, corner, side in ((0, window.top, window.height), (1, window.left, window.width)):
        line = tf.reduce_any(erased, axis=1 - axis)
        length = int(line.shape[0])
        # The photo's pixel i of the window takes frame pixel floor((i + 1/2) * length / side).
        pixels = tf.range(side, dtype=tf.int64)
        covered = tf.gather(line, (2 * pixels + 1) * length // (2 * tf.cast(side, tf.int64)))
        place = tf.range(side) + corner
        first, last = _extent(covered & (place >= 0) & (place < photo_size[axis]))
        sides.append((first + corner, last + corner))
    (y0, y1), (x0, x1) = sides
    return Rectangle(y0, x0, y1, x1)


def enlarged_photo(picture: tf.Tensor, window: Window, rectangle: Rectangle) -> tf.Tensor:
    """(height, width, 3) uint8 of the frame -> (y1 - y0, x1 - x0, 3) uint8, that rectangle of the photo."""
    height, width = picture.shape[:2]
    scale = [
        tf.cast(tf.cast(side, tf.float64) / length, tf.float32)
        for side, length in ((window.height, height), (window.width, width))
    ]
    shift = tf.cast(window.top - rectangle.y0, tf.float32), tf.cast(window.left - rectangle.x0, tf.float32)
    size = rectangle.y1 - rectangle.y0, rectangle.x1 - rectangle.x0
    return _to_bytes(_scale(picture, size, scale, shift, "keyscubic"))


def enlarged_labels(labels: tf.Tensor, window: Window, rectangle: Rectangle) -> tf.Tensor:
    """(height, width) uint8 of the frame -> (y1 - y0, x1 - x0) uint8, nearest."""
    for axis, corner, side, first, last in (
        (0, window.top, window.height, rectangle.y0, rectangle.y1),
        (1, window.left, window.width, rectangle.x0, rectangle.x1),
    ):
        pixels = tf.cast(tf.range(first, last) - corner, tf.int64)
        length = int(labels.shape[axis])
        labels = tf.gather(labels, (2 * pixels + 1) * length // (2 * tf.cast(side, tf.int64)), axis=axis)
    return labels


def paste(photo: tf.Tensor, patch: tf.Tensor, rectangle: Rectangle) -> tf.Tensor:
    """`photo` (h, w, ...) with `patch` in place of the rectangle; every other pixel is the photo's own."""
    middle = photo[rectangle.y0 : rectangle.y1]
    middle = tf.concat([middle[:, : rectangle.x0], patch, middle[:, rectangle.x1 :]], axis=1)
    return tf.concat([photo[: rectangle.y0], middle, photo[rectangle.y1 :]], axis=0)


def _extent(flags: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(n,) bool -> first True and one past the last, () int32; 0, 0 if there is none."""
    places = tf.cast(tf.where(flags)[:, 0], tf.int32)
    some = tf.size(places) > 0
    return (
        tf.where(some, tf.reduce_min(places), 0),
        tf.where(some, tf.reduce_max(places) + 1, 0),
    )


def _pixels(window: Window) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows and columns of the photo that the window covers."""
    return window.top + tf.range(window.height), window.left + tf.range(window.width)


def _factors(window: Window, height: int, width: int) -> list[tf.Tensor]:
    return [
        tf.cast(length / tf.cast(side, tf.float64), tf.float32)
        for length, side in ((height, window.height), (width, window.width))
    ]


def _scale(picture: tf.Tensor, size: tuple, scale: list[tf.Tensor], shift: tuple, kernel: str) -> tf.Tensor:
    """(h, w, c) -> (*size, c) float32: output pixel o is input place (o + 1/2 - shift) / scale, antialiased."""
    scaled = tf.raw_ops.ScaleAndTranslate(
        images=picture[None], size=tf.stack(size), scale=tf.stack(scale), translation=tf.stack(shift),
        kernel_type=kernel, antialias=True,
    )  # fmt: skip
    return scaled[0]


def _to_bytes(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.clip_by_value(tf.floor(values + 0.5), 0, 255), tf.uint8)
