"""Streams of health keep no thread, however many watch."""

from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tf_tryon.serving.client import Client, CompletionRequest
from tf_tryon.serving.server import Server, Settings


def test_watchers_take_nobodys_place(stub_models: Path, encoded: Any) -> None:
    with Server(stub_models, Settings(port=0, waiting=1)) as server, grpc.insecure_channel(server.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        watchers = [stub.Watch(health_pb2.HealthCheckRequest()) for _ in range(server.threads + 1)]
        assert {next(watcher).status for watcher in watchers} == {health_pb2.HealthCheckResponse.SERVING}
        with Client(server.address) as client:
            assert client.ready()
            assert client.complete_shape(encoded, CompletionRequest(samples=1)).version == 1
        for watcher in watchers:
            watcher.cancel()
