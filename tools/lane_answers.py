"""What one lane (Keras 3, or Keras 2 with tensorflow-addons) computes; tests/test_lanes.py compares both.

    lane_answers.py train DATA MODEL        two steps of both stages at 64 px, put together as a model's folder
    lane_answers.py answer OUT [MODEL ...]  parameter counts, and completions by the bundled weights and by each MODEL

DATA is a data set's folder; OUT is written as .npz: "counts", and for each model photos, parsings, codes and scores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tf_tryon.cli.demo import unseen_person
from tf_tryon.configs import shape, texture
from tf_tryon.data.records import open_records
from tf_tryon.inference.bundle import write_bundle
from tf_tryon.inference.tryon import TryOn
from tf_tryon.models.accounting import count_trained, table_4_1, thesis_counts
from tf_tryon.models.build import build_networks
from tf_tryon.stages import STAGES
from tf_tryon.training.trainer import Trainer


def train(data: str, folder: str) -> None:
    """Two steps of the recommended configurations, small; `folder` gets runs and model."""
    for recommended in (shape, texture):
        config = recommended.get_config()
        config.data.height = config.data.width = 64
        config.model.width = 0.125
        config.model.discriminator = False
        config.loss.perceptual = "none"
        config.train.update(batch_size=4, steps=2, precision="float32", log_every=1)
        Trainer(config, data, Path(folder) / config.stage).run()
    runs = (Path(folder) / stage for stage in STAGES)
    write_bundle(*runs, open_records(data), Path(folder) / "model")


def answer(out: str, folders: list[str]) -> None:
    """Counts and completions of two unseen people."""
    answers: dict[str, np.ndarray] = {"counts": np.array(_counts())}
    for name, folder in [("bundled", None), *((Path(folder).parent.name, folder) for folder in folders)]:
        model = TryOn.load(folder, compiled=False)
        for number, garment in enumerate(("top", "bottom")):
            done = model.complete(unseen_person(number, model.size[0]), garment, samples=2, seed=7)
            pictures = {"photos": done.photos, "parsings": done.parsings}
            pictures |= {f"{stage}_codes": codes for stage, codes in done.codes.items()}
            pictures |= {f"{stage}_scores": scores for stage, scores in done.scores.items()}
            answers |= {f"{name}/{garment}/{key}": value for key, value in pictures.items()}
    np.savez(out, **answers)  # pyright: ignore[reportArgumentType]


def _counts() -> list[int]:
    """The thesis's rows, and trained scalars of the recommended configurations."""
    rows = [vars(thesis_counts(row.config)).values() for row in table_4_1()]
    counts = [count or 0 for row in rows for count in row]
    for recommended in (shape, texture):
        counts += [count_trained(model) for model in build_networks(recommended.get_config()).models.values()]
    return counts


if __name__ == "__main__":
    verb, first, *rest = sys.argv[1:]
    if verb == "train":
        train(first, *rest)
    else:
        answer(first, rest)
