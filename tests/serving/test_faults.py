"""Whatever comes in, every good request between is answered right and the process lives."""

import threading
from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np
import pytest

from tf_tryon.serving import calls, messages
from tf_tryon.serving.client import Client, CompletionRequest

BAD = 1000


@pytest.fixture
def send(server: Any) -> Iterator[Any]:
    """A call that takes bytes for a message."""
    with grpc.insecure_channel(server.address, calls.Target().options()) as channel:
        yield channel.unary_unary(messages.PREDICT)


def _bad_requests(encoded: Any) -> Iterator[bytes]:
    """`BAD` messages, each wrong in one of many ways."""
    rng = np.random.default_rng(0)
    target = calls.Target()
    inputs = calls.request_inputs(encoded, CompletionRequest(samples=1))
    photo = encoded.photo

    def request(signature: str = "complete", **changes: Any) -> bytes:
        changed = {name: value for name, value in {**inputs, **changes}.items() if value is not None}
        return target.predict_request(signature, changed, ()).SerializeToString()

    def strings(value: bytes) -> np.ndarray:
        array = np.empty(1, object)
        array[0] = value
        return array

    def bomb() -> bytes:
        return photo[:16] + (60000).to_bytes(4, "big") * 2 + photo[24:]

    ways = [
        lambda: rng.bytes(rng.integers(1, 2000)),  # no message at all
        lambda: request()[: rng.integers(1, 200)],
        lambda: request(photo_bytes=strings(photo[: rng.integers(0, len(photo) - 1)])),
        lambda: request(photo_bytes=strings(photo[:60] + rng.bytes(40) + photo[100:])),
        lambda: request(photo_bytes=strings(bomb())),
        lambda: request(photo_bytes=strings(rng.bytes(500))),
        lambda: request(parsing_bytes=strings(photo)),
        lambda: request(keypoints=np.full((1, 18, 3), np.nan, np.float32)),
        lambda: request(keypoints=np.zeros((1, rng.integers(0, 18), 3), np.float32)),
        lambda: request(samples=np.array([rng.choice([-1, 0, 5, 1 << 30])], np.int32)),
        lambda: request(temperature=np.array([rng.choice([-1, np.nan, np.inf, 11])], np.float32)),
        lambda: request(seed=None),
        lambda: request(garment=strings(rng.bytes(20))),
        lambda: request("no such signature"),
        lambda: request("encode"),
    ]
    for k in range(BAD):
        yield ways[k % len(ways)]()


def test_a_thousand_bad_requests_between_good_ones(client: Client, send: Any, encoded: Any) -> None:
    wanted = CompletionRequest(samples=1, seed=11)
    right = client.complete(encoded, wanted).photos
    refused = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)
    for k, request in enumerate(_bad_requests(encoded)):
        with pytest.raises(grpc.RpcError) as failure:
            send(request, timeout=60)
        code, details = failure.value.code(), failure.value.details()
        assert code in refused, (k, code, details)
        assert "Traceback" not in details
        assert len(details) < 500
        if k % 100 == 0:
            assert client.complete(encoded, wanted).photos == right
    assert client.complete(encoded, wanted).photos == right


def test_bytes_that_are_no_message_are_the_callers_fault(server: Any) -> None:
    with grpc.insecure_channel(server.address) as channel:
        for method in (messages.PREDICT, messages.GET_MODEL_STATUS, messages.HEALTH_CHECK):
            with pytest.raises(grpc.RpcError) as failure:
                channel.unary_unary(method)(b"\xff\xff\xff", timeout=60)
            assert failure.value.code() == grpc.StatusCode.INVALID_ARGUMENT
            assert failure.value.details() == f"3 bytes that are no message of the method {method.rpartition('/')[2]}"


def test_codes_far_from_any_are_refused(server: Any, client: Client, encoded: Any) -> None:
    codes = client.encode(encoded, "top")
    for value in (np.nan, np.inf, 1e30):
        wrong = {**codes, "texture": np.full_like(codes["texture"], value)}
        with pytest.raises(calls.InvalidRequestError, match="texture_codes: must be finite numbers"):
            client.transfer(encoded, wrong, CompletionRequest(samples=1))
    far = {stage: np.full_like(code, 1e4) for stage, code in codes.items()}
    answer = client.transfer(encoded, far, CompletionRequest(samples=1))
    assert np.isfinite(answer.score).all()


def test_too_large_a_message_is_refused(client: Client, send: Any, encoded: Any) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        send(bytes(5 << 20), timeout=60)
    assert failure.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert client.ready()


def test_clients_that_go_away_leave_nothing_behind(
    server: Any, client: Client, encoded: Any, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that wait leave the queue though they set no deadline; the one that runs is finished and dropped."""
    right = client.complete(encoded, CompletionRequest(samples=1, seed=11)).photos
    inputs = calls.request_inputs(encoded, CompletionRequest(samples=4))
    request = calls.Target().predict_request("complete", inputs, ())
    free = threading.Event()
    with server.versions.use() as version:
        run = version.model.run
    monkeypatch.setattr(version.model, "run", lambda *given: (free.wait(60), run(*given))[1])
    for _ in range(3):
        with grpc.insecure_channel(server.address) as channel:
            method = channel.unary_unary(messages.PREDICT, messages.PredictRequest.SerializeToString)
            pending = [method.future(request) for _ in range(4)]
            wait_for(lambda: server._admission.waiting == 3)  # the first of all runs
            pending[0].cancel()  # the others lose their channel
        wait_for(lambda: server._admission.waiting == 0)
    assert version.users == 1
    free.set()
    wait_for(lambda: version.users == 0)
    assert client.complete(encoded, CompletionRequest(samples=1, seed=11)).photos == right
