"""`AsyncClient`: `tf_tryon.serving.client.Client` with `await`, for web servers. Loads no TensorFlow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import numpy as np

from tf_tryon.serving import calls, messages
from tf_tryon.serving.calls import Answer, Ask, ServingError, Target
from tf_tryon.serving.wearer import Wearer


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
        self._predict = self._channel.unary_unary(
            messages.PREDICT, messages.PredictRequest.SerializeToString, messages.PredictResponse.FromString
        )
        self._status = self._channel.unary_unary(
            messages.GET_MODEL_STATUS,
            messages.GetModelStatusRequest.SerializeToString,
            messages.GetModelStatusResponse.FromString,
        )
        self._health = self._channel.unary_unary(
            messages.HEALTH_CHECK,
            messages.HealthCheckRequest.SerializeToString,
            messages.HealthCheckResponse.FromString,
        )

    async def complete(self, person: Wearer, ask: Ask | None = None) -> Answer:
        ask = ask or Ask()
        parts = ask.parts(self._step)
        return await self._all([("complete", calls.ask_inputs(person, part, keep=True), part) for part in parts])

    async def stream(self, person: Wearer, ask: Ask | None = None, step: int = 1) -> AsyncIterator[Answer]:
        for part in (ask or Ask()).parts(step):
            yield await self._answer("complete", calls.ask_inputs(person, part, keep=True), part)

    async def complete_shape(self, person: Wearer, ask: Ask | None = None) -> Answer:
        parts = (ask or Ask()).parts(self._step)
        return await self._all([("complete_shape", calls.ask_inputs(person, part), part) for part in parts])

    async def complete_texture(self, person: Wearer, shape: bytes | np.ndarray, ask: Ask | None = None) -> Answer:
        parts = (ask or Ask()).parts(self._step)
        return await self._all([("complete_texture", calls.texture_inputs(person, shape, p), p) for p in parts])

    async def encode(self, person: Wearer, garment: str = "top") -> dict[str, np.ndarray]:
        outputs, _ = await self.predict("encode", calls.person_inputs(person, garment))
        return {stage: outputs[f"{stage}_codes"][0] for stage in calls.STAGES}

    async def transfer(
        self,
        person: Wearer,
        codes: dict[str, np.ndarray],
        ask: Ask | None = None,
        use: tuple[str, ...] = calls.STAGES,
        spread: float = 0.0,
    ) -> Answer:
        parts = (ask or Ask()).parts(self._step)
        return await self._all([("transfer", calls.transfer_inputs(person, codes, use, spread, p), p) for p in parts])

    async def predict(
        self, signature: str, inputs: dict[str, np.ndarray], outputs: tuple[str, ...] = ()
    ) -> tuple[dict[str, np.ndarray], int]:
        request = self.target.predict_request(signature, inputs, outputs)
        response = await self._call(self._predict, request)
        return calls.outputs_of(response), response.model_spec.version.value

    async def status(self) -> dict[int, str]:
        response = await self._call(self._status, self.target.status_request())
        return {status.version: messages.STATES[status.state] for status in response.model_version_status}

    async def ready(self) -> bool:
        try:
            return (await self._call(self._health, messages.HealthCheckRequest())).status == messages.SERVING
        except ServingError:
            return False

    async def close(self) -> None:
        await self._channel.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _all(self, parts: list[tuple[str, dict[str, np.ndarray], Ask]]) -> Answer:
        async def one(part: tuple[str, dict[str, np.ndarray], Ask]) -> Answer:
            async with self._places:
                return await self._answer(*part)

        tasks = [asyncio.create_task(one(part)) for part in parts]
        try:
            return calls.joined(await asyncio.gather(*tasks))
        finally:  # one that fails, or the caller's cancellation, ends the others
            for task in tasks:
                task.cancel()

    async def _answer(self, signature: str, inputs: dict[str, np.ndarray], ask: Ask) -> Answer:
        outputs, version = await self.predict(signature, inputs)
        return calls.answer(outputs, ask, version)

    async def _call(self, method: Any, request: Any) -> Any:
        try:
            return await method(request, timeout=self.target.deadline)
        except grpc.RpcError as error:
            raise self.target.error(error) from None
