"""The shape stage on people: reconstructions from the posterior's code, samples from the compatibility prior."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import bootstrap, sampling, shape_metrics
from tf_tryon.models.compositing import complete_labels
from tf_tryon.models.contract import Networks
from tf_tryon.progress import Progress


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

    Returns:
      garment -> measure -> (people,).
    """
    if samples < 2:
        raise ValueError(f"samples = {samples}: diversity needs two or more")
    sampler = sampling.Sampler(networks, seed)
    by_garment: dict[str, dict[str, np.ndarray]] = {}
    for garment in garments:
        columns: dict[str, list[float]] = defaultdict(list)
        slot = vocabulary.slot_of(garment)
        bar = Progress(f"shape, {garment}", count, progress)
        for first, people in sampling.people(records, split, garment, config, count, batch):
            logits, nats = sampler.reconstruct(people, first)
            reconstructed = complete_labels(people, logits).numpy()
            drawn = [complete_labels(people, sampler.sample(people, first, k)).numpy() for k in range(samples)]
            stacked = np.stack(drawn, axis=1)
            truth, erased = sampling.true_labels(people), sampling.erased(people)
            points = people[keys.KEYPOINTS].numpy()
            for i in range(len(truth)):
                columns["kl_nats"].append(float(nats[i]))
                _measure(columns, slot, truth[i], erased[i], points[i], reconstructed[i], stacked[i])
            bar.update(first + len(truth))
        by_garment[garment] = {name: np.array(values) for name, values in columns.items()}
    return by_garment


def _measure(
    columns: dict[str, list[float]],
    slot: int,
    truth: np.ndarray,
    erased: np.ndarray,
    points: np.ndarray,
    reconstructed: np.ndarray,
    samples: np.ndarray,
) -> None:
    """Append one person's values: labels (H, W) of truth and reconstruction, (K, H, W) of samples."""
    count = len(samples)
    true_mask = shape_metrics.garment_masks(truth, slot)
    mask = shape_metrics.garment_masks(reconstructed, slot)
    drawn = shape_metrics.garment_masks(samples, slot)
    columns["posterior_box_accuracy"].append(float(shape_metrics.box_accuracy(reconstructed, truth, erased)))
    columns["posterior_box_miou"].append(shape_metrics.mean_iou(reconstructed, truth, erased))
    columns["posterior_garment_iou"].append(float(shape_metrics.iou(mask, true_mask)))
    columns[f"prior_best_of_{count}_garment_iou"].append(shape_metrics.best_iou(drawn, true_mask))
    columns["prior_garment_iou"].append(float(np.mean(shape_metrics.iou(drawn, true_mask))))
    columns[f"prior_pairwise_1_minus_iou_of_{count}"].append(shape_metrics.diversity(drawn))
    columns["prior_box_accuracy"].append(float(np.mean(shape_metrics.box_accuracy(samples, truth, erased))))
    for name, masks in (("prior", drawn), ("posterior", mask[None]), ("truth", true_mask[None])):
        for measure, value in _soundness(masks, points, slot).items():
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
