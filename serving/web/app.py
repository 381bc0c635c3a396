"""The page's web application: its files, what it is about, and the routes of people and results."""

from __future__ import annotations

import contextlib
import importlib.resources
import logging
from collections.abc import AsyncGenerator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.data.photo import PhotoError
from tf_tryon.data.vocabulary import CLASSES, PALETTE
from tf_tryon.errors import TryOnError
from tf_tryon.serving.calls import ServingError
from tf_tryon.serving.validation import InvalidRequestError
from tf_tryon.serving.web import people_routes, product_routes, result_routes, shop, starts
from tf_tryon.serving.web.refusal import RefusedError, refusal_of
from tf_tryon.serving.web.security import Security
from tf_tryon.serving.web.shop import Shop

PAGE = importlib.resources.files("tf_tryon.serving.web").joinpath("page")
_log = logging.getLogger(__name__)
_REVALIDATE = {"Cache-Control": "no-cache"}  # an upgraded page must not run with old scripts


def make_app(here: Shop) -> Starlette:
    """An ASGI application over a shop; its lifespan starts and stops it."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        await here.start()
        yield
        await here.stop()

    routes = [
        Route("/", index),
        Route("/favicon.ico", icon),
        Route("/health", health),
        Route("/api/about", about),
        Route("/api/session", forget, methods=["DELETE"]),
        Route("/starts/{name}.jpg", start_picture),
        *people_routes.ROUTES,
        *product_routes.ROUTES,
        *result_routes.ROUTES,
        Mount("/page", _PageFiles(directory=str(PAGE))),
    ]
    kinds = (RefusedError, AnnotationError, PhotoError, ServingError, InvalidRequestError, TryOnError)
    handlers = {**dict.fromkeys(kinds, _refused), HTTPException: _wrong_path}
    app = Starlette(routes=routes, middleware=[Middleware(Security)], exception_handlers=handlers, lifespan=lifespan)
    app.state.shop = here
    return app


class _PageFiles(StaticFiles):
    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers.update(_REVALIDATE)
        return response


async def index(request: Request) -> Response:
    """The page."""
    return FileResponse(str(PAGE / "index.html"), headers=_REVALIDATE)


async def icon(request: Request) -> Response:
    """The page's icon, where browsers look for one beside whatever isn't the page itself."""
    return FileResponse(str(PAGE / "icon.svg"), headers=_REVALIDATE)


async def health(request: Request) -> Response:
    """Whether the server behind the page answers; 200 in any case, since the page itself does."""
    return JSONResponse({"server": await shop.shop_of(request).probe.serving()})


async def about(request: Request) -> Response:
    """What the page needs to know before it shows itself."""
    here = shop.shop_of(request)
    settings = here.settings
    return JSONResponse(
        {
            "title": settings.title,
            "garments": settings.garments,
            "samples": settings.samples,
            "maxUpload": settings.max_upload,
            "starts": starts.NAMES,
            "catalogue": here.catalogue is not None,
            "wears": here.products is not None,
            "products": here.products is not None and here.products.catalogue is not None,
            "varies": here.lite is None,
            "keeps": here.archive is not None,
            "drawn": settings.drawn,
            "classes": [{"name": name, "colour": colour} for name, colour in zip(CLASSES, _colours(), strict=True)],
        }
    )


async def forget(request: Request) -> Response:
    """DELETE: everything that is known of the visitor."""
    shop.shop_of(request).sessions.forget(request.cookies.get(shop.COOKIE))
    response = Response(status_code=204)
    response.set_cookie(shop.COOKIE, "", max_age=0, path=None)  # of the folder that `shop.with_cookie` sets it for
    return response


async def start_picture(request: Request) -> Response:
    """One of the people to begin with."""
    return Response(starts.picture(request.path_params["name"]), media_type="image/jpeg", headers=_REVALIDATE)


def _colours() -> list[str]:
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in PALETTE.tolist()]


async def _refused(request: Request, error: Exception) -> Response:
    refusal = refusal_of(error)
    if refusal is None:  # of the installation: the operator's to know and to mend
        _log.error("%s: %s", request.url.path, error)
        refusal = RefusedError(500, "failed")
    return JSONResponse(refusal.as_json(), refusal.status)


async def _wrong_path(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(RefusedError(error.status_code, "bad-request", error.detail).as_json(), error.status_code)
