"""Reading what a visitor sends: raw bodies with bounds, in memory. A multipart parser would write files."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from starlette.requests import ClientDisconnect, Request

from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.serving.web.addresses import whole
from tf_tryon.serving.web.refusal import RefusedError

_TIMEOUT = 60.0  # seconds for a whole body
_JSON = 1 << 14


async def read(request: Request, limit: int) -> bytes:
    """The body, of at most `limit` bytes.

    Raises:
      RefusedError: 413 beyond the limit, which is refused without reading on; 408 for one that doesn't come.
    """
    too_long = RefusedError(413, "too-many-bytes", limit=limit >> 20)
    if whole(request.headers.get("content-length", "0"), 0, limit) is None:
        raise too_long
    parts: list[bytes] = []
    size = 0
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
        value = json_file.parse(await read(request, _JSON), "the body", "send a JSON object")
        return {name: member.raw for name, member in value.members().items()}
    except BadFileError as error:
        raise RefusedError(400, "bad-request", str(error)) from None


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
