"""A product worn: which of the prior's shapes fits its sleeves or hem, and its cloth as what the texture encoder reads.

Of ATTEMPTS shapes that are drawn for a sample the one is taken that covers arms or legs most like the product does.

The encoder gets the cloth laid over the completed garment in this person's place, as in training it got the garment
itself. Its code holds the cloth's colours and coarse arrangement, in cells of `latent_stride` pixels; what is finer
than a cell, weave, stripes and prints, is the product's own, added to the generated folds:

    picture = generated + (cloth - low(cloth)) + mean(cloth) - mean(generated)       on the garment's pixels

All of it works eagerly and inside a graph, where a batch says which garment is worn.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import tensorflow as tf
from scipy import ndimage

from tf_tryon import keys
from tf_tryon.data import crops, vocabulary
from tf_tryon.data.body_parts import ARMS, LEGS
from tf_tryon.models.contract import Batch
from tf_tryon.products import cloth as cloths

ATTEMPTS: Final = 4  # shapes that are drawn for each that is kept
_ALONG: Final = 12  # points of each bone that are looked at
_SEEN: Final = 0.3  # of the limbs' length must lie in the picture
_COARSE: Final = 1 / 24  # of the input's height: the spread of low()


def fitting(labels: tf.Tensor, batch: Batch, reach: tf.Tensor) -> tf.Tensor:
    """(n,) int32, which of several shapes of each of n people covers the limbs most like a product does.

    Args:
      labels: (attempts, n, H, W) completed classes, drawn from the prior.
      batch: these people.
      reach: () float32, how much of the limbs the product covers (`Product.reach`).

    The first of equal ones; so also where no limb is to be seen.
    """
    return tf.argmin([misfit(shape, batch, reach) for shape in tf.unstack(labels)], output_type=tf.int32)


def misfit(labels: tf.Tensor, batch: Batch, reach: tf.Tensor) -> tf.Tensor:
    """(n,) float32, by how much of the limbs' length completed classes (n, H, W) cover them otherwise than a product.

    `reach` as in `fitting`.
    """
    target = _target_class(batch)[:, tf.newaxis, tf.newaxis]
    return tf.abs(coverage(labels == target, batch) - reach)


def coverage(masks: tf.Tensor, batch: Batch) -> tf.Tensor:
    """(n,) float32 share of the limbs' length that garments (n, H, W) bool cover; 0 where no limb is to be seen.

    The limbs are the arms for tops and the legs for all else.
    """
    height, width = masks.shape[1:]
    bones = tf.gather(tf.constant(_bones()), batch[keys.TARGET])  # (n, bones, 2)
    ends = tf.gather(batch[keys.KEYPOINTS], bones, batch_dims=1)  # (n, bones, 2, 3)
    along = tf.reshape(tf.linspace(0.0, 1.0, _ALONG), (1, 1, _ALONG, 1))
    points = ends[:, :, :1, :2] * (1 - along) + ends[:, :, 1:, :2] * along
    there = tf.broadcast_to(tf.reduce_min(ends[..., 2], axis=2, keepdims=True) > 0, tf.shape(points)[:3])
    x, y = tf.unstack(tf.cast(tf.floor(points), tf.int32), axis=-1)
    inside = there & (x >= 0) & (x < width) & (y >= 0) & (y < height)
    near = tf.nn.max_pool2d(tf.cast(masks, tf.float32)[..., tf.newaxis], 3, 1, "SAME")[..., 0]
    index = tf.stack([tf.clip_by_value(y, 0, height - 1), tf.clip_by_value(x, 0, width - 1)], axis=-1)
    covered = tf.gather_nd(near, index, batch_dims=1)
    length, seen, clothed = (
        tf.reduce_sum(tf.cast(one, tf.float32), axis=(1, 2)) for one in (there, inside, inside & (covered > 0))
    )
    return tf.where(seen > _SEEN * length, tf.math.divide_no_nan(clothed, seen), 0.0)


def with_cloth(batch: Batch, labels: tf.Tensor, cloth: tf.Tensor) -> tuple[Batch, tf.Tensor]:
    """The texture stage's inputs with the cloth as the garment's picture, and the cloth in place in the input.

    Args:
      batch: n rows (n known beforehand), whose GARMENT_BOX is of the completed `labels` (n, H, W).
      labels: likewise.
      cloth: (h, w, 3) uint8, `cloth_of` the product.

    Returns:
      The batch, and (n, H, W, 3) float32 in [-1, 1].
    """
    height, width = labels.shape[1:]
    box = batch[keys.GARMENT_BOX]
    empty = tf.reduce_any(box[:, 2:] <= box[:, :2], axis=1, keepdims=True)  # a sample may show no garment at all
    box = tf.where(empty, tf.constant([0.0, 0.0, height, width]), box)
    # As the encoder sees it: the box as large as it fits, in the middle. The cloth is scaled once, to that.
    sides, whole = box[:, 2:] - box[:, :2], tf.constant([height, width], tf.float32)
    half = sides * tf.reduce_min(whole / sides, axis=1, keepdims=True) / 2
    middle = tf.concat([whole / 2 - half, whole / 2 + half], axis=1)
    mask = crops.mask_crops(labels == _target_class(batch)[:, tf.newaxis, tf.newaxis], box)
    read = tf.where(mask > 0, _laid(cloth, middle, batch, (height, width)), 1.0)
    return {**batch, keys.GARMENT_RGB: read}, _laid(cloth, box, batch, (height, width))


def with_detail(pictures: tf.Tensor, labels: tf.Tensor, laid: tf.Tensor, batch: Batch) -> tf.Tensor:
    """(n, H, W, 3) in [-1, 1]: generated pictures with the cloth's own detail and mean colour on the garment.

    Args:
      pictures: generated.
      labels: (n, H, W) completed classes.
      laid: (n, H, W, 3) as `with_cloth` laid the cloth.
      batch: these people.
    """
    target = _target_class(batch)[:, tf.newaxis, tf.newaxis]
    mask = tf.cast(labels == target, tf.float32)[..., tf.newaxis]
    area = tf.maximum(tf.reduce_sum(mask, axis=(1, 2), keepdims=True), 1.0)
    shift = tf.reduce_sum((laid - pictures) * mask, axis=(1, 2), keepdims=True) / area
    fine = laid - _blurred(laid * mask) / tf.maximum(_blurred(mask), 1e-3)
    return tf.clip_by_value(pictures + (fine + shift) * mask, -1.0, 1.0)


def _laid(cloth: tf.Tensor, boxes: tf.Tensor, batch: Batch, size: tuple[int, int]) -> tf.Tensor:
    """(n, H, W, 3) float32 in [-1, 1]."""
    small = tf.gather([garment in ("hat", "shoes") for garment in vocabulary.GARMENTS], batch[keys.TARGET])
    rows = [cloths.laid(cloth, tuple(tf.unstack(boxes[i])), size, small[i]) for i in range(boxes.shape[0])]
    return tf.stack(rows) / 127.5 - 1


def _blurred(pictures: tf.Tensor) -> tf.Tensor:
    """low() of (n, H, W, c), as products with the blur's matrices."""
    height, width = pictures.shape[1:3]
    spread = _COARSE * height
    down, across = (
        ndimage.gaussian_filter1d(np.eye(side, dtype=np.float32), spread, axis=0, truncate=3)
        for side in (height, width)
    )
    return tf.einsum("yr,nrkc,xk->nyxc", down, pictures, across)


def _target_class(batch: Batch) -> tf.Tensor:
    """(n,) uint8, the completed garment's class."""
    return tf.cast(vocabulary.class_of(batch[keys.TARGET]), tf.uint8)


def _bones() -> np.ndarray:
    """(slots, bones, 2) int32, the ends of the limbs' bones."""
    return np.array([ARMS if garment == "top" else LEGS for garment in vocabulary.GARMENTS], np.int32)
