"""Reads the garments that a model samples for Studio people and judges them by the known distribution."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.evaluation import bootstrap, sampling
from tf_tryon.evaluation import outfit_metrics as metrics
from tf_tryon.evaluation.garment_reader import GarmentReader
from tf_tryon.evaluation.outfit_truth import OutfitTruth, outfit_truth
from tf_tryon.models.contract import Batch

WHATS = ("kind", "colour")


class OutfitReport:
    """Takes in batches of samples (`watch` of `texture_report.texture_columns`) and reads them.

    Args:
      reader: trained and examined.
      metadata: of the people, by id.
    """

    def __init__(self, reader: GarmentReader, metadata: dict[str, dict[str, Any]]) -> None:
        self._reader, self._metadata = reader, metadata
        self._truths: dict[tuple[str, str], list[OutfitTruth]] = defaultdict(list)
        self._own: dict[tuple[str, str, str], list[np.ndarray]] = defaultdict(list)
        self._read: dict[tuple[str, str, str], list[np.ndarray]] = defaultdict(list)

    def watch(self, kind: str, people: Batch, samples: list[np.ndarray]) -> None:
        """Read a batch: `kind` of samples, people with one target, pictures (B, H, W, 3) in [0, 1] of each sample."""
        garment = vocabulary.GARMENTS[int(people[keys.TARGET][0])]
        for identity in people[keys.ID].numpy():
            self._truths[kind, garment].append(outfit_truth(self._metadata[identity.decode()], garment))
        for what, own in zip(WHATS, self._reader.read(people, sampling.true_photo(people)), strict=True):
            self._own[kind, garment, what].append(own)
        drawn = [self._reader.read(people, pictures) for pictures in samples]
        for i, what in enumerate(WHATS):
            self._read[kind, garment, what].append(np.stack([pair[i] for pair in drawn], axis=1))

    def columns(self, kind: str, garment: str) -> dict[str, np.ndarray]:
        """Measure -> (people,), of one kind of samples; needs a watched batch."""
        by_measure = {}
        for what in WHATS:
            chances, passed, own, read = self._arrays(kind, garment, what)
            samples = read.shape[1]
            by_measure[f"{what}_coverage_of_{samples}"] = metrics.coverage(passed, read)
            by_measure[f"{what}_ideal_coverage_of_{samples}"] = metrics.ideal_coverage(passed, samples)
            by_measure[f"{what}_possible"] = metrics.possible(chances, read)
            by_measure[f"{what}_possible_truth"] = metrics.possible(chances, own[:, np.newaxis])
            by_measure[f"{what}_possible_random"] = metrics.possible_of_others(chances, own)
        return by_measure

    def summary(self, kind: str, garment: str, seed: int = 0) -> dict[str, Any]:
        """Measure -> {value, low, high, people}: the columns' means, and both errors of calibration."""
        estimates = {name: bootstrap.mean(values, seed) for name, values in self.columns(kind, garment).items()}
        for what in WHATS:
            _, passed, own, read = self._arrays(kind, garment, what)
            for name, error in (("calibration", metrics.calibration_error), ("marginal", metrics.marginal_error)):
                estimates[f"{what}_{name}_error"] = bootstrap.of_groups(error, passed, read)
                estimates[f"{what}_{name}_error_truth"] = bootstrap.of_groups(error, passed, own[:, np.newaxis])
        return {name: estimate.to_dict() for name, estimate in estimates.items()}

    def _arrays(self, kind: str, garment: str, what: str) -> tuple[np.ndarray, ...]:
        """P (n, names), P passed through the confusion, own readings (n,), readings (n, samples)."""
        chances = np.stack([getattr(truth, f"{what}s") for truth in self._truths[kind, garment]])
        passed = chances @ self._reader.confusion[f"{garment}_{what}"]
        key = kind, garment, what
        return chances, passed, np.concatenate(self._own[key]), np.concatenate(self._read[key])
