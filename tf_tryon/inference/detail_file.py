"""The file of a detail network's weights: beside the texture stage's in a bundle, or of `tf-tryon detail train`."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Final

import numpy as np
import tensorflow as tf

from tf_tryon.files.array_file import read_arrays
from tf_tryon.inference.stage_files import DETAIL
from tf_tryon.models.detail import NAME, Detail, build_detail
from tf_tryon.training.checkpoints import STEP, assign, write_arrays
from tf_tryon.training.variables import named_variables
from tf_tryon.training.weights import take_step

REMEDY: Final = "make it with `tf-tryon detail train`"


def write_detail(path: pathlib.Path, weights: Mapping[str, tf.Variable], step: int) -> None:
    """Weights as float16 by name, and how many steps they are of."""
    arrays = {name: np.asarray(variable).astype(np.float16) for name, variable in weights.items()}
    write_arrays(path, {**arrays, STEP: np.int64(step)})


def read_detail(path: pathlib.Path) -> Detail:
    """The network with a file's weights.

    Raises:
      MissingFileError, BadFileError: there is no such file, or it holds no weights of this network.
    """
    arrays = read_arrays(path, REMEDY)
    take_step(arrays, path)
    network = build_detail()
    assign(arrays, named_variables(network, NAME), str(path))
    return network


def detail_beside(folder: pathlib.Path) -> pathlib.Path | None:
    """The file in a stage's folder; None where it has none."""
    path = folder / DETAIL
    return path if path.exists() else None
