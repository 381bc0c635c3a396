"""What stands beside the model's compatibility on real outfits: colour histograms, and cloth in one outline.

`evaluation.compatibility` asks which of four garments a person really wears. The own one fits her outline, which the
networks see (pose, parsing, the box); others' don't. With every choice's cloth laid in the own garment's
outline only colours and patterns are left to tell by. Both give scores as `choice_scores` does, of the same choices.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data.mean_garments import mean_garments
from tf_tryon.data.records import RecordSet
from tf_tryon.data.vocabulary import GARMENTS
from tf_tryon.evaluation import sampling
from tf_tryon.evaluation.compatibility import CHOICES, GROUP, garment_scores
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.products.cloth import cloth_of, laid
from tf_tryon.products.product import Product

_LEVELS = 4  # of each of red, green and blue
_WHITE = 0.99  # a crop's ground, in [-1, 1]


def histogram_scores(
    records: RecordSet, config: ConfigDict, garment: str, count: int = 500, split: str = "test"
) -> np.ndarray:
    """(people, CHOICES): how much of each garment's colours the person's other garments have, summed over these.

    The own garment's comes first; a rest of fewer than CHOICES people has NaN.

    Args:
      records: people.
      config: of a texture stage.
      garment: that is chosen.
      count, split: as `choice_scores` takes them.
    """
    means, scores = mean_garments(records, config), []
    for _, people in sampling.people(records, split, garment, config, count, GROUP):
        own = np.stack([_histogram(crop) for crop in people[keys.GARMENT_RGB].numpy()])
        context = np.split(people[keys.CONTEXT].numpy(), len(GARMENTS), axis=-1)
        overlap = np.zeros((len(own), CHOICES), np.float32)
        for slot, crops in enumerate(context):
            if GARMENTS[slot] == garment:
                continue
            there = np.abs(crops - means[slot]).max(axis=(1, 2, 3)) > 1e-3
            others = np.stack([_histogram(crop) for crop in crops]) * there[:, None]
            for k in range(CHOICES):
                overlap[:, k] += np.minimum(others, np.roll(own, -k, axis=0)).sum(axis=1)
        scores.append(_of_enough(overlap))
    return np.concatenate(scores)


def one_outline_scores(
    networks: Networks, records: RecordSet, config: ConfigDict, garment: str, count: int = 500, split: str = "test"
) -> np.ndarray:
    """(people, CHOICES): the texture stage's scores of every choice's cloth in the own garment's outline.

    Arguments and result as of `evaluation.compatibility.choice_scores`; `networks` of a texture stage.
    """

    @tf.function(autograph=False, reduce_retracing=True)
    def scores(people: Batch, garments: tf.Tensor) -> tf.Tensor:
        return garment_scores(networks, people, garments)

    by_choice = []
    for _, people in sampling.people(records, split, garment, config, count, GROUP):
        crops = people[keys.GARMENT_RGB].numpy()
        masks = [(crop < _WHITE).any(axis=-1) for crop in crops]
        cloths = [_cloth(crop, mask, garment) for crop, mask in zip(crops, masks, strict=True)]
        columns = []
        for k in range(CHOICES):
            worn = [
                _in_outline(cloths[(i + k) % len(crops)], crop, mask, garment)
                for i, (crop, mask) in enumerate(zip(crops, masks, strict=True))
            ]
            columns.append(scores(people, tf.constant(np.stack(worn))).numpy())
        by_choice.append(_of_enough(np.stack(columns, axis=1)))
    return np.concatenate(by_choice)


def _of_enough(scores: np.ndarray) -> np.ndarray:
    return scores if len(scores) >= CHOICES else np.full_like(scores, np.nan)


def _histogram(crop: np.ndarray) -> np.ndarray:
    """(levels^3,) shares of the colours of a crop (H, W, 3) in [-1, 1], its white ground left out."""
    pixels = crop[(crop < _WHITE).any(axis=-1)]
    levels = np.clip((pixels + 1) / 2 * _LEVELS, 0, _LEVELS - 1).astype(int)
    index = levels @ np.array([_LEVELS * _LEVELS, _LEVELS, 1])
    counts = np.bincount(index, minlength=_LEVELS**3).astype(np.float32)
    return counts / max(counts.sum(), 1)


def _cloth(crop: np.ndarray, mask: np.ndarray, garment: str) -> np.ndarray:
    photo = np.clip((crop + 1) * 127.5, 0, 255).astype(np.uint8)
    return cloth_of(Product(photo, mask if mask.any() else ~mask, garment))


def _in_outline(cloth: np.ndarray, crop: np.ndarray, mask: np.ndarray, garment: str) -> np.ndarray:
    """(H, W, 3) float32 in [-1, 1]: the cloth where the garment of `crop` is, white elsewhere."""
    if not mask.any():
        return crop
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = float(rows[0]), float(columns[0]), float(rows[-1] + 1), float(columns[-1] + 1)
    picture = laid(cloth, box, mask.shape, garment in ("hat", "shoes")) / 127.5 - 1
    return np.where(mask[..., None], picture, np.float32(1))
