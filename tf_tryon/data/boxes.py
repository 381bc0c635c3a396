"""Boxes of garments and the mask of what stays visible, batched, of tensors or of numpy arrays.

A box is float32 (y0, x0, y1, x1) in pixels, end exclusive; a garment that isn't there has the box (0, 0, 0, 0).
The erased box holds the garment *and the skin it may uncover*: leaving the arms visible would tell the sleeve's length
(docs/method.md, section 3). With `dresses`, a dress as the bottom uncovers the arms as well.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.data import vocabulary
from tf_tryon.geometry.arrays import Array, library

# A garment counts as shown from this part of the picture's area on (33 pixels at 256x256): less is the parser's speck.
MIN_AREA: Final = 0.0005


def class_boxes(one_hot: Array) -> Array:
    """Bounding box of each class.

    Args:
      one_hot: (B, H, W, C), positive where a pixel has the class.

    Returns:
      (B, C, 4) float32.
    """
    xp = library(one_hot)
    y0, y1 = _extent(xp.highest(one_hot, 2) > 0)
    x0, x1 = _extent(xp.highest(one_hot, 1) > 0)
    return xp.stacked([y0, x0, y1, x1])


def label_boxes(labels: Array) -> Array:
    """`class_boxes` of classes (B, h, w) uint8, which for photos of a million pixels is much cheaper than one-hot."""
    xp = library(labels)
    is_class = [labels == label for label in range(len(vocabulary.CLASSES))]
    y0, y1 = _extent(xp.stacked([xp.some(mask, 2) for mask in is_class]))
    x0, x1 = _extent(xp.stacked([xp.some(mask, 1) for mask in is_class]))
    return xp.stacked([y0, x0, y1, x1])


def garment_areas(labels: Array) -> Array:
    """(B, h, w) uint8 classes -> (B, 4) float32: each garment's part of the picture."""
    xp = library(labels)
    shares = [xp.mean(xp.floats(labels == label), (1, 2))[:, 0, 0] for label in vocabulary.GARMENT_CLASSES]
    return xp.stacked(shares)


def garment_boxes(boxes: Array) -> Array:
    """(B, 8, 4) class boxes -> (B, 4, 4) own boxes of hat, top, bottom, shoes."""
    return library(boxes).take(boxes, np.array(vocabulary.GARMENT_CLASSES, np.int32), 1)


def shown(labels: Array) -> Array:
    """(B, h, w) uint8 classes -> (B, 4) bool: which garments the person shows (at least `MIN_AREA`)."""
    return garment_areas(labels) >= MIN_AREA


def erased_boxes(boxes: Array, dress: Array, height: Array, width: Array, widen: float) -> Array:
    """The box to erase for each garment as target.

    Args:
      boxes: (B, 8, 4) from `class_boxes`.
      dress: (B,) bool, the bottom is a dress.
      height: of the picture; boxes are clipped to it.
      width: likewise.
      widen: factor in x about the box's centre, 1.1 in the thesis.

    Returns:
      (B, 4, 4) float32; zeros for a garment that the person doesn't show (skin alone makes no box).
    """
    xp, own = library(boxes), garment_boxes(boxes)
    skins = [own[:, slot] if skin is None else boxes[:, skin] for slot, skin in enumerate(vocabulary.UNCOVERED)]
    box = union(own, xp.stacked(skins, 1))
    with_arms = union(box[:, 2], boxes[:, vocabulary.UPPER_SKIN])
    bottom = xp.where(dress[:, None], with_arms, box[:, 2])
    box = xp.stacked([box[:, 0], box[:, 1], bottom, box[:, 3]], 1)
    box = widened(box, height, width, widen)
    return xp.where(is_empty(own)[..., None], box * 0.0, box)


def union(first: Array, second: Array) -> Array:
    """(..., 4) the smallest box around both; an empty box adds nothing."""
    xp = library(first)
    both = xp.joined([xp.smaller(first[..., :2], second[..., :2]), xp.larger(first[..., 2:], second[..., 2:])])
    either = xp.where(is_empty(first)[..., None], second, first)
    return xp.where((is_empty(first) | is_empty(second))[..., None], either, both)


def widened(box: Array, height: Array, width: Array, widen: float) -> Array:
    """(..., 4) box, its width multiplied about its centre, clipped to the picture."""
    xp = library(box)
    y0, x0, y1, x1 = (box[..., side] for side in range(4))
    centre, half = (x0 + x1) / 2, (x1 - x0) / 2 * widen
    high, wide = xp.number(height), xp.number(width)
    clipped = [
        xp.cut(y0, 0.0, high), xp.cut(centre - half, 0.0, wide), xp.cut(y1, 0.0, high), xp.cut(centre + half, 0.0, wide)
    ]  # fmt: skip
    return xp.stacked(clipped)


def visible_mask(box: Array, height: int, width: int) -> Array:
    """(B, 4) boxes -> (B, H, W, 1) float32: 0 where a pixel's centre lies in the box, else 1."""
    xp = library(box)
    y, x = (xp.floats(xp.places(0, side))[None] + 0.5 for side in (height, width))
    y0, x0, y1, x1 = (box[:, side : side + 1] for side in range(4))
    inside_y, inside_x = xp.floats((y >= y0) & (y < y1)), xp.floats((x >= x0) & (x < x1))
    return 1.0 - inside_y[:, :, None, None] * inside_x[:, None, :, None]


def is_empty(box: Array) -> Array:
    """(..., 4) -> (...) bool: no area."""
    return (box[..., 2] <= box[..., 0]) | (box[..., 3] <= box[..., 1])


def _extent(present: Array) -> tuple[Array, Array]:
    """(B, N, C) bool -> first and one past the last True along N, (B, C) float32 each; zeros if there is none."""
    xp = library(present)
    count = xp.size(present)[1]
    first, last = xp.first(present, 1), count - xp.first(present[:, ::-1], 1)
    some = xp.some(present, 1)
    return xp.floats(xp.where(some, first, first * 0)), xp.floats(xp.where(some, last, last * 0))
