"""The web server around the page's application."""

from __future__ import annotations

import socket
import sys
import time

import uvicorn

from tf_tryon.errors import TryOnError
from tf_tryon.serving.web.app import make_app
from tf_tryon.serving.web.shop import Shop

_GRACE = 5  # seconds for answers under way at the end


def say(text: str) -> None:
    """A line for the operator."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def listen(here: Shop, host: str, port: int) -> None:
    """Serves a shop until a signal; prints the address as soon as it can be opened.

    Raises:
      TryOnError: the port can't be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(128)
        except OSError as error:
            raise TryOnError(f"can't listen on {host}:{port} ({error}): choose another with --port") from error
        shown = f"[{host}]" if ":" in host else host
        print(f"http://{shown}:{listening.getsockname()[1]}/", flush=True)
        config = uvicorn.Config(
            make_app(here), log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listening])
