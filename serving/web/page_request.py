"""What a page may ask for: checked numbers and names, and the calls that answer."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import numpy as np

from tf_tryon.models.background import KEEP
from tf_tryon.serving.answers import Answer
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.calls import STAGES, CompletionRequest
from tf_tryon.serving.validation import MAX_FIRST, MAX_TEMPERATURE
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Subject

MAX_SAMPLES = 16
_SEEDS = 2**31
Codes = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class PageRequest:
    """One request of the page.

    Attributes:
      completion: garment, samples, seed, first, temperature, background.
      source: whose garment is taken: "" (nobody's), "sample", "person", "match" or "product".
      key: of that sample, person, garment of the catalogue or product that the visitor gave.
      use: which stages' codes are taken of it.
      spread: how far from them samples go.
    """

    completion: CompletionRequest
    source: str = ""
    key: str = ""
    use: tuple[str, ...] = STAGES
    spread: float = 0.0

    @classmethod
    def of(cls, given: dict[str, Any], garments: tuple[str, ...], background: str = KEEP) -> PageRequest:
        """From the page's JSON, for a page's garments and background.

        Raises:
          RefusedError: 400, naming the field.
        """
        garment, source, key = given.get("garment"), given.get("source", ""), given.get("key", "")
        use = given.get("use", list(STAGES))
        if garment not in garments:
            raise RefusedError(400, "bad-request", f"garment: one of {', '.join(garments)}")
        if source not in ("", "sample", "person", "match", "product") or not isinstance(key, str):
            raise RefusedError(400, "bad-request", "source: sample, person, match or product, with its key")
        if not isinstance(use, list) or not use or not all(stage in STAGES for stage in cast("list[Any]", use)):
            raise RefusedError(400, "bad-request", f"use: a list of {' and '.join(STAGES)}")
        completion = CompletionRequest(
            garment=garment,
            samples=_whole(given, "samples", 8, 1, MAX_SAMPLES),
            seed=_whole(given, "seed", 0, 0, _SEEDS),
            first=_whole(given, "first", 0, 0, MAX_FIRST),
            temperature=_number(given, "temperature", 1.0, MAX_TEMPERATURE),
            background=background,
        )
        stages = tuple(stage for stage in STAGES if stage in use)
        return cls(completion, source, key, stages, _number(given, "spread", 0.0, MAX_TEMPERATURE))

    async def answers(
        self, client: AsyncClient, subject: Subject, codes: Callable[[PageRequest], Awaitable[Codes]]
    ) -> AsyncIterator[Answer]:
        """Results one by one; `codes` finds those of the source."""
        encoded = subject.encoded(self.completion.garment)
        if self.source:
            source_codes = await codes(self)
            results = client.stream_transfer(encoded, source_codes, self.completion, self.use, self.spread)
        else:
            results = client.stream(encoded, self.completion)
        async for answer in results:
            yield answer


def _whole(given: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RefusedError(400, "bad-request", f"{name}: a whole number from {low} to {high}")
    return value


def _number(given: dict[str, Any], name: str, default: float, high: float) -> float:
    value = given.get(name, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= high:
        raise RefusedError(400, "bad-request", f"{name}: a number from 0 to {high:g}")
    return float(value)
