"""What a copy of a row makes of a few people, kept for the report's figures.

People who must not be shown are shown by their parsing and by garments alone: cut out by the parsing, on plain ground,
a pixel inside their outline, so that no skin, hair or background comes along. Only that is kept of them.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict
from scipy import ndimage

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import sampling
from tf_tryon.evaluation.frame import Frame, frames
from tf_tryon.experiments.plan import GARMENTS
from tf_tryon.models.compositing import complete_labels, with_labels
from tf_tryon.models.contract import Batch, each
from tf_tryon.training.weights import Run

SPLIT: Final = "test"
FILE, BESIDE = "figures.npz", "figures_beside.npz"  # of the measured people, and of a second data set's
WALK: Final = (-3.0, -1.5, 0.0, 1.5, 3.0)  # shifts of a latent dimension, in figure 4-2
SHAPES: Final = 6  # sampled shapes of a person there
_SHAPE_PEOPLE: Final = 3
_GROUND: Final = 0.94  # behind a garment alone
_ERASED: Final = 0.5


def of_people(
    shape: Run | None,
    texture: Run,
    records: RecordSet,
    garment: str,
    shown: ConfigDict | None,
    settings: dict[str, Any],
    seed: int,
) -> dict[str, np.ndarray]:
    """Of the first people: erased, truth, sample (n, H, W, 3) uint8; labels: shapes (p, s, H, W), walk (c, w, H, W).

    Args:
      shape: the first stage; None: there is none.
      texture: the second, or only, stage.
      records: the data set.
      garment: that is erased.
      shown: a configuration of the crop to show; None: the networks' own.
      settings: `config.evaluation`: "figure_people", and "figures" as in `plan.FIGURES`.
      seed: of the noise.
    """
    count = settings["figure_people"]
    sampler = sampling.Sampler(texture.nets, seed)
    _, people, frame = next(frames(records, SPLIT, garment, texture.config, shown, count, count))
    given, arrays = people, dict[str, np.ndarray]()
    if shape is not None:
        shaper = sampling.Sampler(shape.nets, seed)
        _, shape_people = next(sampling.people(records, SPLIT, garment, shape.config, count, count))
        drawn = [complete_labels(shape_people, shaper.sample(shape_people, 0, k)).numpy() for k in range(SHAPES)]
        given = with_labels(people, drawn[0])
        arrays["shapes"] = np.stack(drawn, axis=1)[:_SHAPE_PEOPLE]
        arrays["walk"] = _walk(shape, shaper, shape_people)
        arrays["shape_truth"] = sampling.true_labels(shape_people)[:_SHAPE_PEOPLE]
        arrays["shape_erased"] = sampling.erased(shape_people)[:_SHAPE_PEOPLE]
    sample = sampling.complete_photo(frame.people, frame.pictures(sampler.sample(given, 0, 0)))
    labels = frame.labels(sampling.true_labels(given))
    anonymous = settings["figures"] == GARMENTS
    seen = _anonymous(frame, sample, labels) if anonymous else _photos(frame, sample)
    return arrays | {name: np.rint(pictures * 255).astype(np.uint8) for name, pictures in seen.items()}


def garment_alone(pictures: np.ndarray, labels: np.ndarray, slot: int, within: np.ndarray) -> np.ndarray:
    """(n, H, W, 3) pictures in [0, 1] of one garment, a pixel inside its outline, on plain ground.

    Args:
      pictures: (n, H, W, 3) in [0, 1].
      labels: (n, H, W) uint8 classes.
      slot: the garment's.
      within: (n, H, W) bool, where alone it is looked for.
    """
    own = (labels == vocabulary.GARMENT_CLASSES[slot]) & within
    inside = np.stack([ndimage.binary_erosion(mask) for mask in own])
    return np.where(inside[..., np.newaxis], pictures, np.float32(_GROUND))


def _photos(frame: Frame, sample: np.ndarray) -> dict[str, np.ndarray]:
    truth = sampling.true_photo(frame.people)
    erased = np.where(sampling.erased(frame.people)[..., np.newaxis], np.float32(_ERASED), truth)
    return {"truth": truth, "erased": erased, "sample": sample}


def _anonymous(frame: Frame, sample: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Of a model of one stage the garment is where the photo's own was."""
    truth, erased = sampling.true_labels(frame.people), sampling.erased(frame.people)
    slot = int(frame.people[keys.TARGET][0])
    parsing = vocabulary.PALETTE[truth].astype(np.float32) / 255
    return {
        "truth": garment_alone(sampling.true_photo(frame.people), truth, slot, erased),
        "erased": np.where(erased[..., np.newaxis], np.float32(_ERASED), parsing),
        "sample": garment_alone(sample, labels, slot, erased),
    }


def _walk(shape: Run, shaper: sampling.Sampler, people: Batch) -> np.ndarray:
    """Labels (channels, shifts, H, W) of the first person: one latent dimension after another shifted in all cells."""
    nets = shape.nets
    one = each(people, lambda tensor: tensor[:1])
    code = nets.sample_prior(one, tf.constant(shaper.noise(0, 0, 1))).numpy()
    channels = code.shape[-1]
    codes = np.repeat(code[np.newaxis], channels * len(WALK), axis=0)[:, 0]
    for channel in range(channels):
        for place, shift in enumerate(WALK):
            codes[channel * len(WALK) + place, ..., channel] += shift
    repeated = {name: tf.repeat(value, len(WALK), axis=0) for name, value in one.items()}
    rows = [
        complete_labels(repeated, nets.generate(repeated, tf.constant(part))[-1]).numpy()
        for part in np.split(codes, channels)
    ]
    return np.stack(rows)
