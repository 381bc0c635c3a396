"""Weights without training state: what completion and export need, and most of what another run's start does.

A weights file is an .npz of float32 (or float16) arrays by name ("generator/blocks/0/..."), no pickle, with the
configuration as an array of its own, so that one file is enough to rebuild the networks.
"""

from __future__ import annotations

import copy
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import BadFileError, InTheWayError
from tf_tryon.files.array_file import read_arrays
from tf_tryon.models.build import build_networks
from tf_tryon.models.contract import Networks
from tf_tryon.training.checkpoints import DAMAGED, STEP, Checkpoints, assign, local_value, write_arrays
from tf_tryon.training.variables import network_variables

_CONFIG = "config.json"
_REMEDY = "copy it again, or make it again from its run"


class Run(NamedTuple):
    """Networks of a run or a weights file, ready for use."""

    nets: Networks
    config: ConfigDict
    step: int


def save_weights(
    nets: Networks,
    path: str | Path,
    step: int = 0,
    float16: bool = False,
    averages: Mapping[str, tf.Variable] | None = None,
    beta: float | None = None,
) -> None:
    """Write generator and encoders to `path` (.npz), replacing an earlier weights file there.

    Args:
      nets: the networks.
      path: of the weights file.
      step: of training, for the record.
      float16: store halves: half the size, relative precision 5e-4.
      averages: by name, to be written in place of the networks' own.
      beta: that was steered to; written as the configuration's `loss.beta`, since readers of earlier versions refuse an
        array or a field that they don't know.

    Raises:
      InTheWayError: a file is there that is no weights file.
    """
    path = Path(path)
    if os.path.lexists(path) and not _is_weights_file(path):
        raise InTheWayError(f"{path} is there and is no weights file: move it away, or choose another name")
    variables = network_variables(nets, discriminator=False)
    variables |= averages or {}
    kind = np.float16 if float16 else np.float32
    arrays = {name: np.asarray(local_value(v)).astype(kind) for name, v in variables.items()}
    config = copy.deepcopy(nets.config)
    if beta is not None:
        config.loss.beta = beta
    text = configuration.to_json(config)
    arrays[_CONFIG] = np.frombuffer(text.encode(), np.uint8)
    arrays[STEP] = np.int64(step)
    write_arrays(path, arrays)


def _is_weights_file(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return f"{_CONFIG}.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def load_weights(nets: Networks, path: str | Path) -> None:
    """Load a weights file into networks of the same configuration; names and shapes must all match.

    Raises:
      FileNotFoundError, BadFileError: no such file, or it doesn't fit; names the differences.
    """
    path = Path(path)
    arrays, config, _ = read_run(path)
    assign(arrays, network_variables(nets, discriminator=False), str(path))
    for part in ("model", "data"):
        for field, value in config[part].items():
            if value != nets.config[part][field]:
                raise BadFileError(
                    f"{path} was trained with config.{part}.{field} = {value}, and these networks have"
                    f" {nets.config[part][field]}: take the configuration that came with it"
                )


def load_run(path: str | Path, averaged: bool = True, precision: str = "float32") -> Run:
    """Rebuild the networks of a run's folder (its newest checkpoint) or of a weights file.

    Args:
      path: a run's folder or a weights file.
      averaged: take the averaged weights, if the run has them.
      precision: what the networks compute in, whatever they were trained with (see `build_networks`).

    Raises:
      FileNotFoundError, BadFileError: nothing to load there, or it doesn't fit.
    """
    path = Path(path)
    arrays, config, step = read_run(path, averaged)
    nets = build_networks(config, precision)
    own = {name: array for name, array in arrays.items() if not name.startswith("discriminator/")}
    assign(own, network_variables(nets, discriminator=False), str(path))
    return Run(nets, config, step)


def read_run(path: str | Path, averaged: bool = True) -> tuple[dict[str, np.ndarray], ConfigDict, int]:
    """Arrays by name (the discriminator's too, where there is one), configuration and step of a run or weights file."""
    path = Path(path)
    if path.is_file():
        arrays = read_arrays(path, _REMEDY)
        if _CONFIG not in arrays or arrays[_CONFIG].dtype != np.uint8:
            raise BadFileError(f"{path} is not a weights file: it holds no configuration")
        config = configuration.from_json(arrays.pop(_CONFIG).tobytes(), str(path))
        return arrays, config, take_step(arrays, path)
    checkpoints = Checkpoints(path / "checkpoints")
    steps = checkpoints.steps()
    if not steps:
        raise FileNotFoundError(f"{path} is neither a run's folder with checkpoints nor a weights file")
    config = configuration.read(path / _CONFIG)
    stored = read_arrays(checkpoints.path(steps[-1]), DAMAGED)
    arrays = {name.removeprefix("model/"): array for name, array in stored.items() if name.startswith("model/")}
    if averaged:
        arrays.update({n.removeprefix("ema/"): a for n, a in stored.items() if n.startswith("ema/")})
    return arrays, config, steps[-1]


def is_of_step(path: Path, step: int) -> bool:
    """Whether a weights' file is there, and of that step."""
    return path.is_file() and take_step(read_arrays(path, "move it away: it is written anew"), path) == step


def take_step(arrays: dict[str, np.ndarray], path: Path) -> int:
    """Remove the number of steps from a weights file's arrays; BadFileError if there is none."""
    step = arrays.pop(STEP, None)
    if step is None or step.shape != () or step.dtype.kind not in "iu" or step < 0:
        raise BadFileError(f"{path} is not a weights file: it doesn't tell its training's steps")
    return int(step)
