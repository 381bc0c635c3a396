"""Lines of JSON as they come (NDJSON); a visitor who goes away ends their making at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from tf_tryon.serving.web.refusal import RefusedError, refusal_of

_log = logging.getLogger(__name__)


class _GoneError(Exception):
    """The connection doesn't take a line any more: the visitor has left, and nobody is to be told."""


class Lines:
    """An ASGI answer: one line for each object of a generator; an error is the last line.

    The generator runs in a task that is cancelled when the connection closes, so a call of the gRPC API that is under
    way is cancelled too.
    """

    def __init__(self, objects: AsyncGenerator[dict[str, Any]]) -> None:
        self._objects = objects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Proxies would otherwise collect lines before they pass them on.
        headers = [(b"content-type", b"application/x-ndjson"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        making = asyncio.create_task(self._make(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((making, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            making.cancel()
            with contextlib.suppress(asyncio.CancelledError, _GoneError):
                await making

    async def _make(self, send: Send) -> None:
        async def line(value: dict[str, Any]) -> None:
            body = json.dumps(value, separators=(",", ":")).encode() + b"\n"
            await _sent(send, {"type": "http.response.body", "body": body, "more_body": True})

        try:
            async with contextlib.aclosing(self._objects) as objects:
                async for value in objects:
                    await line(value)
        except _GoneError:
            raise
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                # A stream that is cut off looks like a server that is away, which the page waits for and asks again.
                _log.exception("results end with an error that nobody foresaw; the page says that they failed")
                refusal = RefusedError(500, "failed")
            await line(refusal.as_json())
        await _sent(send, {"type": "http.response.body", "body": b""})


async def _sent(send: Send, message: Message) -> None:
    try:
        await send(message)
    except OSError as error:  # of the connection; one of the disk comes from the generator, and is told
        raise _GoneError from error


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
