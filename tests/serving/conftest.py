"""A running server over the tiny model, and people to send to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def server(models: Path) -> Iterator[Any]:
    """Shared: don't stop it."""
    from tf_tryon.serving.server import Server, Settings

    with Server(models, Settings(port=0, waiting=3, max_message=4 << 20)) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: Any) -> Iterator[Any]:
    from tf_tryon.serving.client import Client

    with Client(server.address) as connected:
        yield connected


@pytest.fixture
def wearer(someone: Any) -> Any:
    from tf_tryon.serving.client import Wearer

    return Wearer.from_person(someone)
