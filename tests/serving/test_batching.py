"""Requests that share a batch: who does, what each gets, and what a wrong one does to the others."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from tf_tryon.serving import versions
from tf_tryon.serving.batching import Batcher, Batching, LateError
from tf_tryon.serving.client import Client, CompletionRequest, EncodedPerson
from tf_tryon.serving.server import Server, Settings


class _Model:
    """Answers each row by its double, and remembers what it ran."""

    def __init__(self) -> None:
        self.ran: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, inputs: dict[str, np.ndarray], deadline: float | None) -> dict[str, np.ndarray]:
        self.gate.wait(10)
        self.ran.append(inputs["x"].tolist())
        if (inputs["x"] < 0).any():
            raise ValueError("below zero")
        return {"y": 2 * inputs["x"]}


def _submitted(batcher: Batcher, model: _Model, values: list[list[int]], kinds: str = "") -> list[Any]:
    def one(number: int) -> Any:
        time.sleep(0.02 * number)  # in this order
        try:
            kind = kinds[number] if kinds else ""
            return batcher.run(kind, {"x": np.array(values[number])}, None, model)["y"].tolist()
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(values)) as threads:
        return list(threads.map(one, range(len(values))))


def test_a_full_batch_does_not_wait_for_its_window() -> None:
    model = _Model()
    began = time.monotonic()
    answers = _submitted(Batcher(Batching(4, 60_000_000), 1), model, [[1], [2, 3], [4]])
    assert time.monotonic() - began < 30
    assert answers == [[2], [4, 6], [8]]
    assert model.ran == [[1, 2, 3, 4]]


def test_a_batch_grows_while_others_run() -> None:
    model = _Model()
    model.gate.clear()
    threading.Timer(0.5, model.gate.set).start()
    assert _submitted(Batcher(Batching(8, 0), 1), model, [[i] for i in range(4)]) == [[0], [2], [4], [6]]
    assert model.ran == [[0], [1, 2, 3]]


def test_what_does_not_fit_goes_into_the_next() -> None:
    model = _Model()
    assert _submitted(Batcher(Batching(4, 300_000), 1), model, [[1, 2, 3], [4, 5], [6] * 9]) == [
        [2, 4, 6],
        [8, 10],
        [12] * 9,
    ]
    assert sorted(map(len, model.ran)) == [2, 3, 9]


def test_kinds_do_not_mix() -> None:
    model = _Model()
    assert _submitted(Batcher(Batching(4, 300_000), 1), model, [[1], [2], [3], [4]], "abab") == [[2], [4], [6], [8]]
    assert sorted(model.ran) == [[1, 3], [2, 4]]


def test_a_wrong_one_fails_alone() -> None:
    model = _Model()
    assert _submitted(Batcher(Batching(3, 5_000_000), 2), model, [[1], [-1], [3]]) == [[2], "below zero", [6]]
    assert model.ran[0] == [1, -1, 3]
    assert sorted(model.ran[1:]) == [[-1], [1], [3]]


def test_who_is_late_does_not_wait_for_the_others() -> None:
    batcher, model = Batcher(Batching(4, 1_000_000), 1), _Model()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(batcher.run, "", {"x": np.array([1])}, None, model)
        time.sleep(0.1)
        with pytest.raises(LateError):
            batcher.run("", {"x": np.array([2])}, time.monotonic() + 0.05, model)
        assert first.result()["y"] == [2]


def test_wrong_parameters_are_refused() -> None:
    for wrong in ((0, 0), (1, -1)):
        with pytest.raises(ValueError, match=r"max_batch_size = .*: at least 1 and 0"):
            Batching(*wrong)


class _Counted:
    """A model that another server has loaded, and will close: notes how many rows each run had."""

    def __init__(self, model: Any) -> None:
        self._model, self.signatures = model, model.signatures
        self.sizes: Counter[int] = Counter()

    def run(self, signature: str, inputs: dict[str, np.ndarray], *rest: Any) -> dict[str, np.ndarray]:
        self.sizes[len(next(iter(inputs.values())))] += 1
        return self._model.run(signature, inputs, *rest)

    def close(self) -> None:
        pass


def test_each_answer_has_the_bytes_that_it_has_alone(
    models: Path, server: Server, client: Client, someone: Any, large_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People of two sizes, both garments, other seeds and numbers of samples."""
    requests = [
        (EncodedPerson.from_person(person), CompletionRequest(garment=garment, samples=1 + seed % 2, seed=seed))
        for seed, (person, garment) in enumerate([(someone, "top"), (large_person, "bottom"), (someone, "bottom")])
    ]
    alone = [client.complete(*request).photos for request in requests]
    with server.versions.use() as version:
        counted = _Counted(version.model)  # to load it again would take a minute
    monkeypatch.setattr(versions, "SessionModel", lambda *_: counted)
    with Server(models, Settings(port=0, batching=Batching(3, 20_000_000))) as other:
        counted.sizes.clear()  # of the warm-up
        with Client(other.address) as together, ThreadPoolExecutor(3) as threads:
            actual = list(threads.map(lambda request: together.complete(*request).photos, requests))
    assert actual == alone
    assert counted.sizes[3] >= 1


def test_refusals_are_bounded_by_what_waits_and_what_a_batch_holds(stub_models: Path, someone: Any) -> None:
    """At twice what has room inside, exactly the rest is refused, and at once."""
    with Server(stub_models, Settings(port=0, waiting=2, batching=Batching(4, 0))) as server:
        gate = threading.Event()
        with server.versions.use() as version:
            run = version.model.run

            def slow(*arguments: Any) -> Any:
                gate.wait(30)
                return run(*arguments)

            version.model.run = slow
        codes: list[Any] = []

        def request(number: int) -> None:
            with Client(server.address) as client:
                try:
                    client.complete_shape(EncodedPerson.from_person(someone), CompletionRequest(samples=1, seed=number))
                    codes.append("answered")
                except Exception as error:
                    codes.append(getattr(error, "code", error))

        threads = [threading.Thread(target=request, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 20
        while len(codes) < 6 and time.monotonic() < end:
            time.sleep(0.01)
        assert codes == [grpc.StatusCode.RESOURCE_EXHAUSTED] * 6
        gate.set()
        for thread in threads:
            thread.join()
    assert codes[6:] == ["answered"] * 6
