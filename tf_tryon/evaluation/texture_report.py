"""The texture stage on people, three ways.

- **posterior**: the posterior's mean code on the true parsing: what a code can hold;
- **prior**: samples from the compatibility prior on the true parsing;
- **end_to_end**: samples of both stages, the texture's on the shape stage's parsings: what a user gets.

Distances between sets (`set_distances`) have two anchors of the same size: photos against photos (`truth`), and photos
whose box is filled by its mean colour (`filled`). Of several samples the first counts.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation import sampling, set_distances, texture_metrics
from tf_tryon.evaluation.features import Features, VggFeatures
from tf_tryon.evaluation.frame import Frame, frames
from tf_tryon.evaluation.measured_batches import Keep, joined, measured_now
from tf_tryon.evaluation.perceptual_distance import PerceptualDistance
from tf_tryon.evaluation.set_distances import SetDistances
from tf_tryon.evaluation.texture_summary import texture_summary
from tf_tryon.geometry import crop
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.progress import Progress

Columns = dict[str, list[Any]]
_VALUES: Final = "value/"
_FEATURES: Final = "features/"


def evaluate_texture(
    networks: Networks, records: RecordSet, config: ConfigDict, samples: int = 8, seed: int = 0, **options: Any
) -> dict[str, dict[str, Any]]:
    """Every measure of texture_metrics.py and the distances, for each garment, with 95 % intervals over people.

    Arguments as for `texture_columns`; `seed` is also the bootstrap's.

    Returns:
      garment -> measure -> {value, low, high, people}.
    """
    columns = texture_columns(networks, records, config, samples=samples, seed=seed, **options)
    return {garment: measured.summary(samples, seed) for garment, measured in columns.items()}


class Measured(NamedTuple):
    """One garment's measures of each person, and the replicates of the distances between sets."""

    people: dict[str, np.ndarray]
    distances: dict[str, np.ndarray]

    def summary(self, samples: int, seed: int = 0) -> dict[str, Any]:
        """Measure -> {value, low, high, people}."""
        count = len(self.people["kl_nats"])
        return {**texture_summary(self.people, samples, seed), **set_distances.summary(self.distances, count)}


def texture_columns(
    networks: Networks,
    records: RecordSet,
    config: ConfigDict,
    count: int = 500,
    samples: int = 8,
    seed: int = 0,
    shape: Networks | None = None,
    features: Features | None = None,
    garments: tuple[str, ...] = ("top", "bottom"),
    split: str = "test",
    batch: int = 25,
    progress: bool = True,
    watch: Callable[[str, Batch, list[np.ndarray]], None] | None = None,
    shown: ConfigDict | None = None,
    whole_box: bool = False,
    keep: Keep = measured_now,
) -> dict[str, Measured]:
    """Each person's values.

    Args:
      networks: of the texture stage.
      records: the data set.
      config: the run's.
      count: people for each garment, fewer if the split has fewer.
      samples: for each person; at least 2.
      seed: of the samples' noise.
      shape: the shape stage's networks, for the measures end to end; None leaves those out.
      features: for the distances between sets; VGG's also for the perceptual ones. None leaves those out.
      garments: which to erase.
      split: of the data set.
      batch: people at a time.
      progress: whether to show a bar on stderr.
      watch: is given (kind, people, the samples' pictures (B, H, W, 3)) for the kinds "prior" and "end_to_end".
      shown: a configuration of the crop in which pictures are measured; None: the networks' own.
      whole_box: samples fill the erased box, as the thesis's do, whatever is served.
      keep: gives what batches were measured to have before; those aren't given to `watch`.
    """
    if samples < 2:
        raise ValueError(f"samples = {samples}: the spread of colours needs two or more")
    sampler = sampling.Sampler(networks, seed)
    shaper = sampling.Sampler(shape, seed) if shape is not None else None
    perceptual = PerceptualDistance(features.network) if isinstance(features, VggFeatures) else None
    measured: dict[str, Measured] = {}
    for garment in garments:
        distances = SetDistances(features)
        bar = Progress(f"texture, {garment}", count, progress)
        batches: list[dict[str, np.ndarray]] = []
        for number, (first, people, frame) in enumerate(frames(records, split, garment, config, shown, count, batch)):
            looks = _Looks(
                defaultdict(list), SetDistances(features), perceptual, sampler, shaper, samples, watch, whole_box
            )
            look = functools.partial(looks.batch, people, first, frame)
            batches.append(keep(f"{config.stage}-{garment}", number, look))
            bar.update(first + len(people[keys.BOX]))
        for kind, of_batches in joined(batches, _FEATURES).items():
            distances.add(kind, of_batches)
        measured[garment] = Measured(joined(batches, _VALUES), distances.replicates())
    return measured


@dataclasses.dataclass
class _Looks:
    """Looks at a batch of people and appends what is seen to `columns`."""

    columns: Columns
    distances: SetDistances
    perceptual: PerceptualDistance | None
    sampler: sampling.Sampler
    shaper: sampling.Sampler | None
    samples: int
    watch: Callable[[str, Batch, list[np.ndarray]], None] | None
    whole_box: bool

    @property
    def as_served(self) -> bool:
        """Whether samples are composed with the photo as completions are; else they fill the box, as the thesis's do.

        Reconstructions always fill it: they tell what a code can hold. A model of one stage always does: it has no
        parsing that would tell what changed.
        """
        config = self.sampler.networks.config
        return not self.whole_box and config.data.crop == crop.GARMENT and config.model.two_stage

    def batch(self, people: Batch, first: int, frame: Frame) -> dict[str, np.ndarray]:
        """People number first, first + 1, ..., and how they are measured -> (people, ...) values and features."""
        columns, shown = self.columns, frame.people
        labels, erased, photo = sampling.true_labels(shown), sampling.erased(shown), sampling.true_photo(shown)
        slot = int(people[keys.TARGET][0])
        points = shown[keys.KEYPOINTS].numpy()
        skins = [texture_metrics.visible_skin(*each) for each in zip(photo, labels, erased, points, strict=True)]

        def look(pictures: np.ndarray, parsings: np.ndarray) -> list[dict[str, Any]]:
            background = (parsings == vocabulary.BACKGROUND) & (labels == vocabulary.BACKGROUND)
            pictures_and_masks = zip(pictures, photo, parsings, background, erased, skins, strict=True)
            return [_look(*each, slot) for each in pictures_and_masks]

        self.distances.update(set_distances.TRUTH, photo)
        filled = [texture_metrics.fill_box(*each) for each in zip(photo, erased, strict=True)]
        self.distances.update("filled", np.stack(filled))
        _append(columns, "truth", [look(photo, labels)])

        output, nats = self.sampler.reconstruct(people, first)
        picture = sampling.complete_photo(shown, frame.pictures(output))
        self.distances.update("posterior", picture)
        _append(columns, "posterior", [look(picture, labels)])
        columns["kl_nats"] += nats.tolist()
        columns["posterior_ssim_box"] += texture_metrics.ssim(picture, photo, erased).tolist()
        for made, true, box in zip(picture, photo, erased, strict=True):
            columns["posterior_l1_box"].append(texture_metrics.l1(made, true, box))
            columns["posterior_psnr_box"].append(texture_metrics.psnr(made, true, box))
        if self.perceptual is not None:
            columns[f"posterior_perceptual_{self.perceptual.name}"] += self.perceptual(picture, photo).tolist()
        self._sampled("prior", frame, look, lambda k: (self.sampler.sample(people, first, k), people))
        if self.shaper is not None:
            self._sampled("end_to_end", frame, look, lambda k: self._completion(people, first, k))
        values = {_VALUES + name: np.array(column, np.float64) for name, column in columns.items()}
        return values | {_FEATURES + kind: features for kind, features in self.distances.features().items()}

    def _completion(self, people: Batch, first: int, k: int) -> tuple[np.ndarray, Batch]:
        made = sampling.completion(self.shaper, self.sampler, people, first, k)
        return made.rgb, made.inputs

    def _sampled(
        self,
        kind: str,
        frame: Frame,
        look: Callable[[np.ndarray, np.ndarray], list[dict[str, Any]]],
        draw: Callable[[int], tuple[np.ndarray, Batch]],
    ) -> None:
        """Draw every sample of a batch, one at a time."""
        seen, drawn = [], []
        for k in range(self.samples):
            output, given = draw(k)
            parsings = frame.labels(sampling.true_labels(given))
            pictures = sampling.complete_photo(
                frame.people, frame.pictures(output), parsings if self.as_served else None
            )
            if k == 0:
                self.distances.update(kind, pictures)
            seen.append(look(pictures, parsings))
            drawn.append(pictures)
        _append(self.columns, kind, seen)
        last = kind == "end_to_end" or self.shaper is None
        if self.perceptual is not None and last:  # half of an evaluation's time, so only of what a user gets
            each = [self.perceptual.diversity(own) for own in np.stack(drawn, axis=1)]
            self.columns[f"{kind}_pairwise_perceptual_{self.perceptual.name}_of_{self.samples}"] += each
        if self.watch is not None:
            self.watch(kind, frame.people, drawn)


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
    """What can be measured of one picture by itself, and its halo against the photo."""
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
