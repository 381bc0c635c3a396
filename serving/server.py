"""The embedded server: TF-Serving's gRPC API on one process of a laptop or of a test.

It isn't TF-Serving: Python answers each call, there is no REST, and nobody has
run it for years. docs/serving.md says when to move; clients, models and configuration stay as they are.
"""

# Generated protos come without types.
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
import logging
import pathlib
import threading
import time
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from tensorflow_serving.apis import (
    model_service_pb2_grpc,
    prediction_service_pb2_grpc,
)

from tf_tryon.errors import TryOnError
from tf_tryon.logs import fields
from tf_tryon.serving.admission import Admission
from tf_tryon.serving.batching import Batcher, Batching
from tf_tryon.serving.calls import MAX_MESSAGE
from tf_tryon.serving.health import Health
from tf_tryon.serving.listening import Address, listen
from tf_tryon.serving.read_inside import ReadInside
from tf_tryon.serving.services import ModelService, PredictionService
from tf_tryon.serving.versions import Versions

_log = logging.getLogger(__name__)

PREDICTION, MODEL = "tensorflow.serving.PredictionService", "tensorflow.serving.ModelService"
_SPARE = 16  # threads for calls that need no model, so that a full queue still answers "full"


@dataclasses.dataclass(frozen=True)
class Settings:
    """Of a server.

    Attributes:
      host, port: to listen on; port 0 takes a free one.
      model: name of the model, a folder of the models' folder.
      running: batches that run at once; of one request where none is shared.
      waiting: requests that may wait for a place.
      batching: which requests share a batch.
      threads: of a model's session; 0: all cores.
      max_message: bytes of a request. An answer may be as large as our client receives: samples outgrow their photo.
      max_pixels: lowers the model's own bound of a photo; 0: doesn't.
      poll: seconds between looks for new versions.
      certificate, key: PEM files; with them the server speaks TLS.
      client_ca: PEM file; with it clients must show a certificate signed by it.
    """

    host: str = "localhost"
    port: int = 8500
    model: str = "tryon"
    running: int = 1
    waiting: int = 32
    batching: Batching = dataclasses.field(default_factory=Batching)
    threads: int = 0
    max_message: int = 64 << 20
    max_pixels: int = 0
    poll: float = 2.0
    certificate: str = ""
    key: str = ""
    client_ca: str = ""

    def __post_init__(self) -> None:
        if self.running < 1 or self.waiting < 0:
            raise ValueError(f"running = {self.running}, waiting = {self.waiting}: at least 1 and 0")
        if bool(self.certificate) != bool(self.key) or (self.client_ca and not self.key):
            raise ValueError("TLS needs both certificate and key; client_ca comes on top of them")


class Server:
    """Serves one model's folder until it is stopped.

    Example:
      with Server("models", Settings(port=0)) as server:
          Client(server.address)

    Raises (start):
      TryOnError: there is no version that can be served, or the address can't be listened on.
    """

    def __init__(self, models: str | pathlib.Path, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.versions = Versions(
            pathlib.Path(models), self.settings.model, self.settings.threads, self.settings.max_pixels
        )
        self._inside = self.settings.running * self.settings.batching.max_batch_size
        self._admission = Admission(self._inside, self.settings.waiting)
        self.threads = self._inside + self.settings.waiting + _SPARE  # calls that are answered at once
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="versions", daemon=True)
        self._health = Health()
        self._grpc: grpc.Server | None = None
        self.address = ""

    def start(self) -> None:
        """Loads the models, then listens."""
        settings = self.settings
        base = pathlib.Path(self.versions.folder)
        if not base.is_dir():
            raise TryOnError(f"{base} is no folder: make it with `tf-tryon export saved-model --out {base.parent}`")
        self.versions.refresh()
        if not self.versions.ready:
            reasons = [f"version {n}: {text}" for n, (_, text) in sorted(self.versions.statuses().items()) if text]
            reasons += [self.versions.trouble] if self.versions.trouble else []
            raise TryOnError(f"{base}: no version to serve" + "".join(f"; {reason}" for reason in reasons))
        server = grpc.server(
            futures.ThreadPoolExecutor(self.threads, thread_name_prefix="call"),
            interceptors=[ReadInside()],
            maximum_concurrent_rpcs=self.threads,
            options=[
                ("grpc.max_receive_message_length", settings.max_message),
                ("grpc.max_send_message_length", max(settings.max_message, MAX_MESSAGE)),
                ("grpc.so_reuseport", 0),  # a taken port is an error, not a shared one
            ],
        )
        batcher = Batcher(settings.batching, settings.running)
        service = PredictionService(self.versions, self._admission, batcher)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, server)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(ModelService(self.versions), server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = [PREDICTION, MODEL, health.SERVICE_NAME, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, server)
        address = Address(settings.host, settings.port, settings.certificate, settings.key, settings.client_ca)
        self.address = listen(server, address)
        for name in ("", PREDICTION, MODEL):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        server.start()
        self._grpc = server
        self._watcher.start()
        _log.info("listening on %s", self.address, extra=fields(address=self.address))

    def stop(self, grace: float = 30.0) -> None:
        """Takes no new calls, finishes those under way within `grace` seconds, unloads. Safe to call twice.

        What isn't finished then, in the graph or in the loading of a new version, is given up.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        end = time.monotonic() + grace
        self._health.enter_graceful_shutdown()
        if self._grpc is not None:
            self._grpc.stop(grace).wait()
        self.versions.close(max(0.0, end - time.monotonic()))
        if self._watcher.is_alive():
            self._watcher.join(max(1.0, end - time.monotonic()))

    def wait(self) -> None:
        """Until `stop`."""
        while not self._stopping.wait(0.5):
            pass

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self) -> None:
        while not self._stopping.wait(self.settings.poll):
            self.versions.refresh()
