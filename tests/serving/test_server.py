"""The embedded server through its client: what is promised to whoever calls it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import own_loop
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from tensorflow_serving.apis import get_model_metadata_pb2, prediction_service_pb2_grpc

from tf_tryon.export import warmup
from tf_tryon.serving import answers, calls
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.client import Client, CompletionRequest, InvalidRequestError
from tf_tryon.serving.encoded_person import from_picture


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
    assert {request.model_spec.signature_name for request in requests} == set(signatures.signature_def)


def test_samples_are_those_of_python(client: Client, model: Any, large_person: Any) -> None:
    """Of somebody who carries something before what is erased."""
    large_person.carried = np.zeros(large_person.size, bool)
    large_person.carried[80:90, 80:160] = True
    large_person.labels = np.where(large_person.carried, np.uint8(0), large_person.labels)
    encoded = calls.EncodedPerson.from_person(large_person)
    answer = client.complete(encoded, CompletionRequest(garment="bottom", samples=6, seed=3))
    expected = model.complete(large_person, "bottom", samples=6, seed=3)
    erased = from_picture(answer.erased) > 0
    np.testing.assert_array_equal(erased, expected.erased)
    assert not erased[large_person.carried].any()
    for k in range(6):
        np.testing.assert_array_equal(answer.photo(k)[~erased], large_person.photo[~erased])
        np.testing.assert_array_equal(answer.parsing(k)[~erased], large_person.labels[~erased])
    # Lanczos in TensorFlow and in Pillow differ by a level here and there.
    for stage in ("shape", "texture"):
        np.testing.assert_allclose(answer.codes[stage], expected.codes[stage], atol=0.05)
    assert np.mean([answer.parsing(k) != expected.parsings[k] for k in range(6)]) < 0.01
    assert sorted(answer.order) == list(range(6))
    assert answer.score[answer.order[0]] == answer.score.max()


@pytest.mark.parametrize("background", ["restore", "studio"])
def test_the_background_is_that_of_python(client: Client, model: Any, large_person: Any, background: str) -> None:
    """At a photo's own size, which is not the networks' input's."""
    assert large_person.size != model.size
    large_person.carried = np.zeros(large_person.size, bool)
    large_person.carried[85:95, 80:160] = True
    large_person.labels = np.where(large_person.carried, np.uint8(0), large_person.labels)
    encoded = calls.EncodedPerson.from_person(large_person)
    answer = client.complete(encoded, CompletionRequest(garment="bottom", samples=2, seed=3, background=background))
    expected = model.complete(large_person, "bottom", samples=2, seed=3, background=background)
    kept = model.complete(large_person, "bottom", samples=2, seed=3)
    assert expected.erased[large_person.carried].any() == (background == "studio")
    np.testing.assert_array_equal(from_picture(answer.erased) > 0, expected.erased)
    np.testing.assert_allclose(answer.codes["shape"], expected.codes["shape"], atol=0.05)
    for k in range(2):
        same = answer.parsing(k) == expected.parsings[k]
        apart = np.abs(answer.photo(k).astype(int) - expected.photos[k])[same]
        assert apart.mean() < 1
        assert np.abs(kept.photos[k].astype(int) - expected.photos[k])[same].mean() > 2 * apart.mean()


def test_samples_can_be_had_one_by_one_and_are_the_same(client: Client, encoded: Any) -> None:
    whole = client.complete(encoded, CompletionRequest(samples=4, seed=5))
    parts = list(client.stream(encoded, CompletionRequest(samples=2, seed=5, first=2)))
    assert [part.first for part in parts] == [2, 3]
    assert [part.photos[0] for part in parts] == whole.photos[2:]
    shapes = client.complete_shape(encoded, CompletionRequest(samples=2, seed=5))
    assert shapes.parsings == whole.parsings[:2]


def test_codes_go_out_and_in(client: Client, encoded: Any) -> None:
    whole = client.complete(encoded, CompletionRequest(samples=2, seed=5))
    codes = whole.code(1)
    again = client.transfer(encoded, codes, CompletionRequest(samples=1))
    np.testing.assert_array_equal(again.photo(0), whole.photo(1))
    near = client.transfer(encoded, codes, CompletionRequest(samples=2, seed=1), spread=0.1)
    parts = list(client.stream_transfer(encoded, codes, CompletionRequest(samples=2, seed=1), spread=0.1))
    assert [part.photos[0] for part in parts] == near.photos
    assert 0 < np.abs(near.codes["shape"] - codes["shape"]).max() < np.abs(np.diff(whole.codes["shape"], axis=0)).max()
    textures = client.transfer(encoded, codes, CompletionRequest(samples=2, seed=1), use=("shape",))
    assert textures.parsings[0] == textures.parsings[1] == whole.parsings[1]
    assert np.abs(np.diff(textures.codes["texture"], axis=0)).max() > 1e-3
    worn = client.encode(encoded, "top")
    assert worn["shape"].shape == codes["shape"].shape
    kept = client.complete(encoded, CompletionRequest(samples=3, seed=5, first=1, keep_texture=True))
    np.testing.assert_array_equal(kept.codes["texture"], np.repeat(whole.codes["texture"][:1], 3, axis=0))


def test_a_given_parsing_gets_textures(client: Client, encoded: Any) -> None:
    whole = client.complete(encoded, CompletionRequest(samples=1, seed=5))
    answer = client.complete_texture(encoded, whole.parsing(0), CompletionRequest(samples=2, seed=5))
    np.testing.assert_array_equal(answer.photo(0), whole.photo(0))
    assert answer.photos[0] != answer.photos[1]


def test_the_asynchronous_client_is_the_same(server: Any, client: Client, encoded: Any) -> None:
    async def ask() -> Any:
        async with AsyncClient(server.address) as other:
            assert await other.ready()
            with pytest.raises(InvalidRequestError, match="garment 'scarf'"):
                await other.complete(encoded, CompletionRequest(garment="scarf"))
            streamed = [part.photos[0] async for part in other.stream(encoded, CompletionRequest(samples=2))]
            return streamed, await other.complete(encoded, CompletionRequest(samples=5)), await other.status()

    streamed, whole, status = own_loop.run(ask())
    assert whole.photos == client.complete(encoded, CompletionRequest(samples=5)).photos
    assert streamed == whole.photos[:2]
    assert status == {1: "AVAILABLE"} == client.status()


def test_an_independent_client_gets_the_same(server: Any, client: Client, encoded: Any, tmp_path: Path) -> None:
    """In a process of its own: ovmsclient registers its protos under TensorFlow's names."""
    inputs = calls.request_inputs(encoded, CompletionRequest(samples=2, seed=5))
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
    assert done.stdout == client.complete(encoded, CompletionRequest(samples=2, seed=5)).photos[1]


def test_health_and_reflection(server: Any, client: Client) -> None:
    assert client.ready()
    with grpc.insecure_channel(server.address) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        (response,) = stub.ServerReflectionInfo(iter([request]))
    names = {service.name for service in response.list_services_response.service}
    assert {"tensorflow.serving.PredictionService", "tensorflow.serving.ModelService"} <= names


def test_the_pages_asks_are_answered_by_a_real_graph(server: Any, client: Client) -> None:
    from tf_tryon.serving.web import starts
    from tf_tryon.serving.web.page_request import PageRequest

    subject = starts.subject("3")
    subject.erased[100:120, 80:120] = True

    async def asked(**fields: Any) -> list[answers.Answer]:
        async def codes(_: PageRequest) -> dict[str, np.ndarray]:
            return await connected.encode(starts.subject("4").encoded("top"), "top")

        async with AsyncClient(server.address) as connected:
            ask = PageRequest.of({"garment": "top", "samples": 2, "seed": 5, **fields}, ("top",))
            return [answer async for answer in ask.answers(connected, subject, codes)]

    expected = client.complete(subject.encoded("top"), CompletionRequest(samples=2, seed=5))
    assert [answer.photos[0] for answer in own_loop.run(asked())] == expected.photos
    erased = from_picture(expected.erased) > 0
    assert erased[100:120, 80:120].all(), "what is painted lies inside the box"
    worn = own_loop.run(asked(source="person", key="4", use=["shape"]))
    assert (worn[0].parsing(0) == worn[1].parsing(0)).all()
