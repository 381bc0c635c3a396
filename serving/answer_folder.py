"""An answer on disk: sample-K.png, sample-K_parsing.png, erased.png, result.json. Written whole or not at all."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any, Final

import numpy as np

from tf_tryon.serving.answers import Answer
from tf_tryon.serving.calls import CompletionRequest
from tf_tryon.writing.results import new_files

BY: Final = "tf-tryon request"
MARK: Final = "result.json"


def save(answer: Answer, request: CompletionRequest, folder: str | pathlib.Path, source: str = "") -> pathlib.Path:
    """Writes an answer into `folder`, replacing an earlier one; returns the path of the best sample's picture.

    Samples are numbered from 1 as in `tf-tryon complete`: sample-1 is sample 0 of the seed.

    Args:
      answer: of one person.
      request: what was requested.
      folder: for nothing else: what is there, and was not written by this function, stays or is refused.
      source: what the person was read from; answers of another source are not replaced. "": whatever it was.

    Raises:
      InTheWayError: the folder holds files that this function did not write.
    """
    folder = pathlib.Path(folder)
    numbers = [answer.first + k + 1 for k in range(len(answer.score))]
    samples: list[dict[str, Any]] = [
        {
            "photo": f"sample-{number}.png",
            "parsing": f"sample-{number}_parsing.png",
            "score": round(float(answer.score[k]), 5),
            "scores": {stage: round(float(values[k]), 3) for stage, values in answer.scores.items()},
            "codes": {stage: _rounded(values[k]) for stage, values in answer.codes.items()},
        }
        for k, number in enumerate(numbers)
    ]
    order = [f"sample-{numbers[k]}" for k in answer.order]
    with new_files(folder, MARK, by=BY, source=source, alone=True) as new:
        for number, photo, parsing in zip(numbers, answer.photos, answer.parsings, strict=True):
            (new.path / f"sample-{number}.png").write_bytes(photo)
            (new.path / f"sample-{number}_parsing.png").write_bytes(parsing)
        (new.path / "erased.png").write_bytes(answer.erased)
        new.content = {**dataclasses.asdict(request), "version": answer.version, "order": order, "samples": samples}
    return folder / f"{order[0]}.png"


def _rounded(values: np.ndarray) -> list[Any]:
    """For a JSON file."""
    rounded: Any = np.round(values, 5)
    return rounded.tolist()
