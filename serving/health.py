"""The health service, without the deadlock of grpcio-health-checking's own.

That one sends a status to those who watch while it holds its lock, and sending waits for gRPC's serving thread. The
same thread tells it that a watcher has left, for which it wants the lock: who leaves while a status is sent would stop
the server for ever, its end included, which begins with a status.
"""

# grpc's handlers come without types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from grpc_health.v1 import health


class Health(health.HealthServicer):
    """Forgets a watcher in a thread of its own, so that gRPC's never waits for the lock."""

    def Watch(  # noqa: N802
        self, request: Any, context: Any, send_response_callback: Callable[[Any], None] | None = None
    ) -> Any:
        """Sends the status, and each later one, until the caller leaves.

        gRPC gives `send_response_callback` to a handler that keeps no thread while it waits.
        """
        watch: Any = super().Watch  # its types don't know the callback
        return watch(request, _Leaving(context), send_response_callback)


class _Leaving:
    """A call's context as `HealthServicer.Watch` needs it: only what is to be done when the caller leaves."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def add_callback(self, callback: Callable[[], None]) -> bool:
        def elsewhere() -> None:
            threading.Thread(target=callback, name="health", daemon=True).start()

        return self._context.add_callback(elsewhere)
