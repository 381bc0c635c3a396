"""The shape stage on people: reconstructions from the posterior's code, samples from the compatibility prior.

Measures called prior_ are of the networks' own samples; of a model that replaces the garment alone, those called shown_
are of the same samples as a completion shows them (`models/replacing.py`).
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import bootstrap, sampling, shape_metrics
from tf_tryon.evaluation.measured_batches import Keep, joined, measured_now
from tf_tryon.models.compositing import complete_labels
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.progress import Progress
from tf_tryon.stages import ERASED


def evaluate_shape(
    networks: Networks, records: RecordSet, config: ConfigDict, seed: int = 0, **options: Any
) -> dict[str, dict[str, Any]]:
    """Every measure of shape_metrics.py, for each garment, with 95 % intervals over people.

    Arguments as for `shape_columns`; `seed` is also the bootstrap's.

    Returns:
      garment -> measure -> {value, low, high, people}.
    """
    columns = shape_columns(networks, records, config, seed=seed, **options)
    return {garment: summary(arrays, seed) for garment, arrays in columns.items()}


def summary(arrays: Mapping[str, np.ndarray], seed: int = 0) -> dict[str, Any]:
    """Measure -> {value, low, high, people} of (people,) values by measure."""
    return {name: bootstrap.mean(values, seed).to_dict() for name, values in arrays.items()}


def shape_columns(
    networks: Networks,
    records: RecordSet,
    config: ConfigDict,
    count: int = 500,
    samples: int = 8,
    seed: int = 0,
    garments: tuple[str, ...] = ("top", "bottom"),
    split: str = "test",
    batch: int = 25,
    progress: bool = True,
    keep: Keep = measured_now,
) -> dict[str, dict[str, np.ndarray]]:
    """Each person's values.

    Args:
      networks: of the shape stage.
      records: the data set.
      config: the run's.
      count: people for each garment, fewer if the split has fewer.
      samples: for each person; at least 2.
      seed: of the samples' noise.
      garments: which to erase.
      split: of the data set.
      batch: people at a time.
      progress: whether to show a bar on stderr.
      keep: gives what batches were measured to have before.

    Returns:
      garment -> measure -> (people,).
    """
    if samples < 2:
        raise ValueError(f"samples = {samples}: diversity needs two or more")
    sampler = sampling.Sampler(networks, seed)
    by_garment: dict[str, dict[str, np.ndarray]] = {}
    for garment in garments:
        slot = vocabulary.slot_of(garment)
        bar = Progress(f"shape, {garment}", count, progress)
        batches: list[dict[str, np.ndarray]] = []
        for number, (first, people) in enumerate(sampling.people(records, split, garment, config, count, batch)):
            look = functools.partial(_batch, sampler, people, first, samples, slot, config.model.replaces)
            batches.append(keep(f"{config.stage}-{garment}", number, look))
            bar.update(first + len(people[keys.BOX]))
        by_garment[garment] = joined(batches)
    return by_garment


def _batch(
    sampler: sampling.Sampler, people: Batch, first: int, samples: int, slot: int, replaces: str
) -> dict[str, np.ndarray]:
    """The values of people number first, first + 1, ..."""
    columns: dict[str, list[float]] = defaultdict(list)
    logits, nats = sampler.reconstruct(people, first)
    reconstructed = complete_labels(people, logits).numpy()
    drawn = [sampler.sample(people, first, k) for k in range(samples)]
    kinds = {"prior": _completed(people, drawn, ERASED)}
    if replaces != ERASED:
        kinds["shown"] = _completed(people, drawn, replaces)
    truth, erased = sampling.true_labels(people), sampling.erased(people)
    points = people[keys.KEYPOINTS].numpy()
    for i in range(len(truth)):
        columns["kl_nats"].append(float(nats[i]))
        samples_of = {kind: labels[i] for kind, labels in kinds.items()}
        _measure(columns, slot, truth[i], erased[i], points[i], reconstructed[i], samples_of)
    return {name: np.array(values) for name, values in columns.items()}


def _completed(people: Batch, drawn: list[tf.Tensor], replaces: str) -> np.ndarray:
    """(n, K, H, W) classes of K outputs (n, H, W, 8)."""
    return np.stack([complete_labels(people, logits, replaces).numpy() for logits in drawn], axis=1)


def _measure(
    columns: dict[str, list[float]],
    slot: int,
    truth: np.ndarray,
    erased: np.ndarray,
    points: np.ndarray,
    reconstructed: np.ndarray,
    samples: Mapping[str, np.ndarray],
) -> None:
    """Append one person's values: labels (H, W) of truth and reconstruction, (K, H, W) of samples by kind."""
    true_mask = shape_metrics.garment_masks(truth, slot)
    mask = shape_metrics.garment_masks(reconstructed, slot)
    columns["posterior_box_accuracy"].append(float(shape_metrics.box_accuracy(reconstructed, truth, erased)))
    columns["posterior_box_miou"].append(shape_metrics.mean_iou(reconstructed, truth, erased))
    columns["posterior_garment_iou"].append(float(shape_metrics.iou(mask, true_mask)))
    masks = {"posterior": mask[None], "truth": true_mask[None]}
    for kind, labels in samples.items():
        drawn = masks[kind] = shape_metrics.garment_masks(labels, slot)
        columns[f"{kind}_best_of_{len(drawn)}_garment_iou"].append(shape_metrics.best_iou(drawn, true_mask))
        columns[f"{kind}_garment_iou"].append(float(np.mean(shape_metrics.iou(drawn, true_mask))))
        columns[f"{kind}_pairwise_1_minus_iou_of_{len(drawn)}"].append(shape_metrics.diversity(drawn))
        columns[f"{kind}_box_accuracy"].append(float(np.mean(shape_metrics.box_accuracy(labels, truth, erased))))
    for name, shapes in masks.items():
        for measure, value in _soundness(shapes, points, slot).items():
            columns[f"{name}_{measure}"].append(value)


def _soundness(masks: np.ndarray, points: np.ndarray, slot: int) -> dict[str, float]:
    """Shares of (K, H, W) masks that are whole, free of specks, empty, alike on both sides, and all of that together.

    Where limbs can't be seen (see `limb_cover`), `asymmetry` and `alike` are NaN and `sound` does without.
    """
    whole, clean, empty, difference = [], [], [], []
    for mask in masks:
        sizes = shape_metrics.component_sizes(mask)
        whole.append(shape_metrics.is_whole(sizes))
        clean.append(len(sizes) > 0 and shape_metrics.specks(sizes, *mask.shape) == 0)
        empty.append(len(sizes) == 0)
        difference.append(shape_metrics.asymmetry(shape_metrics.limb_cover(mask, points, slot)))
    known = not np.isnan(difference).any()  # it depends on the keypoints only: all of a person's samples or none
    alike = np.array(difference) < shape_metrics.ALIKE if known else np.ones(len(masks), bool)
    return {
        "whole": float(np.mean(whole)),
        "no_specks": float(np.mean(clean)),
        "empty": float(np.mean(empty)),
        "asymmetry": float(np.mean(difference)),
        "alike": float(np.mean(alike)) if known else float("nan"),
        "sound": float(np.mean(np.array(whole) & np.array(clean) & alike)),
    }
