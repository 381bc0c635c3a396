"""Whether the model's server answers, asked at most once a second however many pages want to know."""

from __future__ import annotations

import asyncio
import dataclasses
import time

from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.calls import ServingError, Target

_FRESH, _DEADLINE = 1.0, 2.0  # seconds


class Probe:
    """Asks through a client of its own for a status that TF-Serving tells too."""

    @classmethod
    def of(cls, target: Target) -> Probe:
        """Of a server, with a short deadline."""
        return cls(AsyncClient(dataclasses.replace(target, deadline=_DEADLINE)))

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self._known, self._checked = False, -_FRESH

    async def serving(self) -> bool:
        """True if a version is there to answer."""
        async with self._lock:
            if time.monotonic() - self._checked >= _FRESH:
                try:
                    self._known = "AVAILABLE" in (await self._client.status()).values()
                except ServingError:
                    self._known = False
                self._checked = time.monotonic()
            return self._known

    async def close(self) -> None:
        """Closes the channel."""
        await self._client.close()
