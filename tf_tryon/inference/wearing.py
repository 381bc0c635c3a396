"""A product worn: which of the prior's shapes fit its sleeves or hem, and its cloth as what the texture encoder reads.

The encoder gets the cloth laid over the completed garment in this person's place, as in training it got the garment
itself. Its code holds the cloth's colours and coarse arrangement, in cells of `latent_stride` pixels; what is finer
than a cell, weave, stripes and prints, is the product's own, added to the generated folds:

    picture = generated + (cloth - low(cloth)) + mean(cloth) - mean(generated)       on the garment's pixels
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
import tensorflow as tf
from scipy import ndimage

from tf_tryon import keys
from tf_tryon.data import crops
from tf_tryon.data.vocabulary import GARMENT_CLASSES, slot_of
from tf_tryon.models.contract import Batch
from tf_tryon.products.cloth import Cloth
from tf_tryon.products.product import Product

_LIMBS: Final = {"arms": ((2, 3, 4), (5, 6, 7)), "legs": ((8, 9, 10), (11, 12, 13))}  # OpenPose's points
_MORE: Final = 3  # shapes that are drawn for each that is kept
_COARSE: Final = 1 / 24  # of the input's height: the spread of low()


def limb_of(garment: str) -> str | None:
    """What tells a garment's length."""
    return {"top": "arms", "bottom": "legs", "dress": "legs"}.get(garment)


def candidates(product: Product, samples: int, most: int) -> int:
    """How many shapes to draw, that `samples` of them fit the product."""
    limb = limb_of(product.garment)
    known = limb is not None and product.reach(limb) is not None
    return min(max(_MORE * samples, 8), most) if known and samples < most else samples


def chosen(labels: np.ndarray, batch: Batch, product: Product, samples: int) -> np.ndarray:
    """(samples,) indices of the shapes (n, H, W) that cover the limbs most like the product does, in their order.

    Args:
      labels: completed classes of one person, drawn from the prior.
      batch: that person, of size 1.
      product: what is worn.
      samples: at most n.
    """
    limb = limb_of(product.garment)
    wanted = None if limb is None else product.reach(limb)
    if wanted is None or limb is None or len(labels) == samples:
        return np.arange(samples)
    target = GARMENT_CLASSES[slot_of(product.garment)]
    covered = coverage(labels == target, batch[keys.KEYPOINTS].numpy()[0], limb)
    if covered is None:
        return np.arange(samples)
    return np.sort(np.argsort(np.abs(covered - wanted), kind="stable")[:samples])


def coverage(masks: np.ndarray, keypoints: np.ndarray, limb: str) -> np.ndarray | None:
    """(n,) share of the limbs' length that masks (n, H, W) cover; None where no limb is to be seen."""
    height, width = masks.shape[1:]
    points = []
    for joints in _LIMBS[limb]:
        for first, second in itertools.pairwise(joints):
            if min(keypoints[first, 2], keypoints[second, 2]) > 0:
                along = np.linspace(0, 1, 12)[:, None]
                points.append(keypoints[first, :2] * (1 - along) + keypoints[second, :2] * along)
    if not points:
        return None
    x, y = np.floor(np.concatenate(points)).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    if inside.mean() < 0.3:
        return None
    near = ndimage.binary_dilation(masks, np.ones((1, 3, 3), bool))
    return near[:, y[inside], x[inside]].mean(axis=1)


def with_cloth(batch: Batch, labels: np.ndarray, product: Product) -> tuple[Batch, np.ndarray]:
    """The texture stage's inputs with the cloth as the garment's picture, and the cloth in place in the input.

    Args:
      batch: n rows, whose GARMENT_BOX is of the completed `labels` (n, H, W).
      labels: likewise.
      product: what is worn.

    Returns:
      The batch, and (n, H, W, 3) float32 in [-1, 1].
    """
    cloth, size = Cloth(product), labels.shape[1:]
    target = GARMENT_CLASSES[slot_of(product.garment)]
    read, laid = [], []
    for box, shape in zip(batch[keys.GARMENT_BOX].numpy(), labels, strict=True):
        if box[2] <= box[0] or box[3] <= box[1]:  # a sample may show no garment at all
            box = np.array([0, 0, *size], np.float32)
        laid.append(cloth.laid(tuple(box), size))
        # As the encoder sees it: the box as large as it fits, in the middle. The cloth is scaled once, to that.
        scale = min(size[0] / (box[2] - box[0]), size[1] / (box[3] - box[1]))
        half_y, half_x = (box[2] - box[0]) * scale / 2, (box[3] - box[1]) * scale / 2
        middle = size[0] / 2 - half_y, size[1] / 2 - half_x, size[0] / 2 + half_y, size[1] / 2 + half_x
        mask = crops.mask_crops(tf.constant(shape[None] == target), tf.constant(box[None])).numpy()[0]
        read.append(np.where(mask > 0, _to_rgb(cloth.laid(middle, size)), np.float32(1)))
    return {**batch, keys.GARMENT_RGB: tf.constant(np.stack(read))}, _to_rgb(np.stack(laid))


def with_detail(pictures: np.ndarray, labels: np.ndarray, cloth: np.ndarray, garment: str) -> np.ndarray:
    """(n, H, W, 3) in [-1, 1]: generated pictures with the cloth's own detail and mean colour on the garment.

    Args:
      pictures: generated.
      labels: (n, H, W) completed classes.
      cloth: (n, H, W, 3) as `with_cloth` laid it.
      garment: what the labels' garment is.
    """
    masks = (labels == GARMENT_CLASSES[slot_of(garment)])[..., None].astype(np.float32)
    spread = _COARSE * labels.shape[1]
    made = []
    for picture, mask, own in zip(pictures, masks, cloth, strict=True):
        area = max(float(mask.sum()), 1.0)
        shift = ((own - picture) * mask).sum(axis=(0, 1)) / area
        fine = own - _low(own, mask, spread)
        made.append(np.clip(picture + (fine + shift) * mask, -1, 1))
    return np.stack(made).astype(np.float32)


def _low(picture: np.ndarray, mask: np.ndarray, spread: float) -> np.ndarray:
    """(H, W, 3) blurred, of the mask's pixels only."""
    sigma = (spread, spread, 0)
    weight = ndimage.gaussian_filter(mask, sigma, truncate=3)
    return ndimage.gaussian_filter(picture * mask, sigma, truncate=3) / np.maximum(weight, 1e-3)


def _to_rgb(photo: np.ndarray) -> np.ndarray:
    return photo.astype(np.float32) / 127.5 - 1
