"""A page over a server without a model, an annotator that sees whom a test wants, and people to send."""

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fake_annotators import Seen
from fake_products import FakeCatalogue, cut_out
from fake_server import FakeServer

from tf_tryon.serving.encoded_person import to_png


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


@pytest.fixture
def product_photo() -> Callable[[tuple[int, int, int]], bytes]:
    """(colour) -> a garment of that colour, cut out, as PNG."""
    return lambda colour: to_png(cut_out(colour))


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
