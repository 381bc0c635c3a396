"""An answer on disk: sample-K.png, sample-K_parsing.png, erased.png, result.json. Written whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import shutil

import numpy as np

from tf_tryon.serving.calls import Answer, Ask


def save(answer: Answer, ask: Ask, folder: str | pathlib.Path) -> pathlib.Path:
    """Writes an answer into `folder`, replacing an earlier one; returns the path of the best sample's picture.

    Samples are numbered from 1 as in `tf-tryon complete`: sample-1 is sample 0 of the seed.
    """
    folder = pathlib.Path(folder)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    numbers = [answer.first + k + 1 for k in range(len(answer.score))]
    for number, photo, parsing in zip(numbers, answer.photos, answer.parsings, strict=True):
        (partial / f"sample-{number}.png").write_bytes(photo)
        (partial / f"sample-{number}_parsing.png").write_bytes(parsing)
    (partial / "erased.png").write_bytes(answer.erased)
    samples = [
        {
            "photo": f"sample-{number}.png",
            "parsing": f"sample-{number}_parsing.png",
            "score": round(float(answer.score[k]), 5),
            "scores": {stage: round(float(values[k]), 3) for stage, values in answer.scores.items()},
            "codes": {stage: np.round(values[k], 5).tolist() for stage, values in answer.codes.items()},
        }
        for k, number in enumerate(numbers)
    ]
    order = [f"sample-{numbers[k]}" for k in answer.order]
    result = {**dataclasses.asdict(ask), "version": answer.version, "order": order, "samples": samples}
    (partial / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    partial.replace(folder)
    return folder / f"{order[0]}.png"
