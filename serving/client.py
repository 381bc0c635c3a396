"""Client of a served model, TF-Serving or the embedded server. Loads no TensorFlow.

    with Client("localhost:8500") as client:
        person = EncodedPerson.from_files("photo.jpg")
        answer = client.complete(person, CompletionRequest(garment="top", samples=8, seed=7))
        for part in client.stream(person, CompletionRequest(samples=8, seed=7)):  # one by one, the same pictures
            ...
        more = client.transfer(person, answer.code(3), spread=0.5)  # more like the fourth

A client may be used from many threads at once; `AsyncClient` is the same with `await`. Calls have a deadline, and are
tried again, with back-off, only if the server is UNAVAILABLE. `InvalidRequestError` is a request that can't be
answered, `ServingError` anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import numpy as np

from tf_tryon.products.product import Product
from tf_tryon.serving import answers, calls, messages
from tf_tryon.serving.answers import Answer
from tf_tryon.serving.calls import Call, CompletionRequest, ServingError, Target
from tf_tryon.serving.encoded_person import EncodedPerson
from tf_tryon.serving.validation import InvalidRequestError
from tf_tryon.serving.wear import wear_calls

__all__ = ["Answer", "Client", "CompletionRequest", "EncodedPerson", "InvalidRequestError", "ServingError", "Target"]


class Client:
    """Calls one server.

    Args:
      target: its address, or a `Target` with all there is to choose.
      step: samples of one call; a `CompletionRequest` for more is several calls.
      concurrency: calls at once that one `complete` makes.
    """

    def __init__(self, target: Target | str = "localhost:8500", step: int = 4, concurrency: int = 2) -> None:
        self.target = Target(target) if isinstance(target, str) else target
        self._step, self._concurrency = step, concurrency
        credentials, options = self.target.credentials(), self.target.options()
        if credentials is None:
            self._channel = grpc.insecure_channel(self.target.address, options)
        else:
            self._channel = grpc.secure_channel(self.target.address, credentials, options)
        self._methods = calls.Methods.of(self._channel)

    def complete(self, person: EncodedPerson, request: CompletionRequest | None = None) -> Answer:
        """Erases the garment and completes the person."""
        return self._all(self._completions(person, request or CompletionRequest(), self._step))

    def stream(
        self, person: EncodedPerson, request: CompletionRequest | None = None, step: int = 1
    ) -> Iterator[Answer]:
        """`complete`, `step` samples at a time, as they come."""
        for call in self._completions(person, request or CompletionRequest(), step):
            yield self._answer(call)

    def complete_shape(self, person: EncodedPerson, request: CompletionRequest | None = None) -> Answer:
        """Parsings only: stage 1."""
        return self._all(calls.complete_calls(person, request or CompletionRequest(), self._step, "complete_shape"))

    def complete_texture(
        self, person: EncodedPerson, shape: bytes | np.ndarray, request: CompletionRequest | None = None
    ) -> Answer:
        """Pictures for a given (say, edited) parsing: PNG, or (h, w) uint8 classes, of the photo's size."""
        return self._all(calls.texture_calls(person, shape, request or CompletionRequest(), self._step))

    def encode(self, person: EncodedPerson, garment: str = "top") -> dict[str, np.ndarray]:
        """Codes of the garment that the person wears, by stage, (h, w, c) each."""
        outputs, _ = self.predict("encode", calls.person_inputs(person, garment))
        return {stage: outputs[f"{stage}_codes"][0] for stage in calls.STAGES}

    def transfer(
        self,
        person: EncodedPerson,
        codes: dict[str, np.ndarray],
        request: CompletionRequest | None = None,
        use: tuple[str, ...] = calls.STAGES,
        spread: float = 0.0,
    ) -> Answer:
        """Completes with given codes: another person's garment (`encode`), or more like a result (its `codes`).

        Args:
          person: who is completed.
          codes: by stage, (h, w, c) each.
          request: its `keep_shape` and `keep_texture` are ignored: `use` says it.
          use: stages whose codes are taken; the other is drawn.
          spread: how far samples go from the codes, in the prior's standard deviations; 0: not at all.
        """
        return self._all(calls.transfer_calls(person, codes, use, spread, request or CompletionRequest(), self._step))

    def stream_transfer(
        self,
        person: EncodedPerson,
        codes: dict[str, np.ndarray],
        request: CompletionRequest | None = None,
        use: tuple[str, ...] = calls.STAGES,
        spread: float = 0.0,
        step: int = 1,
    ) -> Iterator[Answer]:
        """`transfer`, `step` samples at a time, as they come."""
        for call in calls.transfer_calls(person, codes, use, spread, request or CompletionRequest(), step):
            yield self._answer(call)

    def wear(self, person: EncodedPerson, product: Product, request: CompletionRequest | None = None) -> Answer:
        """Completes with a product worn (`products.product.read_product`); `request.garment` is what it is."""
        return self._all(wear_calls(person, product, request or CompletionRequest(), self._step))

    def stream_wear(
        self, person: EncodedPerson, product: Product, request: CompletionRequest | None = None, step: int = 1
    ) -> Iterator[Answer]:
        """`wear`, `step` samples at a time, as they come."""
        for call in wear_calls(person, product, request or CompletionRequest(), step):
            yield self._answer(call)

    def predict(
        self, signature: str, inputs: dict[str, np.ndarray], outputs: tuple[str, ...] = (), version: int = 0
    ) -> tuple[dict[str, np.ndarray], int]:
        """Any signature: arrays by name in; arrays by name, and the version that answered, out.

        `version` is asked in place of the target's own version or label; 0: the target's.
        """
        request = self.target.predict_request(signature, inputs, outputs, version)
        response = self._call(self._methods.predict, request)
        return answers.outputs_of(response), response.model_spec.version.value

    def status(self) -> dict[int, str]:
        """State (AVAILABLE, LOADING, ...) by version."""
        response = self._call(self._methods.status, self.target.status_request())
        return {status.version: messages.STATES[status.state] for status in response.model_version_status}

    def ready(self) -> bool:
        """Whether the server says that it serves; one without a health service, that some version is available."""
        try:
            return self._call(self._methods.health, messages.HealthCheckRequest()).status == messages.SERVING
        except ServingError as error:
            if error.code != grpc.StatusCode.UNIMPLEMENTED:
                return False
        try:
            return "AVAILABLE" in self.status().values()
        except ServingError:
            return False

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _completions(self, person: EncodedPerson, request: CompletionRequest, step: int) -> list[Call]:
        if not request.kept:
            return calls.complete_calls(person, request, step)
        first = self._answer(*calls.complete_calls(person, request.only_first(), 1))
        return calls.kept_calls(person, first, request, step)

    def _all(self, parts: list[Call]) -> Answer:
        if len(parts) == 1 or self._concurrency < 2:
            given = [self._answer(part) for part in parts]
        else:
            with futures.ThreadPoolExecutor(self._concurrency) as pool:
                given = list(pool.map(self._answer, parts))
        for k, call in calls.apart(parts, given):
            given[k] = self._answer(call)
        return answers.joined(given)

    def _answer(self, call: Call) -> Answer:
        outputs, version = self.predict(call.signature, call.inputs, version=call.version)
        return answers.answer(outputs, call.request, version)

    def _call(self, method: Any, request: Any) -> Any:
        try:
            return method(request, timeout=self.target.deadline)
        except grpc.RpcError as error:
            raise self.target.error(error) from None
