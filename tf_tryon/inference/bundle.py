"""Writing what `TryOn.load` reads: two runs' inference nets as one folder, without pickle."""

from __future__ import annotations

import pathlib
import shutil

import numpy as np
from ml_collections import ConfigDict

from tf_tryon.config import to_json
from tf_tryon.data.mean_garments import mean_garments
from tf_tryon.data.records import RecordSet
from tf_tryon.inference.stage_files import CONFIG, DISCRIMINATOR, MEANS, WEIGHTS
from tf_tryon.training.checkpoints import write_arrays
from tf_tryon.training.weights import load_run, read_run, save_weights


def write_bundle(
    shape_run: str | pathlib.Path | None,
    texture_run: str | pathlib.Path,
    records: RecordSet,
    folder: str | pathlib.Path,
) -> dict[str, int]:
    """Writes `shape/` and `texture/` into `folder`: weights as float16, configuration, mean garments.

    An earlier bundle there is replaced only when the new one is whole; other files of the folder stay. A run's
    discriminator goes along, to rank completions by.

    Args:
      shape_run: folder of a run of the shape stage, or its weights file; averaged weights are taken where there are
      any. None for a model of one stage.
      texture_run: likewise.
      records: the data set that both were trained on, for its mean garments.
      folder: to write to.

    Returns:
      Steps of training by stage.

    Raises:
      ValueError: a run is of the other stage, or the first stage is missing or too many.
    """
    folder = pathlib.Path(folder)
    partial = folder / ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    steps = {}
    for stage, path in (("shape", shape_run), ("texture", texture_run)):
        if path is None:
            continue
        run = load_run(path)
        if run.config.stage != stage:
            raise ValueError(f"{path} is a run of the {run.config.stage} stage; it was given as the {stage} stage")
        if stage == "texture" and run.config.model.two_stage != (shape_run is not None):
            wants = "needs a shape run" if shape_run is None else "is a model of one stage: leave the shape run out"
            raise ValueError(f"{path} {wants}")
        _forget_paths(run.nets.config)
        target = partial / stage
        target.mkdir(parents=True)
        save_weights(run.nets, target / WEIGHTS, run.step, float16=True)
        (target / WEIGHTS).with_suffix(".json").unlink()
        arrays, *_ = read_run(path)
        judge = {name: array for name, array in arrays.items() if name.startswith("discriminator/")}
        if judge:
            write_arrays(target / DISCRIMINATOR, {name: array.astype(np.float16) for name, array in judge.items()})
        (target / CONFIG).write_text(to_json(run.nets.config))
        means = np.clip(np.rint((mean_garments(records, run.config) + 1) * 127.5), 0, 255).astype(np.uint8)
        np.savez_compressed(target / MEANS, means=means)
        steps[stage] = run.step
    for stage in ("shape", "texture"):
        shutil.rmtree(folder / stage, ignore_errors=True)
    for stage in steps:
        (partial / stage).replace(folder / stage)
    partial.rmdir()
    return steps


def _forget_paths(config: ConfigDict) -> None:
    """Removes where the training machine kept things, which means nothing elsewhere."""
    config.train.init_from = config.train.shape_run = config.loss.perceptual_weights = ""
    config.train.shape_fraction = 0.0
