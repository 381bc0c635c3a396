"""What is evaluated: a run, a weights file, or a bundle of both stages."""

from __future__ import annotations

import os
import pathlib
from typing import NamedTuple

from tf_tryon.errors import TryOnError
from tf_tryon.models.tasks import ShapeTask
from tf_tryon.stages import SHAPE, STAGES, TEXTURE
from tf_tryon.training.weights import Run, load_run

WEIGHTS = "weights.npz"


class Evaluated(NamedTuple):
    """Networks to evaluate.

    Attributes:
      runs: by stage, at least one; each is reported.
      shape: the shape stage for the texture stage's measures end to end, or None.
    """

    runs: dict[str, Run]
    shape: Run | None


def load(
    model: str | os.PathLike[str],
    shape: str | os.PathLike[str] | None = None,
    averaged: bool = True,
    precision: str = "float32",
) -> Evaluated:
    """Networks of a run's folder (its newest checkpoint), a weights file, or a folder with shape/ and texture/.

    Args:
      model: the path.
      shape: a shape run or weights file to put before the model's texture stage, in place of the bundle's own.
      averaged: take averaged weights where a run has them.
      precision: what the networks compute in (see `build_networks`).

    Raises:
      TryOnError: there is nothing to evaluate, or `shape` doesn't fit; the message names it.
    """
    model = pathlib.Path(model)
    if not model.exists():
        raise TryOnError(
            f"{model} does not exist: give a run's folder, a weights file or a folder with shape/ and texture/"
        )
    parts = [model / stage for stage in STAGES if (model / stage).is_dir()]
    runs = {}
    for path in parts or [model]:
        run = _load(path, averaged, precision)
        runs[run.config.stage] = run
    partner = runs.get(SHAPE)
    if shape is not None:
        partner = _load(pathlib.Path(shape), averaged, precision)
        if not isinstance(partner.nets, ShapeTask):
            raise TryOnError(
                f"--shape={shape} is a run of the {partner.config.stage} stage: give one of the shape stage"
            )
        if TEXTURE not in runs:
            raise TryOnError(f"--shape={shape} goes before a texture stage, and {model} has none: leave it out")
    if partner is not None and TEXTURE in runs:
        _check_fit(partner, runs[TEXTURE])
    return Evaluated(runs, partner)


def _load(path: pathlib.Path, averaged: bool, precision: str) -> Run:
    stored = path / WEIGHTS
    return load_run(stored if stored.is_file() else path, averaged, precision)


def _check_fit(shape: Run, texture: Run) -> None:
    """Both stages must derive the same inputs from a person."""
    first, second = shape.config.data, texture.config.data
    for field in ("height", "width", "crop", "crop_margin", "box_widen", "keypoint_radius", "min_garments", "dresses"):
        if first[field] != second[field]:
            raise TryOnError(
                f"the stages don't fit: config.data.{field} is {first[field]} for shape and {second[field]} for texture"
            )
