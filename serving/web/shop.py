"""What the routes of the page share."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tf_tryon.lite.tryon import TryOn
from tf_tryon.models.background import KEEP
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.calls import Target
from tf_tryon.serving.web.annotating import Annotating
from tf_tryon.serving.web.archive import Archive
from tf_tryon.serving.web.catalogue import Catalogue
from tf_tryon.serving.web.lite_client import LiteClient
from tf_tryon.serving.web.probe import Probe
from tf_tryon.serving.web.products import Products
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Session, Sessions

COOKIE = "tryon"
_SWEEP = 30.0  # seconds


@dataclasses.dataclass(frozen=True)
class Settings:
    """Of a page.

    Attributes:
      title: what the page is called.
      garments: that can be completed.
      max_upload: bytes of a photo's file.
      samples: results of one request.
      matches: of the catalogue, shown.
      background: what is asked for behind every result, one of `models.background.BACKGROUNDS`.
      drawn: whether the model has seen drawn people only, as "studio"; the page says so.
    """

    title: str = "Try on"
    garments: tuple[str, ...] = ("top", "bottom")
    max_upload: int = 20 << 20
    samples: int = 8
    matches: int = 6
    background: str = KEEP
    drawn: bool = False


@dataclasses.dataclass
class Shop:
    """One page: its settings, its visitors, and what answers them; the last ones may be missing.

    Attributes:
      catalogue: people whose garments are recommended.
      products: what can be worn, with a catalogue of products or without one; then `catalogue` is None.
      lite: a model in this process that answers; then `target` isn't asked.
    """

    settings: Settings
    target: Target
    annotating: Annotating
    sessions: Sessions
    catalogue: Catalogue | None = None
    products: Products | None = None
    archive: Archive | None = None
    lite: TryOn | None = None
    client: AsyncClient = dataclasses.field(init=False, repr=False)
    probe: Probe = dataclasses.field(init=False, repr=False)
    _sweeping: asyncio.Task[None] = dataclasses.field(init=False, repr=False)

    async def start(self) -> None:
        """Connects (gRPC's channels belong to the running event loop) and warms up."""
        if self.lite is None:
            self.client, self.probe = AsyncClient(self.target), Probe.of(self.target)
        else:
            self.client, self.probe = LiteClient(self.lite), Probe(LiteClient(self.lite))
        self._sweeping = asyncio.create_task(self._sweep())
        self.annotating.warm()
        if self.catalogue:
            self.catalogue.warm()
        if self.products:
            self.products.warm()

    async def stop(self) -> None:
        """Closes what `start` opened."""
        self._sweeping.cancel()
        await self.client.close()
        await self.probe.close()
        self.annotating.close()
        if self.catalogue:
            self.catalogue.close()
        if self.products:
            self.products.close()

    async def _sweep(self) -> None:
        """Idle visitors are forgotten though nobody else comes."""
        while True:
            await asyncio.sleep(_SWEEP)
            self.sessions.sweep()


def shop_of(request: Request) -> Shop:
    """The app's."""
    return request.app.state.shop


def session_of(request: Request) -> Session:
    """The visitor's, by their cookie.

    Raises:
      RefusedError: 404: there is none.
    """
    return shop_of(request).sessions.find(request.cookies.get(COOKIE))


def session_before(request: Request) -> Session | None:
    """The visitor's as the request comes in, for `opened` when its answer is there; None: there is none yet."""
    return shop_of(request).sessions.known(request.cookies.get(COOKIE))


async def opened(request: Request, before: Session | None) -> tuple[str, Session]:
    """The visitor's, made if there is none; its key goes into the answer by `with_cookie`.

    Raises:
      RefusedError: 404: the visitor has been forgotten since `session_before`; or 400: has left. A new session would
        keep what nobody could reach any more to delete it.
    """
    if await request.is_disconnected():
        raise RefusedError(400, "gone")
    if before is not None:
        still_wanted(before)
    return shop_of(request).sessions.open(request.cookies.get(COOKIE))


def still_wanted(session: Session) -> None:
    """Raises RefusedError: 404: its visitor has been forgotten meanwhile, and nothing more is kept for them."""
    if session.forgotten:
        raise RefusedError(404, "photo-gone")


def with_cookie(response: Response, request: Request, key: str) -> Response:
    """The answer with the session's key, which scripts can't read and other sites can't send; gone with the browser.

    Without a path of its own it belongs to the folder of the address that sets it, /api or /PREFIX/api: two pages below
    one host don't take each other's.
    """
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, key, path=None, httponly=True, samesite="strict", secure=secure)
    return response


def picture(data: bytes, save: bool = False) -> Response:
    """PNG; to be saved under a name that the page gives, if asked so."""
    headers: dict[str, Any] = {"Content-Disposition": "attachment"} if save else {}
    return Response(data, media_type="image/png", headers=headers)
