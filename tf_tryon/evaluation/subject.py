"""What is evaluated: a run, a weights file, or a bundle of both stages."""

from __future__ import annotations

import hashlib
import os
from typing import Final, NamedTuple

from tf_tryon import config as configuration
from tf_tryon.data.alike import SEEN, check_alike
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation.subject_files import part, parts
from tf_tryon.models.tasks import ShapeTask
from tf_tryon.stages import SHAPE, TEXTURE
from tf_tryon.training.variables import network_variables
from tf_tryon.training.weights import Run, load_run

_MEASURED: Final = ("min_garments", "dresses")  # who is measured, besides what is seen of them


class Evaluated(NamedTuple):
    """Networks to evaluate.

    Attributes:
      runs: by stage, at least one; each is reported.
      shape: the shape stage for the texture stage's measures end to end, or None.
    """

    runs: dict[str, Run]
    shape: Run | None

    def digest(self) -> str:
        """Of all weights and configurations: what is measured follows from them."""
        digest = hashlib.sha256()
        for run in (*self.runs.values(), *([self.shape] if self.shape else [])):
            digest.update(configuration.to_json(run.config).encode())
            for name, variable in sorted(network_variables(run.nets, discriminator=False).items()):
                digest.update(name.encode() + variable.numpy().tobytes())
        return digest.hexdigest()


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
    runs = {}
    for path in parts(model):
        run = load_run(path, averaged, precision)
        runs[run.config.stage] = run
    partner = runs.get(SHAPE)
    if shape is not None:
        partner = load_run(part(shape), averaged, precision)
        if not isinstance(partner.nets, ShapeTask):
            raise TryOnError(
                f"--shape={shape} is a run of the {partner.config.stage} stage: give one of the shape stage"
            )
        if TEXTURE not in runs:
            raise TryOnError(f"--shape={shape} goes before a texture stage, and {model} has none: leave it out")
    if partner is not None and TEXTURE in runs:
        check_alike(partner.config, runs[TEXTURE].config, (*SEEN, *_MEASURED))
    return Evaluated(runs, partner)
