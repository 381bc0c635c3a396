"""Base and result, measured on the same held-out people, and the differences person by person."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from ml_collections import ConfigDict

from tf_tryon.data.records import RecordSet
from tf_tryon.data.usable import usable
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation import bootstrap, sampling, subject
from tf_tryon.evaluation.bootstrap import Estimate
from tf_tryon.evaluation.features import Features
from tf_tryon.evaluation.kid import paired_mmd2
from tf_tryon.evaluation.shape_report import shape_columns
from tf_tryon.evaluation.texture_report import texture_columns
from tf_tryon.inference.model_folder import common_targets, trained_targets
from tf_tryon.models.contract import Batch
from tf_tryon.stages import SHAPE, TEXTURE
from tf_tryon.training.precision import resolved

SAMPLES: Final = 4
_BATCH: Final = 10
_FEWEST: Final = 3  # people who show a garment
_KERNEL: Final = "kernel distance"

Arrays = dict[str, np.ndarray]


class Measure(NamedTuple):
    """What is compared: its array in a stage's columns, what to call it, and 1 where more is better, else -1."""

    name: str
    title: str
    sign: int


MEASURES: Final = (
    Measure("shape/posterior_garment_iou", "outline, from its own code: overlap with the true one", 1),
    Measure(f"shape/prior_best_of_{SAMPLES}_garment_iou", f"outline, best of {SAMPLES} guesses: overlap", 1),
    Measure("texture/posterior_l1_box", "picture, from its own code: L1 in the erased box", -1),
    Measure(_KERNEL, "pictures, guessed: kernel distance to photos (VGG-16)", -1),
)


class Difference(NamedTuple):
    """One measure of one garment: before, after, and after minus before over the same people."""

    garment: str
    title: str
    before: Estimate
    after: Estimate
    change: Estimate
    verdict: str


def garments_of(people: RecordSet, configs: dict[str, ConfigDict]) -> tuple[str, ...]:
    """Those that all stages complete and enough held-out people show; TryOnError if there is none."""
    config = next(iter(configs.values()))
    garments = tuple(
        garment
        for garment in common_targets(trained_targets(each) for each in configs.values())
        if _showing(people, config, garment) >= _FEWEST
    )
    if not garments:
        raise TryOnError(
            f"of {len(people.split('test'))} people held out, fewer than {_FEWEST} show any garment that the base "
            "completes: give more photos"
        )
    return garments


def _showing(people: RecordSet, config: ConfigDict, garment: str) -> int:
    try:
        return len(usable(people, "test", config, garment))
    except ValueError:  # nobody
        return 0


def measured(
    model: pathlib.Path,
    people: RecordSet,
    data: ConfigDict,
    garments: Sequence[str],
    features: Features | None,
    seed: int,
) -> Arrays:
    """Each held-out person's values, by "GARMENT/shape/MEASURE" and so on, and features of photos and samples.

    Args:
      model: a bundle's folder.
      people: the data set; its split "test" is measured.
      data: configuration of the views, the same for every model that is compared.
      garments: which to erase.
      features: for the kernel distance; None: it isn't measured.
      seed: of the samples.
    """
    networks = subject.load(model, precision=resolved("auto"))
    kept: Arrays = {}
    for stage, run in networks.runs.items():
        config = run.config.copy_and_resolve_references()
        config.data.update({name: data[name] for name in ("min_garments", "dresses", "targets")})
        shared: dict[str, Any] = {
            "count": len(people.split("test")), "samples": SAMPLES, "seed": seed, "garments": tuple(garments),
            "split": "test", "batch": _BATCH,
        }  # fmt: skip
        if stage == SHAPE:
            for garment, columns in shape_columns(run.nets, people, config, **shared).items():
                kept |= {f"{garment}/{stage}/{name}": values for name, values in columns.items()}
            continue
        for garment in garments:
            watch = _Watch(features, "end_to_end" if networks.shape else "prior")
            options = {**shared, "garments": (garment,)}
            shape = networks.shape.nets if networks.shape else None
            columns = texture_columns(run.nets, people, config, shape=shape, watch=watch, **options)
            kept |= {f"{garment}/{TEXTURE}/{name}": values for name, values in columns[garment].people.items()}
            kept |= {f"{garment}/features/{name}": np.concatenate(parts) for name, parts in watch.features.items()}
    return kept


class _Watch:
    """Keeps the features of people's photos and of their samples."""

    def __init__(self, features: Features | None, kind: str) -> None:
        self._features, self._kind = features, kind
        self.features: dict[str, list[np.ndarray]] = {}

    def __call__(self, kind: str, people: Batch, drawn: list[np.ndarray]) -> None:
        if self._features is None or kind != self._kind:
            return
        for name, pictures in (("truth", sampling.true_photo(people)), *((str(k), p) for k, p in enumerate(drawn))):
            self.features.setdefault(name, []).append(self._features(pictures))


def differences(before: Arrays, after: Arrays, garments: Sequence[str]) -> list[Difference]:
    """Every measure that both have."""
    compared = []
    for garment in garments:
        for measure in MEASURES:
            first, second = (_values(kept, garment, measure.name) for kept in (before, after))
            if first is None or second is None:
                continue
            change = second.less(first)
            compared.append(
                Difference(garment, measure.title, first.estimate(), second.estimate(), change.estimate(),
                           _verdict(change.estimate(), measure.sign))
            )  # fmt: skip
    return compared


class _Values(NamedTuple):
    """(people,) values, whose mean is reported; or with `whole`, made of all, (people,) of those without one."""

    each: np.ndarray
    whole: float | None = None

    def less(self, other: _Values) -> _Values:
        whole = None if self.whole is None or other.whole is None else self.whole - other.whole
        return _Values(self.each - other.each, whole)

    def estimate(self) -> Estimate:
        if self.whole is None:
            return bootstrap.mean(self.each)
        return bootstrap.jackknife(self.whole, self.each, len(self.each))


def _values(kept: Arrays, garment: str, name: str) -> _Values | None:
    if name != _KERNEL:
        each = kept.get(f"{garment}/{name}")
        return None if each is None else _Values(each)
    truth = kept.get(f"{garment}/features/truth")
    if truth is None:
        return None
    every = [paired_mmd2(kept[f"{garment}/features/{k}"], truth) for k in range(SAMPLES)]
    return _Values(np.mean([each for _, each in every], axis=0), float(np.mean([value for value, _ in every])))


def _verdict(change: Estimate, sign: int) -> str:
    if not (change.low > 0 or change.high < 0):
        return "not told apart"
    return "better" if change.value * sign > 0 else "worse"
