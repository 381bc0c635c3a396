"""How far a training has come at some of its steps: distances of what the second stage then makes, on the people and
with the noise of the row's other measures. The first stage is the finished one throughout.
"""

from __future__ import annotations

import pathlib
from typing import Any, Final

import numpy as np

from tf_tryon import config as configuration
from tf_tryon.data.records import open_records, save_arrays
from tf_tryon.evaluation import sampling, set_distances
from tf_tryon.evaluation.frame import frames
from tf_tryon.evaluation.set_distances import SetDistances
from tf_tryon.experiments.measure import features_of
from tf_tryon.experiments.pictures import SPLIT
from tf_tryon.models.contract import Networks
from tf_tryon.training.weights import load_run

FILE: Final = "curve.npz"
_SAMPLES: Final = 2  # of each person, whose distances are averaged
_MADE: Final = "made"


def measure_curve(job: dict[str, Any]) -> dict[str, Any]:
    """Distances of each of the job's weights, in the order of their steps.

    Args:
      job: of `tasks.tasks`: weights by step, the first stage's, evaluation's settings.

    Returns:
      "points": for each of them {"step", "share" of the training, "measures": measure -> {value, low, high, people}};
      measures are called "made_frechet_...", "made_kid_..." and "made_paired_kid_...". curve.npz keeps their
      replicates, so that rows can be compared point by point: "0/made_frechet_..." of the first one.
    """
    shape = load_run(job["shape"]).nets if job["shape"] else None
    points, last = [], max(step for step, _ in job["texture"])
    kept: dict[str, np.ndarray] = {}
    for step, path in job["texture"]:
        replicates, people = _distances(job, load_run(path).nets, shape)
        kept |= {f"{len(points)}/{name}": values for name, values in replicates.items()}
        measured = set_distances.summary(replicates, people)
        points.append({"step": step, "share": step / last, "measures": measured})
    save_arrays(pathlib.Path(job["folder"]) / FILE, **kept)
    return {"points": points}


def _distances(job: dict[str, Any], texture: Networks, shape: Networks | None) -> tuple[dict[str, np.ndarray], int]:
    """Replicates by measure, and how many people they are of."""
    settings, records = job["evaluation"], open_records(job["data"])
    shown = configuration.from_json(job["frame"], "the job") if job["frame"] else None
    sampler = sampling.Sampler(texture, job["seed"])
    shaper = None if shape is None else sampling.Sampler(shape, job["seed"])
    features = features_of(job)
    sets = [SetDistances(features) for _ in range(_SAMPLES)]
    people_in_frames = frames(
        records, SPLIT, settings["garments"][0], texture.config, shown, settings["people"], settings["batch"]
    )
    count = 0
    for first, people, frame in people_in_frames:
        truth = sampling.true_photo(frame.people)
        count = first + len(truth)
        for k, distances in enumerate(sets):
            output = sampling.completion(shaper, sampler, people, first, k).rgb
            distances.update(set_distances.TRUTH, truth)
            distances.update(_MADE, sampling.complete_photo(frame.people, frame.pictures(np.asarray(output))))
    replicates = [distances.replicates() for distances in sets]
    means = {name: np.mean([each[name] for each in replicates], axis=0) for name in replicates[0]}
    return {name: own for name, own in means.items() if name.startswith(f"{_MADE}_")}, count
