"""A page over a server without a model, an annotator that sees whom a test wants, and people to send."""

import contextlib
import importlib
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image


class Seen:
    """In place of both annotators: the poses and labels that a test has put there, for any photo."""

    def __init__(self) -> None:
        self.poses: list[Any] = []
        self.labels = np.zeros((1, 1), np.uint8)
        self.confidences: dict[str, float] = {}
        self.look: Callable[[np.ndarray], list[Any]] = lambda photo: self.poses

    def show(self, made: dict[str, Any], people: int = 1, beyond: tuple[str, ...] = ()) -> bytes:
        """Sees a person of the root conftest, so many times; returns the photo as PNG, with cloth's noise."""
        from tf_tryon.annotation.annotation import Pose

        mask = (made["labels"] > 0).astype(np.float32)
        rows, columns = np.nonzero(mask)
        box = (float(rows.min()), float(columns.min()), float(rows.max() + 1), float(columns.max() + 1))
        self.poses = [Pose(made["keypoints"].astype(np.float32), mask, box, beyond)] * people
        self.labels = made["labels"]
        noise = np.random.default_rng(0).normal(0, 6, made["photo"].shape)
        return png(np.clip(made["photo"] + noise, 0, 255).astype(np.uint8))

    def annotator(self) -> Any:
        from tf_tryon.annotation.annotation import Parsing
        from tf_tryon.annotation.annotator import Annotator

        poses: Any = SimpleNamespace(annotate=lambda photo: self.look(photo), close=lambda: None)
        labels: Any = SimpleNamespace(annotate=lambda *given: Parsing(self.labels, "cihp20", self.confidences))
        return Annotator(poses, labels)


def png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def loaded() -> None:
    """What a page imports at its start, in the background: the first upload would wait for it."""
    importlib.import_module("tf_tryon.annotation.annotator")


@pytest.fixture
def seen(loaded: None) -> Seen:
    return Seen()


@pytest.fixture
def photo(seen: Seen, make_person: Callable[..., dict[str, Any]]) -> bytes:
    """A photo whose person is seen in it."""
    return seen.show(make_person(1, 256))


@pytest.fixture
def make_shop(seen: Seen) -> Callable[..., Any]:
    """(address, fields of Shop) -> a shop before that server."""
    from tf_tryon.serving.calls import Target
    from tf_tryon.serving.web.annotating import Annotating
    from tf_tryon.serving.web.sessions import Sessions
    from tf_tryon.serving.web.shop import Settings, Shop

    def make(address: str, deadline: float = 30.0, **fields: Any) -> Any:
        annotating = Annotating(seen.annotator)
        settings = fields.pop("settings", Settings(samples=4))
        return Shop(
            settings, Target(address, deadline=deadline), annotating, fields.pop("sessions", Sessions()), **fields
        )

    return make


@pytest.fixture
def shop(fake_server: Any, make_shop: Callable[..., Any]) -> Any:
    return make_shop(fake_server.address)


@pytest.fixture
def visitor(shop: Any) -> Iterator[Any]:
    """Starlette's client of a page over a server without a model."""
    yield from visiting(shop)


def visiting(shop: Any) -> Iterator[Any]:
    from starlette.testclient import TestClient

    from tf_tryon.serving.web.app import make_app

    with TestClient(make_app(shop)) as client:
        yield client


@pytest.fixture
def behind() -> Callable[[Any, str], Any]:
    """(app, prefix) -> an ASGI application that does what a reverse proxy does: takes the prefix off."""

    def proxied(app: Any, prefix: str) -> Any:
        async def proxy(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                path = scope["path"].removeprefix(prefix) if scope["path"].startswith(f"{prefix}/") else "/nowhere"
                scope = {**scope, "path": path, "raw_path": path.encode()}
            await app(scope, receive, send)

        return proxy

    return proxied


@pytest.fixture
def visit() -> Callable[[Any], Any]:
    """A context manager: a visitor of another shop."""
    return contextlib.contextmanager(visiting)


_watching: list[list[str]] = []


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event == "open":
        path, mode, flags = arguments
        writes = any(letter in (mode or "") for letter in "wax+") or bool((flags or 0) & (os.O_WRONLY | os.O_RDWR))
        if writes and not str(path).startswith("/dev/"):
            _watching[-1].append(str(path))


@pytest.fixture(scope="session")
def writes() -> Callable[[], Any]:
    """A context manager: the paths of all files that this process opens for writing meanwhile, of Python's own."""
    sys.addaudithook(_heard)  # can't be taken off again; it does nothing outside

    @contextlib.contextmanager
    def watching() -> Iterator[list[str]]:
        _watching.append([])
        try:
            yield _watching[-1]
        finally:
            _watching.pop()

    return watching


def cut_out(colour: tuple[int, int, int]) -> np.ndarray:
    """(60, 50, 4) uint8: a garment of one colour, its outline as alpha."""
    picture = np.zeros((60, 50, 4), np.uint8)
    picture[5:55, 8:42] = (*colour, 255)
    return picture


class Gate:
    """A call that has come waits until it is let through."""

    def __init__(self) -> None:
        self.came, self.open = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.came.set()
        assert self.open.wait(30)


@pytest.fixture
def meanwhile() -> Callable[..., Any]:
    """(gate, ask, act) -> what `ask` returns, though `act` is done while it waits at the gate."""

    def done(gate: Gate, ask: Callable[[], Any], act: Callable[[], Any]) -> Any:
        with futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            try:
                assert gate.came.wait(30)
                act()
            finally:
                gate.open.set()
            return asked.result()

    return done


@pytest.fixture
def gate() -> Gate:
    return Gate()


class FakeCatalogue:
    """Two tops: a red one with a price and a link, and a blue one with a link that is none."""

    model, folder, garments = "fake", "catalogue", {"top": 2}

    def __init__(self) -> None:
        from tf_tryon.shop.catalogue import Listed

        self.items = [
            Listed(0, "r1", "top", title="Red shirt", price="19.00", link="https://shop.example/r1"),
            Listed(1, "b1", "top", link="javascript:alert(1)"),
        ]

    def best(self, samples: Any, garment: str, top: int) -> list[Any]:
        from tf_tryon.shop.catalogue import Match

        return [Match(item, 1.0 - item.number) for item in self.items][:top]

    def product(self, item: Any) -> Any:
        from tf_tryon.products.product import Product

        cut = cut_out(((200, 20, 20), (20, 20, 200))[item.number])
        return Product(cut[..., :3], cut[..., 3] > 0, "top", item.id)


@pytest.fixture
def product_photo() -> Callable[[tuple[int, int, int]], bytes]:
    """(colour) -> a garment of that colour, cut out, as PNG."""
    return lambda colour: png(cut_out(colour))


@pytest.fixture
def products(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Products of a page, without networks; what is uploaded is taken for a T-shirt."""
    from tf_tryon.products import kinds
    from tf_tryon.serving.web.products import Products
    from tf_tryon.shop import codes

    shirt = dict.fromkeys(kinds.NAMES, 0.0) | {"T-Shirt": 1.0}
    monkeypatch.setattr(kinds, "probabilities", lambda photo, mask: shirt)
    monkeypatch.setattr(codes, "sampled_codes", lambda *_: np.zeros((24, 4), np.float32))
    catalogue: Any = FakeCatalogue()
    model: Any = SimpleNamespace(garments=("top", "bottom"))  # in place of networks
    return Products(lambda: model, catalogue, lambda: lambda photo: False)


class FakeServer:
    """TF-Serving's API without a model: a garment's texture code is its colour, its shape code its length in pixels.

    Who wears a product gets its mean colour.

    Attributes:
      fails: gRPC's code for every call, or None.
      gate: calls wait for it.
      calls: (signature, inputs) of all.
      cancelled: calls that the client gave up.
    """

    def __init__(self, port: int = 0) -> None:
        import grpc

        from tf_tryon.serving import messages

        self.fails: Any = None
        self.gate = threading.Event()
        self.gate.set()
        self.calls: list[tuple[str, dict[str, np.ndarray]]] = []
        self.cancelled = 0
        kinds = {
            messages.PREDICT: (self._predict, messages.PredictRequest, messages.PredictResponse),
            messages.GET_MODEL_STATUS: (self._status, messages.GetModelStatusRequest, messages.GetModelStatusResponse),
        }
        self._grpc = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        for path, (answer, request, response) in kinds.items():
            service, method = path.strip("/").split("/")
            handler = grpc.unary_unary_rpc_method_handler(answer, request.FromString, response.SerializeToString)
            self._grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
        self.port = self._grpc.add_insecure_port(f"127.0.0.1:{port}")
        self.address = f"127.0.0.1:{self.port}"
        self._grpc.start()

    def kill(self) -> None:
        self.gate.set()
        self._grpc.stop(0).wait()

    def _status(self, request: Any, context: Any) -> Any:
        from tf_tryon.serving import messages

        response = messages.GetModelStatusResponse()
        response.model_version_status.add(version=1, state=30)
        return response

    def _predict(self, request: Any, context: Any) -> Any:
        from tf_tryon.serving import messages
        from tf_tryon.serving.tensors import from_proto, to_proto

        inputs = {name: from_proto(proto) for name, proto in request.inputs.items()}
        signature = request.model_spec.signature_name
        self.calls.append((signature, inputs))
        while not self.gate.wait(0.02):
            if not context.is_active():
                self.cancelled += 1
                break
        if self.fails is not None:
            context.abort(self.fails, "as the test wants it")
        response = messages.PredictResponse()
        response.model_spec.version.value = 1
        for name, array in self._answer(signature, {name: array[0] for name, array in inputs.items()}).items():
            response.outputs[name].CopyFrom(to_proto(array[None]))
        return response

    @staticmethod
    def _answer(signature: str, given: dict[str, Any]) -> dict[str, np.ndarray]:
        from tf_tryon.data.vocabulary import CIHP20, GARMENT_CLASSES, slot_of

        photo = np.asarray(Image.open(io.BytesIO(given["photo_bytes"])).convert("RGB"))
        labels = CIHP20.table()[np.asarray(Image.open(io.BytesIO(given["parsing_bytes"])))]
        target = GARMENT_CLASSES[slot_of(given["garment"].decode())]
        worn = labels == target
        own = {
            "shape": np.full((2, 2, 3), worn.any(1).sum(), np.float32),
            "texture": np.full((2, 2, 3), photo[worn].mean(0) if worn.any() else 0, np.float32),
        }
        if signature == "encode":
            return {f"{stage}_codes": code for stage, code in own.items()}
        n = int(given["samples"])
        answer: dict[str, list[Any]] = {}
        for k in range(int(given["first"]), int(given["first"]) + n):
            rng = np.random.default_rng((int(given["seed"]), k))
            colour, length = rng.integers(30, 226, 3), int(own["shape"].max()) + int(rng.integers(-8, 9))
            if signature == "transfer" and given["use_texture"]:
                colour = given["texture_codes"][0, 0]
            if signature == "wear":
                colour = np.asarray(Image.open(io.BytesIO(given["cloth_bytes"]))).mean(axis=(0, 1))
            if signature == "transfer" and given["use_shape"]:
                length = int(given["shape_codes"].max())
            rows = np.arange(len(worn))[:, None]
            first = np.flatnonzero(worn.any(1))[0] if worn.any() else 0
            filled = (worn.any(0)[None] & (rows >= first) & (rows < first + length)) | worn
            picture, parsing = photo.copy(), np.where(filled, np.uint8(target), labels)
            picture[filled] = np.uint8(colour)
            for name, value in (
                ("photos_bytes", png(picture)),
                ("parsings_bytes", png(parsing)),
                ("shape_codes", np.full((2, 2, 3), length, np.float32)),
                ("texture_codes", np.broadcast_to(np.float32(colour), (2, 2, 3))),
                ("score", np.float32(rng.normal())),
            ):
                answer.setdefault(name, []).append(value)
        kinds = {name: object if name.endswith("_bytes") else np.float32 for name in answer}
        zeros, erased = np.zeros(n, np.float32), np.array(png(np.uint8(worn) * 255), object)
        arrays = {name: np.array(values, kinds[name]) for name, values in answer.items()}
        return {**arrays, "shape_score": zeros, "texture_score": zeros, "erased_bytes": erased}


@pytest.fixture
def fake_server() -> Iterator[FakeServer]:
    running = FakeServer()
    yield running
    running.kill()


@pytest.fixture
def restart() -> Iterator[Callable[[int], FakeServer]]:
    """(port) -> a server there, in a killed one's place."""
    running: list[FakeServer] = []

    def start(port: int) -> FakeServer:
        running.append(FakeServer(port))
        return running[-1]

    yield start
    for each in running:
        each.kill()
