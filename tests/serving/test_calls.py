"""What the clients make of a server that is away, has no health service, changes its model or doesn't know a label."""

from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np
import own_loop
import pytest
from fake_server import FakeServer

from tf_tryon.serving import calls
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.client import Client, CompletionRequest, ServingError, Target


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    running = FakeServer()
    yield running
    running.kill()


def _asked(asynchronous: bool, address: str, method: str, *given: Any, **options: Any) -> Any:
    """What one or the other client's method returns."""

    async def ask() -> Any:
        async with AsyncClient(address, **options) as client:
            return await getattr(client, method)(*given)

    if asynchronous:
        return own_loop.run(ask())
    with Client(address, **options) as client:
        return getattr(client, method)(*given)


both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


def test_a_large_request_is_tried_again_too(fake: FakeServer, encoded: Any) -> None:
    fake.away = 2
    large = np.empty(1, object)
    large[0] = bytes(1 << 20)
    inputs = {**calls.request_inputs(encoded, CompletionRequest(samples=1)), "more": large}
    with Client(Target(fake.address, deadline=20)) as client:
        outputs, _ = client.predict("complete", inputs)
    assert outputs["score"].shape == (1, 1)
    assert len(fake.calls) == 3


@both
def test_a_server_without_a_health_service_is_ready_when_a_version_is(fake: FakeServer, asynchronous: bool) -> None:
    assert _asked(asynchronous, fake.address, "ready")
    fake.state = "LOADING"
    assert not _asked(asynchronous, fake.address, "ready")


@both
def test_calls_of_one_answer_are_one_versions(fake: FakeServer, encoded: Any, asynchronous: bool) -> None:
    """A label moves on after the first of three calls: that one is asked again."""
    fake.versions = [1, 2]
    request = CompletionRequest(samples=3, seed=4)
    answer = _asked(asynchronous, fake.address, "complete", encoded, request, step=1)
    assert (answer.version, len(answer.photos), len(fake.calls)) == (2, 3, 4)
    again = _asked(asynchronous, fake.address, "complete", encoded, request, step=3)
    np.testing.assert_array_equal(answer.score, again.score)


@both
def test_what_is_kept_is_its_versions(fake: FakeServer, encoded: Any, asynchronous: bool) -> None:
    fake.versions = [1, 2]
    request = CompletionRequest(samples=2, keep_shape=True)
    assert _asked(asynchronous, fake.address, "complete", encoded, request).version == 1


@pytest.mark.parametrize("wrong", [{"certificate": "c.pem"}, {"key": "k.pem"}])
def test_a_certificate_without_its_key_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="certificate goes with its key: give both, or neither"):
        Target("localhost:1", tls=True, **wrong)


def test_an_unknown_label_is_no_fault_of_the_request(fake: FakeServer, encoded: Any) -> None:
    fake.fails, fake.details = grpc.StatusCode.INVALID_ARGUMENT, "Unrecognized servable version label: stable"
    with Client(fake.address) as client, pytest.raises(ServingError, match=r"label: stable; .*models\.config") as error:
        client.complete(encoded)
    assert error.value.code == grpc.StatusCode.NOT_FOUND
