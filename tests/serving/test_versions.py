"""The embedded server around the model: queue, deadlines, versions, labels, stopping. A stub stands for the model."""

import json
import shutil
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.export import deployment
from tf_tryon.serving import versions
from tf_tryon.serving.client import Client, CompletionRequest, ServingError, Target
from tf_tryon.serving.server import Server, Settings


def test_deadlines_and_a_full_queue(
    stub_models: Path, encoded: Any, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(stub_models, Settings(port=0, waiting=3))
    server.start()
    with server.versions.use() as version:
        run = version.model.run
    free, started = threading.Event(), threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        started.set()
        assert free.wait(60)
        return run(*arguments, **options)

    monkeypatch.setattr(version.model, "run", slow)
    codes: list[Any] = []

    def call(deadline: float) -> None:
        with Client(Target(server.address, deadline=deadline)) as own:
            try:
                codes.append(own.complete_shape(encoded, CompletionRequest(samples=1)).version)
            except ServingError as error:
                codes.append(error.code)

    threads = [threading.Thread(target=call, args=(60,)) for _ in range(4)]  # one runs, three wait
    threads[0].start()
    assert started.wait(60)
    for thread in threads[1:]:
        thread.start()
    wait_for(lambda: server._admission.waiting == 3)
    call(60)
    assert codes == [grpc.StatusCode.RESOURCE_EXHAUSTED]
    free.set()
    for thread in threads:
        thread.join()
    assert codes[1:] == [1] * 4
    free.clear()
    started.clear()  # or the late call may run in the holder's place, and both wait for a minute
    codes.clear()
    holder = threading.Thread(target=call, args=(60,))
    holder.start()
    assert started.wait(60)
    call(0.2)  # leaves the queue
    assert codes == [grpc.StatusCode.DEADLINE_EXCEEDED]
    wait_for(lambda: server._admission.waiting == 0)
    free.set()
    holder.join()
    server.stop()


def test_a_new_version_a_canary_and_a_roll_back_drop_no_request(
    stub_models: Path, encoded: Any, wait_for: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    shutil.copytree(stub_models, folder)
    settings = Settings(port=0, poll=0.1)
    stop, answers = threading.Event(), []

    def load(address: str) -> None:
        with Client(address) as own:
            while not stop.is_set():
                answers.append(own.complete_shape(encoded, CompletionRequest(samples=1)).version)

    with Server(folder, settings) as server:
        thread = threading.Thread(target=load, args=(server.address,))
        thread.start()
        shutil.copytree(folder / "tryon" / "1", folder / ".2")
        (folder / ".2").replace(folder / "tryon" / "2")
        assert deployment.label(folder, 2) == {"stable": 1, "canary": 2}
        wait_for(lambda: server.versions.labels == {"stable": 1, "canary": 2})
        with Client(Target(server.address, label="canary")) as canary:
            assert canary.complete_shape(encoded, CompletionRequest(samples=1)).version == 2
        assert deployment.label(folder, 2, "stable") == {"stable": 2}
        wait_for(lambda: answers[-1:] == [2])
        assert sorted(server.versions.statuses()) == [1, 2]  # the former one waits for a roll-back
        deployment.label(folder, 1, "stable")
        wait_for(lambda: answers[-1] == 1)
        (folder / "models.config").write_text("nonsense {")
        (folder / "tryon" / "3").mkdir()
        time.sleep(0.3)
        stop.set()
        thread.join()
        assert server.versions.ready
    changes = [version for k, version in enumerate(answers) if k == 0 or answers[k - 1] != version]
    assert changes == [1, 2, 1]


def test_a_version_that_cannot_be_loaded_is_reported_and_the_rest_serves(
    stub_models: Path, wait_for: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    shutil.copytree(stub_models, folder)
    (folder / "models.config").unlink()
    with Server(folder, Settings(port=0, poll=0.05)) as server, Client(server.address) as client:
        broken = folder / "tryon" / "2"
        broken.mkdir()
        (broken / "manifest.json").write_text(json.dumps({}))
        wait_for(lambda: client.status().get(2) == "END")
        assert client.status()[1] == "AVAILABLE"
        assert server.versions.labels == {"stable": 1}


def test_a_stopping_server_finishes_what_is_under_way(
    stub_models: Path, encoded: Any, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(stub_models, Settings(port=0))
    server.start()
    answers = []

    def call() -> None:
        with Client(server.address) as own:
            answers.append(own.complete_shape(encoded, CompletionRequest(samples=4)))

    with server.versions.use() as version:
        run = version.model.run
    started, free = threading.Event(), threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        started.set()
        assert free.wait(60)
        return run(*arguments, **options)

    monkeypatch.setattr(version.model, "run", slow)
    thread = threading.Thread(target=call)
    thread.start()
    assert started.wait(60)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    with Client(Target(server.address, deadline=5)) as late:
        wait_for(lambda: not late.ready())
    free.set()
    stopper.join()
    thread.join()
    assert len(answers[0].parsings) == 4


def test_the_end_does_not_wait_longer_than_its_grace(
    stub_models: Path, encoded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(stub_models, Settings(port=0))
    server.start()
    with server.versions.use() as version:
        pass
    started, free = threading.Event(), threading.Event()
    monkeypatch.setattr(version.model, "run", lambda *_: (started.set(), free.wait(60), {})[2])

    def call() -> None:
        with Client(Target(server.address, deadline=30)) as own, pytest.raises(ServingError):
            own.complete_shape(encoded, CompletionRequest(samples=1))

    thread = threading.Thread(target=call)
    thread.start()
    assert started.wait(60)
    began = time.monotonic()
    server.stop(0.2)
    assert time.monotonic() - began < 2
    free.set()
    thread.join()


def test_a_config_that_is_away_for_a_moment_promotes_no_canary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        (tmp_path / "tryon" / str(number)).mkdir(parents=True)
    deployment.label(tmp_path, 1)
    deployment.label(tmp_path, 2)
    monkeypatch.setattr(versions, "Version", lambda number, *_: SimpleNamespace(number=number, users=0))
    served = versions.Versions(tmp_path, "tryon")
    served.refresh()
    (tmp_path / "models.config").rename(tmp_path / "away")
    served.refresh()
    assert served.labels == {"stable": 1, "canary": 2}
    assert "it was there and is gone" in caplog.text
    (tmp_path / "away").rename(tmp_path / "models.config")
    served.refresh()
    assert not served.trouble


def test_versions_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "tryon" / "3").mkdir(parents=True)
    deployment.label(tmp_path, 3)
    (tmp_path / "tryon" / "3").rename(tmp_path / "tryon" / "1")
    with pytest.raises(TryOnError, match=r"no version to serve; .*models\.config: it asks for version 3 .*; there: 1$"):
        Server(tmp_path).start()


def test_what_cannot_be_served_is_an_error_at_the_start(stub_models: Path, tmp_path: Path) -> None:
    with pytest.raises(TryOnError, match="tf-tryon export saved-model"):
        Server(tmp_path / "nowhere").start()
    (tmp_path / "tryon" / "1").mkdir(parents=True)
    with pytest.raises(TryOnError, match=r"no version to serve; version 1: .*manifest.json"):
        Server(tmp_path).start()
    with Server(stub_models, Settings(port=0)) as server:
        port = int(server.address.rpartition(":")[2])
        with pytest.raises(TryOnError, match="is the port taken"):
            Server(stub_models, Settings(port=port)).start()
