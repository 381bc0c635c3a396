"""What a training left beside its weights: whether the discriminator learned, and what beta was steered to.

Both may come from a run before: one that trains a part of the networks hands them on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from ml_collections import ConfigDict

from tf_tryon.files.array_file import Form, names_of, read_arrays
from tf_tryon.training.checkpoints import CAME_TRAINED, DAMAGED, Checkpoints

# Names of a checkpoint's entries.
_UPDATES: Final = "discriminator_optimizer/iterations"
_BETA: Final = "kl_weight/beta"
# Where the recommended configurations begin to steer: a weights file of before it told what was reached has this.
_UNTOLD: Final = 1.0


def discriminator_trained(path: str | Path, config: ConfigDict, step: int) -> bool:
    """Whether the discriminator of a run ever learned; steps alone don't tell: a part of the networks trains without.

    Args:
      path: a run's folder or a weights file.
      config: of the run.
      step: that it came to. A weights file has nothing else to tell by.
    """
    path = Path(path)
    if path.is_file():
        return config.train.networks == "all" and step > config.loss.adversarial_start
    return any(_scalars(path, _UPDATES, CAME_TRAINED).values())


def steered_beta(path: str | Path, config: ConfigDict) -> float | None:
    """The beta that a run came to by steering; None if it steered none, or doesn't tell.

    Args:
      path: a run's folder or a weights file.
      config: of the run.
    """
    path = Path(path)
    if config.loss.kl_schedule != "target":
        return None
    if path.is_file():
        return None if config.loss.beta == _UNTOLD else float(config.loss.beta)
    beta = _scalars(path, _BETA).get(_BETA)
    return None if beta == np.float32(config.loss.beta) else beta  # it never moved: the run trained a part


def _scalars(folder: Path, *names: str) -> dict[str, float]:
    """Those of the names that the newest checkpoint of a run's folder has."""
    checkpoints = Checkpoints(folder / "checkpoints")
    path = checkpoints.path(max(checkpoints.steps()))
    there = names_of(path, DAMAGED)
    wanted = {name: Form("fi", ()) for name in names if name in there}
    return {name: float(array) for name, array in read_arrays(path, DAMAGED, wanted).items()}
