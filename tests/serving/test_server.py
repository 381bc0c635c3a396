"""The embedded server through its client: what is promised to whoever calls it."""

import asyncio
import dataclasses
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from tensorflow_serving.apis import get_model_metadata_pb2, prediction_service_pb2_grpc

from tf_tryon.export import deployment, warmup
from tf_tryon.serving import calls
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.client import Ask, Client, InvalidRequestError, ServingError, Target
from tf_tryon.serving.server import Server, Settings


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_every_warm_up_record_is_answered(models: Path, server: Any) -> None:
    requests = warmup.read(models / "tryon" / "1")
    with grpc.insecure_channel(server.address) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        for request in requests:
            response = stub.Predict(request, timeout=120)
            assert response.outputs
            assert response.model_spec.version.value == 1
        metadata = stub.GetModelMetadata(
            get_model_metadata_pb2.GetModelMetadataRequest(
                model_spec=request.model_spec, metadata_field=["signature_def"]
            )
        )
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert metadata.metadata["signature_def"].Unpack(signatures)
    assert {request.model_spec.signature_name for request in requests} | {"serving_default"} == set(
        signatures.signature_def
    )


def test_samples_are_those_of_python(client: Client, model: Any, large_person: Any) -> None:
    wearer = calls.Wearer.from_person(large_person)
    answer = client.complete(wearer, Ask(garment="bottom", samples=6, seed=3))
    expected = model.complete(large_person, "bottom", samples=6, seed=3)
    erased = calls.from_picture(answer.erased) > 0
    np.testing.assert_array_equal(erased, expected.erased)
    for k in range(6):
        np.testing.assert_array_equal(answer.photo(k)[~erased], large_person.photo[~erased])
        np.testing.assert_array_equal(answer.parsing(k)[~erased], large_person.labels[~erased])
    # Lanczos in TensorFlow and in Pillow differ by a level here and there.
    for stage in ("shape", "texture"):
        np.testing.assert_allclose(answer.codes[stage], expected.codes[stage], atol=0.05)
    assert np.mean([answer.parsing(k) != expected.parsings[k] for k in range(6)]) < 0.01
    assert sorted(answer.order) == list(range(6))
    assert answer.score[answer.order[0]] == answer.score.max()


def test_samples_can_be_had_one_by_one_and_are_the_same(client: Client, wearer: Any) -> None:
    whole = client.complete(wearer, Ask(samples=4, seed=5))
    parts = list(client.stream(wearer, Ask(samples=2, seed=5, first=2)))
    assert [part.first for part in parts] == [2, 3]
    assert [part.photos[0] for part in parts] == whole.photos[2:]
    shapes = client.complete_shape(wearer, Ask(samples=2, seed=5))
    assert shapes.parsings == whole.parsings[:2]


def test_codes_go_out_and_in(client: Client, wearer: Any) -> None:
    whole = client.complete(wearer, Ask(samples=2, seed=5))
    codes = whole.code(1)
    again = client.transfer(wearer, codes, Ask(samples=1))
    np.testing.assert_array_equal(again.photo(0), whole.photo(1))
    near = client.transfer(wearer, codes, Ask(samples=2, seed=1), spread=0.1)
    assert 0 < np.abs(near.codes["shape"] - codes["shape"]).max() < np.abs(np.diff(whole.codes["shape"], axis=0)).max()
    textures = client.transfer(wearer, codes, Ask(samples=2, seed=1), use=("shape",))
    assert textures.parsings[0] == textures.parsings[1] == whole.parsings[1]
    assert np.abs(np.diff(textures.codes["texture"], axis=0)).max() > 1e-3
    worn = client.encode(wearer, "top")
    assert worn["shape"].shape == codes["shape"].shape
    kept = client.complete(wearer, Ask(samples=3, seed=5, first=1, keep_texture=True))
    np.testing.assert_array_equal(kept.codes["texture"], np.repeat(whole.codes["texture"][:1], 3, axis=0))


def test_a_given_parsing_gets_textures(client: Client, wearer: Any) -> None:
    whole = client.complete(wearer, Ask(samples=1, seed=5))
    answer = client.complete_texture(wearer, whole.parsing(0), Ask(samples=2, seed=5))
    np.testing.assert_array_equal(answer.photo(0), whole.photo(0))
    assert answer.photos[0] != answer.photos[1]


def test_the_asynchronous_client_is_the_same(server: Any, client: Client, wearer: Any) -> None:
    async def ask() -> Any:
        async with AsyncClient(server.address) as other:
            assert await other.ready()
            with pytest.raises(InvalidRequestError, match="garment 'scarf'"):
                await other.complete(wearer, Ask(garment="scarf"))
            streamed = [part.photos[0] async for part in other.stream(wearer, Ask(samples=2))]
            return streamed, await other.complete(wearer, Ask(samples=5)), await other.status()

    streamed, whole, status = asyncio.run(ask())
    assert whole.photos == client.complete(wearer, Ask(samples=5)).photos
    assert streamed == whole.photos[:2]
    assert status == {1: "AVAILABLE"} == client.status()


def test_an_independent_client_gets_the_same(server: Any, client: Client, wearer: Any, tmp_path: Path) -> None:
    """In a process of its own: ovmsclient registers its protos under TensorFlow's names."""
    inputs = calls.ask_inputs(wearer, Ask(samples=2, seed=5))
    np.savez(tmp_path / "inputs.npz", **inputs)
    code = """
import sys, numpy as np
from ovmsclient import make_grpc_client
inputs = {k: v for k, v in np.load(sys.argv[2], allow_pickle=True).items()}
inputs = {k: v.tolist() if v.dtype == object else v for k, v in inputs.items()}
client = make_grpc_client(sys.argv[1])
assert client.get_model_status("tryon")[1]["state"] == "AVAILABLE"
assert "photo_bytes" in client.get_model_metadata("tryon")["inputs"]
outputs = client.predict(inputs, "tryon")
sys.stdout.buffer.write(outputs["photos_bytes"][0][1])
"""
    command = [sys.executable, "-W", "ignore", "-c", code, server.address, str(tmp_path / "inputs.npz")]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == client.complete(wearer, Ask(samples=2, seed=5)).photos[1]


def test_health_and_reflection(server: Any, client: Client) -> None:
    assert client.ready()
    with grpc.insecure_channel(server.address) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        (response,) = stub.ServerReflectionInfo(iter([request]))
    names = {service.name for service in response.list_services_response.service}
    assert {"tensorflow.serving.PredictionService", "tensorflow.serving.ModelService"} <= names


def test_deadlines_and_a_full_queue(server: Any, wearer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.versions.use() as version:
        run = version.model.run
    free, started = threading.Event(), threading.Semaphore(0)

    def slow(*arguments: Any, **options: Any) -> Any:
        started.release()
        assert free.wait(60)
        return run(*arguments, **options)

    monkeypatch.setattr(version.model, "run", slow)
    codes: list[Any] = []

    def call(deadline: float) -> None:
        with Client(Target(server.address, deadline=deadline)) as own:
            try:
                codes.append(own.complete(wearer, Ask(samples=1)).version)
            except ServingError as error:
                codes.append(error.code)

    threads = [threading.Thread(target=call, args=(60,)) for _ in range(4)]  # one runs, three wait
    threads[0].start()
    assert started.acquire(timeout=60)
    for thread in threads[1:]:
        thread.start()
    wait_for(lambda: server._admission.waiting == 3)
    call(60)
    assert codes == [grpc.StatusCode.RESOURCE_EXHAUSTED]
    free.set()
    for thread in threads:
        thread.join()
    assert codes[1:] == [1] * 4
    monkeypatch.undo()
    codes.clear()
    call(0.005)
    assert codes == [grpc.StatusCode.DEADLINE_EXCEEDED]


def test_a_new_version_a_canary_and_a_roll_back_drop_no_request(models: Path, wearer: Any, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    settings = Settings(port=0, poll=0.1)
    stop, answers = threading.Event(), []

    def load(address: str) -> None:
        with Client(address) as own:
            while not stop.is_set():
                answers.append(own.complete_shape(wearer, Ask(samples=1)).version)

    with Server(folder, settings) as server:
        thread = threading.Thread(target=load, args=(server.address,))
        thread.start()
        shutil.copytree(folder / "tryon" / "1", folder / ".2")
        (folder / ".2").replace(folder / "tryon" / "2")
        assert deployment.label(folder, 2) == {"stable": 1, "canary": 2}
        wait_for(lambda: server.versions.labels == {"stable": 1, "canary": 2})
        with Client(Target(server.address, label="canary")) as canary:
            assert canary.complete_shape(wearer, Ask(samples=1)).version == 2
        assert deployment.label(folder, 2, "stable") == {"stable": 2}
        wait_for(lambda: answers[-1:] == [2])
        assert sorted(server.versions.statuses()) == [1, 2]  # the former one waits for a roll-back
        deployment.label(folder, 1, "stable")
        wait_for(lambda: answers[-1] == 1)
        (folder / "models.config").write_text("nonsense {")
        (folder / "tryon" / "3").mkdir()
        time.sleep(0.3)
        deployment.label(models, 1)  # unrelated
        stop.set()
        thread.join()
        assert server.versions.ready
    changes = [version for k, version in enumerate(answers) if k == 0 or answers[k - 1] != version]
    assert changes == [1, 2, 1]


def test_a_version_that_cannot_be_loaded_is_reported_and_the_rest_serves(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    (folder / "models.config").unlink()
    with Server(folder, Settings(port=0, poll=0.05)) as server, Client(server.address) as client:
        broken = folder / "tryon" / "2"
        broken.mkdir()
        (broken / "manifest.json").write_text(json.dumps({}))
        wait_for(lambda: client.status().get(2) == "END")
        assert client.status()[1] == "AVAILABLE"
        assert server.versions.labels == {"stable": 1}


def test_a_stopping_server_finishes_what_is_under_way(models: Path, wearer: Any) -> None:
    server = Server(models, Settings(port=0))
    server.start()
    answers = []

    def call() -> None:
        with Client(server.address) as own:
            answers.append(own.complete(wearer, Ask(samples=4)))

    with server.versions.use() as version:
        thread = threading.Thread(target=call)
        thread.start()
        wait_for(lambda: version.users == 2)
    server.stop()
    thread.join()
    assert len(answers[0].photos) == 4
    with Client(dataclasses.replace(Target(server.address), deadline=2)) as late:
        assert not late.ready()
