"""Codes of cloth alone: what the texture encoder tells of a garment, wherever it lies and whoever wears it.

A garment is cut out, put on white where nobody stands, and read by the texture encoder; over the cells of its spatial
code each channel has a mean and a spread. So products, and garments that the model samples for a person, are read in
one and the same way and can be compared. Outlines are left out: a flat garment's isn't a worn one's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import DRESS, GARMENT_CLASSES, slot_of
from tf_tryon.inference.tryon import TryOn
from tf_tryon.products.product import Product

DRAWS = 24  # samples of a person's garment that tell its distribution
_SIDE = 256  # pixels of a cut-out's longer side: beyond what the encoder sees
_CHUNK = 8


def cloth_codes(model: TryOn, products: Sequence[Product]) -> np.ndarray:
    """(n, 2c) float32: mean and spread of each channel of the texture code, of products of one garment."""
    rows = []
    for start in range(0, len(products), _CHUNK):
        part = products[start : start + _CHUNK]
        index = np.minimum(np.arange(_CHUNK), len(part) - 1)  # always as many, so that one graph serves all
        seen = model.texture.batch_of([_alone(product) for product in part], part[0].garment)
        codes = model.texture.encode({name: tf.gather(rows, index) for name, rows in seen.items()})[: len(part)]
        rows.append(np.concatenate([codes.mean(axis=(1, 2)), codes.std(axis=(1, 2))], axis=1))
    return np.concatenate(rows).astype(np.float32)


def sampled_codes(model: TryOn, person: Person, garment: str, draws: int, seed: int = 0) -> np.ndarray:
    """(n, 2c) codes of the garments that the model samples for a person, at most `draws`.

    Samples that show too little of a garment to be read are left out.

    Raises:
      TryOnError: the person doesn't wear the garment, or the model doesn't know it.
    """
    made = model.complete(person, garment, samples=draws, seed=seed)
    target = GARMENT_CLASSES[slot_of(garment)]
    least = max(16, round(0.001 * made.parsings[0].size))
    seen = [(p, labels == target) for p, labels in zip(made.photos, made.parsings, strict=True)]
    worn = [Product(photo, mask, garment) for photo, mask in seen if mask.sum() >= least]
    if not worn:
        return np.zeros((0, 2 * made.codes["texture"].shape[-1]), np.float32)
    return cloth_codes(model, worn)


def _alone(product: Product) -> Person:
    """The garment on white, of nobody."""
    rows, columns = np.flatnonzero(product.mask.any(1)), np.flatnonzero(product.mask.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    mask = product.mask[box]
    photo = np.where(mask[..., None], product.photo[box], np.uint8(255))
    step = max(1, -(-max(mask.shape) // _SIDE))
    photo, mask = _smaller(photo, step), _smaller(mask[..., None].astype(np.uint8) * 255, step)[..., 0] > 127
    label = np.uint8(GARMENT_CLASSES[slot_of(product.garment)])
    labels = np.where(mask, label, np.uint8(0))
    margin = max(labels.shape) // 2
    labels = np.pad(labels, margin)
    photo = np.pad(photo, ((margin, margin), (margin, margin), (0, 0)), constant_values=255)
    return Person(photo, labels, np.zeros((18, 3), np.float32), product.name, {}, product.garment == DRESS)


def _smaller(picture: np.ndarray, step: int) -> np.ndarray:
    """(h, w, c) uint8 averaged over squares of `step`."""
    if step == 1:
        return picture
    height, width = (-(-side // step) * step for side in picture.shape[:2])
    padded = np.pad(picture, ((0, height - picture.shape[0]), (0, width - picture.shape[1]), (0, 0)), mode="edge")
    parts = padded.reshape(height // step, step, width // step, step, -1).mean(axis=(1, 3))
    return np.rint(parts).astype(np.uint8)
