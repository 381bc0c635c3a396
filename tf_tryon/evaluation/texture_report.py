"""The texture stage on people, three ways.

- **posterior**: the posterior's mean code on the true parsing: what a code can hold;
- **prior**: samples from the compatibility prior on the true parsing;
- **end_to_end**: samples of both stages, the texture's on the shape stage's parsings: what a user gets.

Fréchet distances compare half of the people, completed, with the other half's photos, both ways, and average: so no
person is compared with itself, and the two anchors are sets of the same size: photos against photos (`truth`), and
photos whose box is filled by its mean colour (`filled`). Of several samples the first counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import bootstrap, sampling, texture_metrics
from tf_tryon.evaluation.features import VggFeatures
from tf_tryon.evaluation.frechet import Moments, frechet_distance
from tf_tryon.evaluation.progress import Progress
from tf_tryon.models.networks import Networks

Columns = dict[str, list[Any]]
_PAIRED = ("skin", "seam", *(f"weave_{period}" for period in texture_metrics.PERIODS))


def evaluate_texture(
    networks: Networks,
    records: RecordSet,
    config: ConfigDict,
    count: int = 500,
    samples: int = 8,
    seed: int = 0,
    shape: Networks | None = None,
    features: VggFeatures | None = None,
    garments: tuple[str, ...] = ("top", "bottom"),
    split: str = "test",
    batch: int = 25,
    progress: bool = True,
) -> dict[str, dict[str, Any]]:
    """Every measure of texture_metrics.py and the Fréchet distances, for each garment, with 95 % intervals over people.

    Args:
      networks: of the texture stage.
      records: the data set.
      config: the run's.
      count: people for each garment, fewer if the split has fewer.
      samples: for each person; at least 2.
      seed: of the samples' noise and of the bootstrap.
      shape: the shape stage's networks, for the measures end to end; None leaves those out.
      features: for the Fréchet distances; None leaves those out.
      garments: which to erase.
      split: of the data set.
      batch: people at a time.
      progress: whether to show a bar on stderr.

    Returns:
      garment -> measure -> {value, low, high, people}.
    """
    if samples < 2:
        raise ValueError(f"samples = {samples}: the spread of colours needs two or more")
    sampler = sampling.Sampler(networks, seed)
    shaper = sampling.Sampler(shape, seed) if shape is not None else None
    report = {}
    for garment in garments:
        columns: Columns = defaultdict(list)
        moments = _Halves(features)
        bar = Progress(f"texture, {garment}", count, progress)
        for first, people in sampling.people(records, split, garment, config, count, batch):
            _measure_batch(columns, moments, sampler, shaper, people, first, samples)
            bar.update(first + len(people[keys.BOX]))
        report[garment] = {**_summary(columns, samples, seed), **moments.distances()}
    return report


class _Halves:
    """Moments of features of each kind of picture, of people with even and odd numbers."""

    def __init__(self, features: VggFeatures | None) -> None:
        self._features = features
        self._moments: dict[str, tuple[Moments, Moments]] = {}

    def update(self, kind: str, pictures: np.ndarray, first: int) -> None:
        """Take in (B, H, W, 3) pictures of people first, first + 1, ..."""
        if self._features is None:
            return
        found = self._features(pictures)
        size = self._features.size
        halves = self._moments.setdefault(kind, (Moments(size), Moments(size)))
        for half in (0, 1):
            halves[half].update(found[(half - first) % 2 :: 2])

    def distances(self) -> dict[str, Any]:
        """Of each kind to the other half's photos, named by network and people in a half."""
        if self._features is None:
            return {}
        even, odd = self._moments["truth"]
        if min(even.count, odd.count) < 2:
            return {}
        rows = {}
        for kind, (first, second) in self._moments.items():
            value = (frechet_distance(first, odd) + frechet_distance(second, even)) / 2
            rows[f"{kind}_frechet_{self._features.name}_n{odd.count}"] = {
                "value": value, "low": None, "high": None, "people": even.count + odd.count
            }  # fmt: skip
        return rows


def _measure_batch(
    columns: Columns,
    moments: _Halves,
    sampler: sampling.Sampler,
    shaper: sampling.Sampler | None,
    people: sampling.Batch,
    first: int,
    samples: int,
) -> None:
    labels, erased, photo = sampling.true_labels(people), sampling.erased(people), sampling.true_photo(people)
    slot = int(people[keys.TARGET][0])
    points = people[keys.KEYPOINTS].numpy()
    skins = [texture_metrics.visible_skin(*each) for each in zip(photo, labels, erased, points, strict=True)]

    def look(pictures: np.ndarray, parsings: np.ndarray) -> list[dict[str, Any]]:
        background = (parsings == vocabulary.BACKGROUND) & (labels == vocabulary.BACKGROUND)
        found = zip(pictures, photo, parsings, background, erased, skins, strict=True)
        return [_look(*each, slot) for each in found]

    moments.update("truth", photo, first)
    filled = [texture_metrics.fill_box(*each) for each in zip(photo, erased, strict=True)]
    moments.update("filled", np.stack(filled), first)
    _append(columns, "truth", [look(photo, labels)])

    output, nats = sampler.reconstruct(people)
    picture = sampling.complete_photo(people, output)
    moments.update("posterior", picture, first)
    _append(columns, "posterior", [look(picture, labels)])
    columns["kl_nats"] += nats.tolist()
    columns["posterior_ssim_box"] += texture_metrics.ssim(picture, photo, erased).tolist()
    for made, true, box in zip(picture, photo, erased, strict=True):
        columns["posterior_l1_box"].append(texture_metrics.l1(made, true, box))
        columns["posterior_psnr_box"].append(texture_metrics.psnr(made, true, box))
    _append_samples(
        columns, moments, "prior", samples, first, look, lambda k: (sampler.sample(people, first, k), people)
    )
    if shaper is not None:

        def both(k: int) -> tuple[np.ndarray, sampling.Batch]:
            shaped = sampling.complete_labels(people, shaper.sample(people, first, k))
            renewed = sampling.with_labels(people, shaped)
            return sampler.sample(renewed, first, k), renewed

        _append_samples(columns, moments, "end_to_end", samples, first, look, both)


def _append_samples(
    columns: Columns,
    moments: _Halves,
    kind: str,
    samples: int,
    first: int,
    look: Callable[[np.ndarray, np.ndarray], list[dict[str, Any]]],
    draw: Callable[[int], tuple[np.ndarray, sampling.Batch]],
) -> None:
    """Draw every sample of a batch, one at a time, and append what is seen."""
    seen = []
    for k in range(samples):
        output, people = draw(k)
        pictures = sampling.complete_photo(people, output)
        if k == 0:
            moments.update(kind, pictures, first)
        seen.append(look(pictures, sampling.true_labels(people)))
    _append(columns, kind, seen)


def _append(columns: Columns, kind: str, seen: list[list[dict[str, Any]]]) -> None:
    """seen[sample][person] -> a value for each person: means over samples, and the spread of the garment's colours."""
    for i in range(len(seen[0])):
        own = [looks[i] for looks in seen]
        for name in own[0]:
            if name != "colour":
                values = np.array([look[name] for look in own])
                columns[f"{kind}_{name}"].append(
                    np.mean(values[~np.isnan(values)]) if (values == values).any() else np.nan
                )
        colours = np.stack([look["colour"] for look in own])
        if kind == "truth":
            columns["truth_colour"].append(colours[0])
        elif len(own) > 1:
            columns[f"{kind}_colour_spread"].append(texture_metrics.spread(colours))


def _look(
    picture: np.ndarray,
    photo: np.ndarray,
    labels: np.ndarray,
    background: np.ndarray,
    erased: np.ndarray,
    skin: np.ndarray,
    slot: int,
) -> dict[str, Any]:
    """What can be told of one picture by itself, and its halo against the photo."""
    border = texture_metrics.seam(picture, erased)
    garment = (labels == vocabulary.GARMENT_CLASSES[slot]) & erased
    weave = texture_metrics.weave(picture, erased)
    return {
        "colour": texture_metrics.mean_colour(picture, garment),
        "skin": texture_metrics.skin_distance(picture, labels, erased, skin),
        "seam": border.jump,
        "seam_local": border.local,
        "halo": texture_metrics.halo(picture, photo, background, erased),
        **{f"weave_{p}": float(value) for p, value in zip(texture_metrics.PERIODS, weave, strict=True)},
    }


def _summary(columns: Columns, samples: int, seed: int) -> dict[str, Any]:
    arrays = {name: np.array(values, np.float64) for name, values in columns.items()}
    colours = arrays.pop("truth_colour")
    found: dict[str, bootstrap.Estimate] = {}
    found["truth_colour_spread"] = bootstrap.estimate(texture_metrics.spread, colours, seed=seed)
    for name in ("kl_nats", "posterior_l1_box", "posterior_psnr_box", "posterior_ssim_box"):
        found[name] = bootstrap.mean(arrays[name], seed)
    for kind in ("posterior", "prior", "end_to_end"):
        if f"{kind}_seam" not in arrays:
            continue
        if f"{kind}_colour_spread" in arrays:
            spreads = arrays[f"{kind}_colour_spread"]
            found[f"{kind}_colour_spread_of_{samples}"] = bootstrap.mean(spreads, seed)
            found[f"{kind}_colour_spread_ratio_of_{samples}"] = bootstrap.estimate(
                lambda own, all_: float(np.mean(own) / max(texture_metrics.spread(all_), 1e-12)),
                spreads,
                colours,
                seed=seed,
            )
        for name in _PAIRED:
            found[f"{kind}_{name}_ratio"] = bootstrap.ratio(arrays[f"{kind}_{name}"], arrays[f"truth_{name}"], seed)
        found[f"{kind}_seam_relative_ratio"] = bootstrap.estimate(
            _relative,
            *(arrays[f"{who}_{what}"] for who in (kind, "truth") for what in ("seam", "seam_local")),
            seed=seed,
        )
        found[f"{kind}_skin_distance"] = bootstrap.mean(arrays[f"{kind}_skin"], seed)
        found[f"{kind}_halo"] = bootstrap.mean(arrays[f"{kind}_halo"], seed)
    found["truth_skin_distance"] = bootstrap.mean(arrays["truth_skin"], seed)
    found["truth_seam"] = bootstrap.mean(arrays["truth_seam"], seed)
    return {name: estimate.to_dict() for name, estimate in found.items()}


def _relative(jump: np.ndarray, local: np.ndarray, true_jump: np.ndarray, true_local: np.ndarray) -> float:
    """How many times the seam, in units of the detail beside it, is the photo's own."""
    made = np.mean(jump) / max(np.mean(local), 1e-12)
    return float(made / max(np.mean(true_jump) / max(np.mean(true_local), 1e-12), 1e-12))
