"""Measures one row: both stages (or the only one), end to end, on people that training never saw.

`rows/NAME/measures.npz` keeps each person's values and the replicates of distances, so that rows can be compared person
by person; `figures.npz` keeps pictures.
"""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from tf_tryon.data.records import RecordSet, open_records, save_arrays
from tf_tryon.evaluation import compatibility, sampling
from tf_tryon.evaluation.features import IMAGENET, NETWORKS, Features
from tf_tryon.evaluation.garment_reader import GarmentReader
from tf_tryon.evaluation.outfit_report import OutfitReport
from tf_tryon.evaluation.outfit_truth import metadata_by_id
from tf_tryon.evaluation.shape_report import shape_columns
from tf_tryon.evaluation.shape_report import summary as shape_summary
from tf_tryon.evaluation.texture_report import texture_columns
from tf_tryon.models.accounting import count_trained
from tf_tryon.models.compositing import complete_labels, with_labels
from tf_tryon.models.contract import Batch, each
from tf_tryon.training.weights import Run, load_run

SPLIT = "test"
WALK = (-3.0, -1.5, 0.0, 1.5, 3.0)  # shifts of a latent dimension, in figure 4-2
SHAPES = 6  # sampled shapes of a person there
_SHAPE_PEOPLE = 3


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
    textures = texture_columns(
        texture.nets, records, texture.config, shape=shape.nets if shape else None, features=_features(job),
        watch=watch, **shared,
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
    save_arrays(
        folder / "figures.npz", **_figures(shape, texture, records, garments[0], settings["figure_people"], seed)
    )
    return result


def _features(job: dict[str, Any]) -> Features | None:
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


def _figures(
    shape: Run | None, texture: Run, records: RecordSet, garment: str, count: int, seed: int
) -> dict[str, np.ndarray]:
    """Of the first people: erased, truth, sample (n, H, W, 3); labels: shapes (p, s, H, W), walk (c, w, H, W)."""
    sampler = sampling.Sampler(texture.nets, seed)
    _, people = next(sampling.people(records, SPLIT, garment, texture.config, count, count))
    given = people
    arrays: dict[str, np.ndarray] = {}
    if shape is not None:
        shaper = sampling.Sampler(shape.nets, seed)
        _, shape_people = next(sampling.people(records, SPLIT, garment, shape.config, count, count))
        drawn = [complete_labels(shape_people, shaper.sample(shape_people, 0, k)).numpy() for k in range(SHAPES)]
        given = with_labels(people, drawn[0])
        arrays["shapes"] = np.stack(drawn, axis=1)[:_SHAPE_PEOPLE]
        arrays["walk"] = _walk(shape, shaper, shape_people)
        arrays["shape_truth"] = sampling.true_labels(shape_people)[:_SHAPE_PEOPLE]
        arrays["shape_erased"] = sampling.erased(shape_people)[:_SHAPE_PEOPLE]
    truth = sampling.true_photo(people)
    erased = np.where(sampling.erased(people)[..., np.newaxis], np.float32(0.5), truth)
    sample = sampling.complete_photo(given, sampler.sample(given, 0, 0))
    for name, pictures in (("truth", truth), ("erased", erased), ("sample", sample)):
        arrays[name] = np.rint(pictures * 255).astype(np.uint8)
    return arrays


def _walk(shape: Run, shaper: sampling.Sampler, people: Batch) -> np.ndarray:
    """Labels (channels, shifts, H, W) of the first person: one latent dimension after another shifted in all cells."""
    nets = shape.nets
    one = each(people, lambda tensor: tensor[:1])
    code = nets.sample_prior(one, tf.constant(shaper.noise(0, 0, 1))).numpy()
    channels = code.shape[-1]
    codes = np.repeat(code[np.newaxis], channels * len(WALK), axis=0)[:, 0]
    for channel in range(channels):
        for place, shift in enumerate(WALK):
            codes[channel * len(WALK) + place, ..., channel] += shift
    repeated = {name: tf.repeat(value, len(WALK), axis=0) for name, value in one.items()}
    rows = [
        complete_labels(repeated, nets.generate(repeated, tf.constant(part))[-1]).numpy()
        for part in np.split(codes, channels)
    ]
    return np.stack(rows)
