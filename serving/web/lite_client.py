"""In place of a server behind the page: the exported file in this process, without TensorFlow.

Requests and answers are those of the gRPC API, so that all else of the page is the same. The file lacks the posterior
encoder and the prior's standard deviations, and so another person's garment, and results around one.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import named, to_classes
from tf_tryon.errors import TryOnError
from tf_tryon.inference.request import Request
from tf_tryon.lite.tryon import TryOn
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.encoded_person import from_picture, to_png
from tf_tryon.serving.validation import InvalidRequestError
from tf_tryon.serving.web.background import Background
from tf_tryon.stages import STAGES

_REMEDY: Final = "run the page without --runtime=lite for that"
_IDLE: Final = 5.0  # seconds without a request after which the model gives up its memory


class LiteClient(AsyncClient):
    """`AsyncClient` without a server; one request at a time, and a few that wait."""

    def __init__(self, model: TryOn) -> None:
        self._model, self._step, self._places = model, 1, asyncio.Semaphore(1)
        self._worker = Background("lite")
        self._resting: asyncio.TimerHandle | None = None

    async def predict(
        self, signature: str, inputs: dict[str, np.ndarray], outputs: tuple[str, ...] = (), version: int = 0
    ) -> tuple[dict[str, np.ndarray], int]:
        """`complete` and `transfer`.

        Raises:
          InvalidRequestError: another signature, results around given codes, or what the model refuses.
          RefusedError: too many wait.
        """
        if signature not in ("complete", "transfer"):
            raise InvalidRequestError(f"the page's model can't {signature}: {_REMEDY}")
        if signature == "transfer" and inputs["spread"][0] > 0:
            raise InvalidRequestError(f"the page's model can't vary a result: {_REMEDY}")
        try:
            return await self._worker.run(self._answered, inputs), 1
        except (TryOnError, ValueError) as error:  # as a server would: it is the request's, and its sentence is told
            raise InvalidRequestError(str(error)) from error
        finally:
            self._stay()
            self._resting = asyncio.get_running_loop().call_later(_IDLE, self._rest)

    async def status(self) -> dict[int, str]:
        """One version, there as long as this is."""
        return {1: "AVAILABLE"}

    async def ready(self) -> bool:
        """Always."""
        return True

    async def close(self) -> None:
        """What is under way ends first."""
        self._stay()
        self._worker.close(wait=True)

    def _rest(self) -> None:
        self._worker.later(self._model.rest, "the model keeps its memory")

    def _stay(self) -> None:
        """Rests no more at the time that was set."""
        if self._resting:
            self._resting.cancel()

    def _answered(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        request = Request(
            garment=inputs["garment"][0].decode(),
            samples=int(inputs["samples"][0]),
            seed=int(inputs["seed"][0]),
            temperature=float(inputs["temperature"][0]),
            background=inputs["background"][0].decode(),
        )
        used = [stage for stage in STAGES if f"use_{stage}" in inputs and inputs[f"use_{stage}"][0]]
        given = {stage: inputs[f"{stage}_codes"][0] for stage in used}
        completion = self._model.answer(_person(inputs), request, int(inputs["first"][0]), given)
        shape, texture = (completion.scores[stage] / _latents(completion.codes[stage]) for stage in STAGES)
        return {
            "photos_bytes": _pictures([to_png(photo) for photo in completion.photos]),
            "parsings_bytes": _pictures([to_png(parsing) for parsing in completion.parsings]),
            "erased_bytes": _pictures([to_png(completion.erased.astype(np.uint8) * np.uint8(255))])[0],
            "score": (shape + texture)[None],
            **{f"{stage}_codes": completion.codes[stage][None] for stage in STAGES},
            **{f"{stage}_score": completion.scores[stage][None] for stage in STAGES},
        }


def _latents(codes: np.ndarray) -> int:
    """How many variables codes (n, h, w, c) have: channels that are alike in all cells are one variable each."""
    shared = int((np.ptp(codes, axis=(1, 2)) == 0).all(0).sum())
    _, height, width, channels = codes.shape
    return height * width * (channels - shared) + shared


def _person(inputs: dict[str, np.ndarray]) -> Person:
    known = named(inputs["vocabulary"][0].decode())
    labels = from_picture(inputs["parsing_bytes"][0])
    classes, dress, carried = to_classes(labels, known.name), known.shows_dress(labels), known.carried(labels)
    photo, points = from_picture(inputs["photo_bytes"][0]), inputs["keypoints"][0]
    return Person(photo, classes, points, "photo", {}, dress, carried=carried)


def _pictures(encoded: list[bytes]) -> Any:
    array = np.empty((1, len(encoded)), object)
    array[0] = encoded
    return array
