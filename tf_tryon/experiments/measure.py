"""Measures one copy of a row: both stages (or the only one), end to end, on people that training never saw.

`rows/NAME/measures.npz` keeps each person's values and the replicates of distances, so that rows can be compared person
by person; `figures.npz` keeps pictures.
"""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np

from tf_tryon import config as configuration
from tf_tryon.data.records import RecordSet, open_records, save_arrays
from tf_tryon.evaluation import compatibility
from tf_tryon.evaluation.features import IMAGENET, NETWORKS, Features
from tf_tryon.evaluation.garment_reader import GarmentReader
from tf_tryon.evaluation.outfit_report import OutfitReport
from tf_tryon.evaluation.outfit_truth import metadata_by_id
from tf_tryon.evaluation.shape_report import shape_columns
from tf_tryon.evaluation.shape_report import summary as shape_summary
from tf_tryon.evaluation.texture_report import texture_columns
from tf_tryon.experiments import pictures
from tf_tryon.experiments.pictures import SPLIT
from tf_tryon.experiments.plan import PHOTOS
from tf_tryon.models.accounting import count_trained
from tf_tryon.models.contract import Batch
from tf_tryon.training.weights import Run, load_run


def measure_row(job: dict[str, Any]) -> dict[str, Any]:
    """The row's summary: garment -> measure -> {value, low, high, people}, and which kind is the row's own.

    Args:
      job: of `tasks.tasks`: folders of the runs, evaluation's settings, the reader's folder or "".
    """
    records, settings = open_records(job["data"]), job["evaluation"]
    texture = load_run(job["texture"])
    shape = load_run(job["shape"]) if job["shape"] else None
    garments, seed = tuple(settings["garments"]), job["seed"]
    kind = "end_to_end" if shape else "prior"
    report = None
    if job["reader"]:
        reader = GarmentReader.load(pathlib.Path(job["reader"]) / "reader.npz")
        report = OutfitReport(reader, metadata_by_id(records, SPLIT))

    def watch(what: str, people: Batch, samples: list[np.ndarray]) -> None:
        if report is not None and what == kind:
            report.watch(what, people, samples)

    shared: dict[str, Any] = {
        "count": settings["people"], "samples": settings["samples"], "seed": seed, "garments": garments,
        "split": SPLIT, "batch": settings["batch"],
    }  # fmt: skip
    shapes = shape_columns(shape.nets, records, shape.config, **shared) if shape else {}
    frame = configuration.from_json(job["frame"], "the job") if job["frame"] else None
    textures = texture_columns(
        texture.nets, records, texture.config, shape=shape.nets if shape else None, features=features_of(job),
        watch=watch, shown=frame, whole_box=True, **shared,
    )  # fmt: skip
    parameters = {name: count_trained(model) for name, model in texture.nets.models.items()}
    result: dict[str, Any] = {"kind": kind, "parameters": parameters, "measures": {}}
    kept: dict[str, np.ndarray] = {}
    for garment in garments:
        parts = [shapes.get(garment, {}), _blanks(shape, texture, records, garment, settings["people"])]
        measured = {
            f"texture_{name}": value for name, value in textures[garment].summary(settings["samples"], seed).items()
        }
        for prefix, columns in zip(("shape_", "compatibility_"), parts, strict=True):
            measured |= {prefix + name: value for name, value in shape_summary(columns, seed).items()}
            kept |= {f"{garment}/{prefix}{name}": values for name, values in columns.items()}
        if report is not None:
            measured |= {f"outfit_{name}": value for name, value in report.summary(kind, garment, seed).items()}
            kept |= {f"{garment}/outfit_{name}": v for name, v in report.columns(kind, garment).items()}
        for columns in textures[garment]:
            kept |= {f"{garment}/texture_{name}": values for name, values in columns.items()}
        result["measures"][garment] = measured
    folder = pathlib.Path(job["folder"])
    save_arrays(folder / "measures.npz", **kept)
    drawn = pictures.of_people(shape, texture, records, garments[0], frame, settings, seed)
    save_arrays(folder / pictures.FILE, **drawn)
    if settings["figures_beside"]:
        beside = open_records(settings["figures_beside"])
        drawn = pictures.of_people(shape, texture, beside, garments[0], frame, {**settings, "figures": PHOTOS}, seed)
        save_arrays(folder / pictures.BESIDE, **drawn)
    return result


def features_of(job: dict[str, Any]) -> Features | None:
    """The network that distances are measured with."""
    name = job["evaluation"]["features"]
    if name == "none":
        return None
    given = job["evaluation"]["features_weights"] or (job["weights"] if name == "vgg16" else "")
    return NETWORKS[name](given or IMAGENET)


def _blanks(shape: Run | None, texture: Run, records: RecordSet, garment: str, count: int) -> dict[str, np.ndarray]:
    """Fill in the blank and AUC by each stage's codes, and by both."""
    scores = {
        name: compatibility.choice_scores(run.nets, records, run.config, garment, count, SPLIT)
        for name, run in (("shape", shape), ("texture", texture))
        if run is not None
    }
    return compatibility.columns(scores)
