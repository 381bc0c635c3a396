"""The page that completes in the visitor's browser: files alone, and headers under which nothing can be sent.

Everything is a GET of a file that lies here. The page's policy lets it ask this server only, which takes nothing.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.resources
import pathlib
import re
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tf_tryon.annotation import model_files, parser_file
from tf_tryon.lite.folders import sidecar_of_model
from tf_tryon.serving.web import local_packages

PAGE: Final = pathlib.Path(str(importlib.resources.files("tf_tryon.serving.web").joinpath("local")))
_IMPORT_MAP: Final = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


class Parts(NamedTuple):
    """Files that the page fetches.

    Attributes:
      model: of the completion, by the name that the page or the sidecar calls it.
      parser: likewise of the parser.
      pose: MediaPipe's model.
      packages: npm's `node_modules`.
    """

    model: dict[str, pathlib.Path]
    parser: dict[str, pathlib.Path]
    pose: pathlib.Path
    packages: pathlib.Path


def parts(model: str | None, pose_model: str | None = None) -> Parts:
    """The parts of a page over a model.

    Args:
      model: "street" (None, too), "studio", a folder of a bundle with its export, or of `tf-tryon export lite`.
      pose_model: MediaPipe's file, if it isn't where the registry looks.

    Raises:
      TryOnError: a part is missing or damaged; says what to do.
    """
    sidecar = sidecar_of_model(model)
    files = [sidecar.tflite, *sidecar.means.values()]
    parser_file.ParserFile(parser_file.BUNDLED)
    pose = model_files.find(model_files.POSE_LANDMARKER, pose_model)
    bundled = parser_file.BUNDLED / parser_file.NAME
    return Parts(
        {"sidecar.json": sidecar.tflite.with_suffix(".json"), **{path.name: path for path in files}},
        {"sidecar.json": bundled.with_suffix(".json"), bundled.name + ".tflite": bundled.with_suffix(".tflite")},
        pose,
        local_packages.node_modules(),
    )


def make_local_app(files: Parts) -> Starlette:
    """An ASGI application that serves the page."""
    routes = [
        Route("/", functools.partial(_send, {"": PAGE / "index.html"})),
        Route("/pose_landmarker_full.task", functools.partial(_send, {"": files.pose})),
        Route("/model/{name}", functools.partial(_send, files.model)),
        Route("/parser/{name}", functools.partial(_send, files.parser)),
        Mount("/npm", StaticFiles(directory=files.packages)),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(_Isolated)])


async def _send(files: dict[str, pathlib.Path], request: Request) -> Response:
    path = files.get(request.path_params.get("name", ""))
    if path is None:
        return Response("there is no such file", 404)
    # Not sent anew to a browser that kept it: 304 where its ETag or date still holds.
    return StaticFiles(directory=path.parent).file_response(path, path.stat(), request.scope)


class _Isolated:
    """Sets the headers: own scripts only, isolated from other origins (which threads need), requests to here only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        import_map = _IMPORT_MAP.search((PAGE / "index.html").read_text(encoding="utf-8"))
        assert import_map is not None
        digest = base64.b64encode(hashlib.sha256(import_map.group(1).encode()).digest()).decode()
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'; worker-src 'self' blob:; "
                "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, with_headers)
