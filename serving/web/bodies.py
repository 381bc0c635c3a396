"""Reading what a visitor sends: raw bodies with bounds, in memory. A multipart parser would write files."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

from starlette.requests import ClientDisconnect, Request

from tf_tryon.serving.web.refusal import RefusedError

_TIMEOUT = 60.0  # seconds for a whole body
_JSON = 1 << 14


async def read(request: Request, limit: int) -> bytes:
    """The body, of at most `limit` bytes.

    Raises:
      RefusedError: 413 beyond the limit, which is told without reading on; 408 for one that doesn't come.
    """
    said = request.headers.get("content-length", "0")
    too_long = RefusedError(413, "too-many-bytes", limit=limit >> 20)
    if said.isdigit() and int(said) > limit:
        raise too_long
    parts, size = [], 0
    try:
        async with asyncio.timeout(_TIMEOUT):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise too_long
                parts.append(part)
    except TimeoutError:
        raise RefusedError(408, "timed-out") from None
    except ClientDisconnect:
        raise RefusedError(400, "gone") from None
    return b"".join(parts)


async def read_json(request: Request) -> dict[str, Any]:
    """A JSON object."""
    try:
        value = json.loads(await read(request, _JSON))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise RefusedError(400, "bad-request", "the body must be a JSON object")
    return value


async def read_deflated(request: Request, size: int) -> bytes:
    """Exactly `size` bytes, sent as gzip."""
    packed = await read(request, size + (1 << 12))
    unpacker = zlib.decompressobj(wbits=31)  # gzip
    try:
        plain = unpacker.decompress(packed, size + 1)
    except zlib.error as error:
        raise RefusedError(400, "bad-request", f"not gzip: {error}") from None
    if len(plain) != size or not unpacker.eof:
        raise RefusedError(400, "bad-request", f"{size} bytes are wanted: one for each pixel of the photo")
    return plain
