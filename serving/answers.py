"""What a server answers to the clients' calls: completions read from tensors, and those of several calls as one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from tf_tryon.serving.encoded_person import from_picture
from tf_tryon.serving.tensors import from_proto
from tf_tryon.stages import STAGES

if TYPE_CHECKING:
    from tf_tryon.serving.calls import CompletionRequest


@dataclasses.dataclass(frozen=True)
class Answer:
    """Completions in the order of their sample numbers.

    Attributes:
      first: number of the first sample.
      photos: PNG each, of the photo's size (empty for `complete_shape`).
      parsings: grey PNG each, classes 0..7 (empty for `complete_texture`).
      codes: by stage, (n, h, w, c) float32.
      scores: by stage, (n,) log-likelihood of the codes in nats; and "realism", the discriminator's (0 without one).
      score: (n,) what ranks them.
      erased: grey PNG, 255 where the photo was erased.
      version: of the model.
    """

    first: int
    photos: list[bytes]
    parsings: list[bytes]
    codes: dict[str, np.ndarray]
    scores: dict[str, np.ndarray]
    score: np.ndarray
    erased: bytes
    version: int

    @property
    def order(self) -> list[int]:
        """Indices, best first."""
        return np.argsort(-self.score, kind="stable").tolist()

    def code(self, k: int) -> dict[str, np.ndarray]:
        """Codes of one sample, by stage, for `transfer`."""
        return {stage: values[k] for stage, values in self.codes.items()}

    def photo(self, k: int) -> np.ndarray:
        """(h, w, 3) uint8."""
        return from_picture(self.photos[k])

    def parsing(self, k: int) -> np.ndarray:
        """(h, w) uint8."""
        return from_picture(self.parsings[k])


def outputs_of(response: Any) -> dict[str, np.ndarray]:
    """Arrays of a PredictResponse."""
    return {name: from_proto(proto) for name, proto in response.outputs.items()}


def answer(outputs: dict[str, np.ndarray], request: CompletionRequest, version: int) -> Answer:
    """One request's answer."""
    n = request.samples
    stages = [stage for stage in STAGES if f"{stage}_codes" in outputs]
    return Answer(
        first=request.first,
        photos=list(outputs["photos_bytes"][0, :n]) if "photos_bytes" in outputs else [],
        parsings=list(outputs["parsings_bytes"][0, :n]) if "parsings_bytes" in outputs else [],
        codes={stage: outputs[f"{stage}_codes"][0, :n] for stage in stages},
        scores={
            **{stage: outputs[f"{stage}_score"][0, :n] for stage in stages},
            **({"realism": outputs["realism"][0, :n]} if "realism" in outputs else {}),
        },
        score=outputs["score"][0, :n],
        erased=bytes(outputs["erased_bytes"][0]),
        version=version,
    )


def joined(answers: list[Answer]) -> Answer:
    """Answers of consecutive samples, of one version, as one."""
    if len(answers) == 1:
        return answers[0]
    head = answers[0]
    return dataclasses.replace(
        head,
        photos=[photo for part in answers for photo in part.photos],
        parsings=[parsing for part in answers for parsing in part.parsings],
        codes={stage: np.concatenate([part.codes[stage] for part in answers]) for stage in head.codes},
        scores={stage: np.concatenate([part.scores[stage] for part in answers]) for stage in head.scores},
        score=np.concatenate([part.score for part in answers]),
    )
