"""Whether an experiment can work at all: what would fail after hours of training is found before it."""

from __future__ import annotations

import pathlib

from ml_collections import ConfigDict

from tf_tryon.data.records import RecordSet, open_records
from tf_tryon.data.usable import usable
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation.features import IMAGENET, NETWORKS
from tf_tryon.experiments.pictures import SPLIT
from tf_tryon.experiments.plan import Plan
from tf_tryon.losses import vgg_weights


def check(config: ConfigDict, work: Plan, records: RecordSet) -> None:
    """Everything that would fail after hours, now.

    Raises:
      ValueError, TryOnError, OSError: something can't work; names the field or file, and says what to do.
    """
    name = config.evaluation.features
    if name != "none" and name not in NETWORKS:
        raise ValueError(f"config.evaluation.features = {name!r}: choose one of {', '.join(NETWORKS)}, none")
    weights = config.evaluation.features_weights
    if weights and not pathlib.Path(weights).is_file():
        raise TryOnError(f"config.evaluation.features_weights: there is no file {weights}")
    if name == "inception_2015" and not weights:
        raise ValueError(
            "config.evaluation.features_weights is empty, and inception_2015 needs its file,"
            " classify_image_graph_def.pb, which is not downloaded"
        )
    if name == "keras_inception_v3":
        NETWORKS[name](weights or IMAGENET)
    _check_perceptual(config, work)
    first = next(iter(work.runs.values())).config
    for garment in config.evaluation.garments:
        if first.data.targets.get(garment, 0) <= 0:
            raise ValueError(f"config.evaluation.garments: {garment!r} is not among those that are trained")
        _check_people(records, first, garment, 8)
    if config.evaluation.figures_beside:
        _check_people(open_records(config.evaluation.figures_beside), first, config.evaluation.garments[0], 1)


def _check_perceptual(config: ConfigDict, work: Plan) -> None:
    """Every network of a perceptual loss, and that of the measures, from where its weights are to come."""
    wanted: dict[tuple[str, str], str] = {}
    for row in work.rows:
        own, loss = config.rows[row.name].texture.loss, work.runs[row.texture].config.loss
        of_row = own.perceptual_weights or own.perceptual != "vgg16"
        field = f"config.rows.{row.name}.texture.loss.perceptual_weights" if of_row else "config.perceptual_weights"
        wanted.setdefault((loss.perceptual, loss.perceptual_weights), field)
    if config.evaluation.features == "vgg16" and not config.evaluation.features_weights:
        wanted.setdefault(("vgg16", config.perceptual_weights), "config.perceptual_weights")
    for (network, path), field in wanted.items():
        if network != "none":
            try:
                vgg_weights.load(network, path)
            except (FileNotFoundError, ValueError) as error:
                raise TryOnError(f"{field}: {error}") from error


def _check_people(records: RecordSet, config: ConfigDict, garment: str, least: int) -> None:
    people = len(usable(records, SPLIT, config, garment))
    if people < least:
        raise TryOnError(
            f"{records.directory}: {people} people with a {garment} in the split {SPLIT!r}; {least} or more are needed"
        )
