"""Writing what `TryOn.load` reads: two runs' inference nets as one folder, without pickle."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterable
from typing import Final

import numpy as np
from ml_collections import ConfigDict

from tf_tryon.config import to_json
from tf_tryon.data.alike import check_alike
from tf_tryon.data.mean_garments import mean_garments
from tf_tryon.data.records import RecordSet
from tf_tryon.evaluation.subject_files import config_of
from tf_tryon.inference.detail_file import read_detail
from tf_tryon.inference.stage_files import CONFIG, DETAIL, DISCRIMINATOR, MEANS, NO_SHAPE, WEIGHTS
from tf_tryon.stages import STAGES, TEXTURE
from tf_tryon.training.checkpoints import write_arrays
from tf_tryon.training.trained_state import discriminator_trained, steered_beta
from tf_tryon.training.weights import load_run, read_run, save_weights
from tf_tryon.writing import results
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.results import new_files

BY: Final = "tf-tryon bundle"
MANIFEST: Final = "manifest.json"
_FILES: Final = (WEIGHTS, CONFIG, MEANS, DISCRIMINATOR, DETAIL)  # of a stage; the last two where they were trained


def write_bundle(
    shape_run: str | pathlib.Path | None,
    texture_run: str | pathlib.Path,
    records: RecordSet,
    folder: str | pathlib.Path,
    detail: str | pathlib.Path | None = None,
    apart: bool = True,
    by: str = BY,
) -> dict[str, int]:
    """Writes `shape/` and `texture/` into `folder`: weights as float16, configuration, mean garments.

    An earlier bundle there of the same verb is replaced only when the new one is whole; other files of the folder stay.
    `manifest.json` lists what may be replaced. A discriminator that the run trained goes along, to rank completions by.

    Args:
      shape_run: folder of a run of the shape stage, or its weights file; averaged weights are taken where there are
      any. None for a model of one stage.
      texture_run: likewise.
      records: the data set that both were trained on, for its mean garments.
      folder: to write to.
      detail: a file of `tf-tryon detail train` for the texture stage; None: no detail network.
      apart: refuse a folder that holds the runs or the data set, as it does where they are its own.
      by: the verb that writes.

    Returns:
      Steps of training by stage.

    Raises:
      ValueError: a run is of the other stage; the first stage is missing or too many, or too few for `detail`.
      MissingFileError, BadFileError: `detail` is no such file.
      TryOnError: the folder holds a run or the data set, or lies within one; or the stages see people differently.
      InTheWayError: files are there in a bundle's places that this verb did not write.
    """
    if apart:
        refuse_overlap(folder, [shape_run, texture_run, detail, records.directory], "the folder")
    if detail is not None:
        if shape_run is None:
            raise ValueError(f"{detail}: {NO_SHAPE}")
        read_detail(pathlib.Path(detail))
    runs = {stage: path for stage, path in zip(STAGES, (shape_run, texture_run), strict=True) if path is not None}
    check_place(folder, runs, by)
    if shape_run is not None:
        check_alike(*(config_of(pathlib.Path(path)) for path in runs.values()))
    steps: dict[str, int] = {}
    with new_files(folder, MANIFEST, by=by) as new:
        for stage, path in runs.items():
            steps[stage] = _write_stage(stage, path, shape_run is not None, records, new.path / stage)
        if detail is not None:
            shutil.copyfile(detail, new.path / TEXTURE / DETAIL)
        new.content = {"steps": steps}
    return steps


def check_place(folder: str | pathlib.Path, stages: Iterable[str], by: str = BY) -> None:
    """Raise InTheWayError where a bundle of these stages would take the place of files that `by` did not write."""
    names = [f"{stage}/{name}" for stage in stages for name in _FILES]
    results.check(folder, MANIFEST, by=by, names=names)


def _write_stage(
    stage: str, path: str | pathlib.Path, two_stages: bool, records: RecordSet, target: pathlib.Path
) -> int:
    """One run's files into `target`; returns its steps of training."""
    run = load_run(path)
    if run.config.stage != stage:
        raise ValueError(f"{path} is a run of the {run.config.stage} stage; it was given as the {stage} stage")
    if run.config.model.two_stage != two_stages:
        wants = "is a model of one stage: leave the shape run out" if two_stages else "needs a shape run"
        raise ValueError(f"{path} {wants}")
    _forget_paths(run.nets.config)
    target.mkdir()
    save_weights(run.nets, target / WEIGHTS, run.step, float16=True, beta=steered_beta(path, run.config))
    trained = discriminator_trained(path, run.config, run.step)
    arrays = read_run(path)[0] if trained else {}
    judge = {name: array for name, array in arrays.items() if name.startswith("discriminator/")}
    if judge:
        write_arrays(target / DISCRIMINATOR, {name: array.astype(np.float16) for name, array in judge.items()})
    (target / CONFIG).write_text(to_json(run.nets.config), encoding="utf-8")
    means = np.clip(np.rint((mean_garments(records, run.config) + 1) * 127.5), 0, 255).astype(np.uint8)
    np.savez_compressed(target / MEANS, means=means)
    return run.step


def _forget_paths(config: ConfigDict) -> None:
    """Removes where the training machine kept things, which means nothing elsewhere."""
    config.train.init_from = config.train.shape_run = config.loss.perceptual_weights = ""
    config.train.shape_fraction = 0.0
