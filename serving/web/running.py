"""The web server around a page's application."""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette

from tf_tryon.errors import TryOnError

_GRACE = 5  # seconds for answers under way at the end


def bound(host: str, port: int) -> socket.socket:
    """A listening socket, to be had before anything expensive starts: browsers that come early wait at it.

    Raises:
      TryOnError: the port can't be had.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise TryOnError(f"can't listen on {host}:{port} ({error}): choose another with --port") from error
    return listening


def address(listening: socket.socket) -> str:
    """Where the page is; it answers, if late, as soon as the socket is bound."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def listen(app: Starlette, listening: socket.socket) -> None:
    """Serves an application until a signal."""
    config = uvicorn.Config(
        app,
        log_config=None,  # its lines are written as the project's are
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])
