"""A call may leave out its deadline, and have a larger answer than itself."""

import threading
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from tf_tryon.serving import calls, messages, validation
from tf_tryon.serving.batching import Batching
from tf_tryon.serving.client import Client, CompletionRequest
from tf_tryon.serving.server import Server, Settings


@pytest.mark.parametrize("most", [1, 4])
def test_calls_without_a_deadline_are_answered(stub_models: Path, encoded: Any, most: int) -> None:
    """Alone, and where the second waits for a batch that the first runs."""
    inputs = calls.request_inputs(encoded, CompletionRequest(samples=1))
    request = calls.Target().predict_request("complete_shape", inputs, ())
    settings = Settings(port=0, batching=Batching(most, 300_000))
    with Server(stub_models, settings) as server, grpc.insecure_channel(server.address) as channel:
        predict = channel.unary_unary(
            messages.PREDICT, messages.PredictRequest.SerializeToString, messages.PredictResponse.FromString
        )
        pending = [predict.future(request) for _ in range(2)]
        assert [answer.result(60).model_spec.version.value for answer in pending] == [1, 1]


def test_an_answer_may_be_larger_than_any_request(
    stub_models: Path, encoded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = {"erased_bytes": np.array([b"x" * (2 << 20)], object)}
    with Server(stub_models, Settings(port=0, max_message=1 << 20)) as server, Client(server.address) as client:
        with server.versions.use() as version:
            run = version.model.run
        monkeypatch.setattr(version.model, "run", lambda *given: {**run(*given), **large})
        assert client.complete_shape(encoded, CompletionRequest(samples=1)).erased == large["erased_bytes"][0]


def test_whom_the_queue_turns_away_costs_no_decoding(
    stub_models: Path, encoded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The labels of 12 megapixels take half a second of a processor, which a busy server has not."""
    inputs = calls.request_inputs(encoded, CompletionRequest(samples=1))
    request = calls.Target().predict_request("complete_shape", inputs, ())
    running, go_on, decoded = threading.Event(), threading.Event(), []
    check_people = validation.check_people
    monkeypatch.setattr(validation, "check_people", lambda *given: (decoded.append(1), check_people(*given)))
    settings = Settings(port=0, waiting=0)
    with Server(stub_models, settings) as server, grpc.insecure_channel(server.address) as channel:
        with server.versions.use() as version:
            run = version.model.run
        monkeypatch.setattr(version.model, "run", lambda *given: (running.set(), go_on.wait(60), run(*given))[-1])
        predict = channel.unary_unary(
            messages.PREDICT, messages.PredictRequest.SerializeToString, messages.PredictResponse.FromString
        )
        first = predict.future(request, timeout=60)
        assert running.wait(60)
        with pytest.raises(grpc.RpcError) as failure:
            predict(request, timeout=60)
        go_on.set()
        assert first.result(60).model_spec.version.value == 1
    assert failure.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert len(decoded) == 1
