"""A watcher of health that leaves stops nobody."""

import threading
from collections.abc import Callable
from typing import Any

from grpc_health.v1 import health_pb2

from tf_tryon.serving.health import Health


class Context:
    """A call's, whose caller leaves by `leave`."""

    def __init__(self) -> None:
        self.leave: Callable[[], None] = lambda: None

    def add_callback(self, callback: Callable[[], None]) -> bool:
        self.leave = callback
        return True


def test_who_leaves_while_a_status_is_sent_is_not_waited_for() -> None:
    """As gRPC does: sending ends when its serving thread has gone through what came before, here another's leaving."""
    servicer, first, second = Health(), Context(), Context()
    sent: list[Any] = []

    def send(response: Any) -> None:
        if response is not None:
            serving = threading.Thread(target=first.leave, daemon=True)
            serving.start()
            serving.join(20)
            sent.append((response.status, serving.is_alive()))

    servicer.Watch(health_pb2.HealthCheckRequest(), first, lambda _: None)
    servicer.Watch(health_pb2.HealthCheckRequest(), second, send)
    assert sent == [(health_pb2.HealthCheckResponse.SERVING, False)]


def test_who_left_is_sent_nothing_more() -> None:
    servicer, context, left = Health(), Context(), threading.Event()
    sent: list[Any] = []

    def send(response: Any) -> None:
        sent.append(response)
        if response is None:
            left.set()

    servicer.Watch(health_pb2.HealthCheckRequest(), context, send)
    context.leave()
    assert left.wait(20)
    servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    assert [response and response.status for response in sent] == [health_pb2.HealthCheckResponse.SERVING, None]
