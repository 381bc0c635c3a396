"""`AsyncClient`: `tf_tryon.serving.client.Client` with `await`, for web servers. Loads no TensorFlow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import numpy as np

from tf_tryon.products.product import Product
from tf_tryon.serving import answers, calls, messages
from tf_tryon.serving.answers import Answer
from tf_tryon.serving.calls import Call, CompletionRequest, ServingError, Target
from tf_tryon.serving.encoded_person import EncodedPerson
from tf_tryon.serving.wear import wear_calls


class AsyncClient:
    """Calls one server from one event loop; arguments and methods are `Client`'s.

    A task that is cancelled cancels its call on the server.
    """

    def __init__(self, target: Target | str = "localhost:8500", step: int = 4, concurrency: int = 2) -> None:
        self.target = Target(target) if isinstance(target, str) else target
        self._step, self._places = step, asyncio.Semaphore(concurrency)
        credentials, options = self.target.credentials(), self.target.options()
        if credentials is None:
            self._channel = grpc.aio.insecure_channel(self.target.address, options)
        else:
            self._channel = grpc.aio.secure_channel(self.target.address, credentials, options)
        self._methods = calls.Methods.of(self._channel)

    async def complete(self, person: EncodedPerson, request: CompletionRequest | None = None) -> Answer:
        return await self._all(await self._completions(person, request or CompletionRequest(), self._step))

    async def stream(
        self, person: EncodedPerson, request: CompletionRequest | None = None, step: int = 1
    ) -> AsyncIterator[Answer]:
        for call in await self._completions(person, request or CompletionRequest(), step):
            yield await self._answer(call)

    async def complete_shape(self, person: EncodedPerson, request: CompletionRequest | None = None) -> Answer:
        return await self._all(
            calls.complete_calls(person, request or CompletionRequest(), self._step, "complete_shape")
        )

    async def complete_texture(
        self, person: EncodedPerson, shape: bytes | np.ndarray, request: CompletionRequest | None = None
    ) -> Answer:
        return await self._all(calls.texture_calls(person, shape, request or CompletionRequest(), self._step))

    async def encode(self, person: EncodedPerson, garment: str = "top") -> dict[str, np.ndarray]:
        outputs, _ = await self.predict("encode", calls.person_inputs(person, garment))
        return {stage: outputs[f"{stage}_codes"][0] for stage in calls.STAGES}

    async def transfer(
        self,
        person: EncodedPerson,
        codes: dict[str, np.ndarray],
        request: CompletionRequest | None = None,
        use: tuple[str, ...] = calls.STAGES,
        spread: float = 0.0,
    ) -> Answer:
        return await self._all(
            calls.transfer_calls(person, codes, use, spread, request or CompletionRequest(), self._step)
        )

    async def stream_transfer(
        self,
        person: EncodedPerson,
        codes: dict[str, np.ndarray],
        request: CompletionRequest | None = None,
        use: tuple[str, ...] = calls.STAGES,
        spread: float = 0.0,
        step: int = 1,
    ) -> AsyncIterator[Answer]:
        for call in calls.transfer_calls(person, codes, use, spread, request or CompletionRequest(), step):
            yield await self._answer(call)

    async def wear(self, person: EncodedPerson, product: Product, request: CompletionRequest | None = None) -> Answer:
        # Cloth is made ready elsewhere: it takes longer than an event loop should wait.
        return await self._all(
            await asyncio.to_thread(wear_calls, person, product, request or CompletionRequest(), self._step)
        )

    async def stream_wear(
        self, person: EncodedPerson, product: Product, request: CompletionRequest | None = None, step: int = 1
    ) -> AsyncIterator[Answer]:
        for call in await asyncio.to_thread(wear_calls, person, product, request or CompletionRequest(), step):
            yield await self._answer(call)

    async def predict(
        self, signature: str, inputs: dict[str, np.ndarray], outputs: tuple[str, ...] = (), version: int = 0
    ) -> tuple[dict[str, np.ndarray], int]:
        request = self.target.predict_request(signature, inputs, outputs, version)
        response = await self._call(self._methods.predict, request)
        return answers.outputs_of(response), response.model_spec.version.value

    async def status(self) -> dict[int, str]:
        response = await self._call(self._methods.status, self.target.status_request())
        return {status.version: messages.STATES[status.state] for status in response.model_version_status}

    async def ready(self) -> bool:
        try:
            return (await self._call(self._methods.health, messages.HealthCheckRequest())).status == messages.SERVING
        except ServingError as error:
            if error.code != grpc.StatusCode.UNIMPLEMENTED:
                return False
        try:
            return "AVAILABLE" in (await self.status()).values()
        except ServingError:
            return False

    async def close(self) -> None:
        await self._channel.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _completions(self, person: EncodedPerson, request: CompletionRequest, step: int) -> list[Call]:
        if not request.kept:
            return calls.complete_calls(person, request, step)
        first = await self._answer(*calls.complete_calls(person, request.only_first(), 1))
        return calls.kept_calls(person, first, request, step)

    async def _all(self, parts: list[Call]) -> Answer:
        async def one(part: Call) -> Answer:
            async with self._places:
                return await self._answer(part)

        tasks = [asyncio.create_task(one(part)) for part in parts]
        try:
            given = await asyncio.gather(*tasks)
            for k, call in calls.apart(parts, given):
                given[k] = await one(call)
            return answers.joined(given)
        finally:  # one that fails, or the caller's cancellation, ends the others
            for task in tasks:
                task.cancel()

    async def _answer(self, call: Call) -> Answer:
        outputs, version = await self.predict(call.signature, call.inputs, version=call.version)
        return answers.answer(outputs, call.request, version)

    async def _call(self, method: Any, request: Any) -> Any:
        try:
            return await method(request, timeout=self.target.deadline)
        except grpc.RpcError as error:
            raise self.target.error(error) from None
