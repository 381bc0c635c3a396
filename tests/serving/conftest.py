"""A running server over the tiny model, and people to send to it."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def stub_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models whose version 1 answers `complete_shape` with nothing, and at once."""
    import tensorflow as tf

    from tf_tryon.export import deployment

    specs = {
        **dict.fromkeys(("photo_bytes", "parsing_bytes", "vocabulary", "garment", "background"), ("string", [None])),
        **dict.fromkeys(("seed", "first"), ("int64", [None])),
        "keypoints": ("float32", [None, 18, 3]), "samples": ("int32", [None]), "temperature": ("float32", [None]),
    }  # fmt: skip

    class Stub(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec(shape, dtype, name) for name, (dtype, shape) in specs.items()])
        def answer(self, *inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            size = tf.shape(inputs[0])[0]
            zeros = tf.zeros((size, 4))
            strings = {"parsings_bytes": tf.fill((size, 4), "PNG"), "erased_bytes": tf.fill((size,), "PNG")}
            return {**strings, "shape_codes": tf.zeros((size, 4, 2, 2, 3)), "shape_score": zeros, "score": zeros}

    folder = tmp_path_factory.mktemp("stub")
    version, stub = folder / "tryon" / "1", Stub()
    tf.saved_model.save(stub, str(version), signatures={"complete_shape": stub.answer})
    inputs = {name: {"dtype": dtype, "shape": shape} for name, (dtype, shape) in specs.items()}
    manifest = {
        "signatures": {"complete_shape": {"inputs": inputs}},
        "garments": ["top", "bottom"],
        "settings": {"width": 4, "max_pixels": 1 << 20},
    }
    (version / "manifest.json").write_text(json.dumps(manifest))
    deployment.label(folder, 1)
    return folder


class _Lent:
    """A model that all tests share: whoever has done with it leaves it open."""

    def __init__(self, model: Any) -> None:
        self.run, self.signatures = model.run, model.signatures

    def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def server(models: Path, loaded: Any) -> Iterator[Any]:
    """Shared: don't stop it."""
    from tf_tryon.serving import versions
    from tf_tryon.serving.server import Server, Settings

    running = Server(models, Settings(port=0, waiting=3, max_message=4 << 20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "SessionModel", lambda *_: _Lent(loaded))
        running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(server: Any) -> Iterator[Any]:
    from tf_tryon.serving.client import Client

    with Client(server.address) as connected:
        yield connected


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """(condition, seconds) -> returns when it holds."""

    def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.02)

    return wait


@pytest.fixture
def encoded(someone: Any) -> Any:
    from tf_tryon.serving.client import EncodedPerson

    return EncodedPerson.from_person(someone)
