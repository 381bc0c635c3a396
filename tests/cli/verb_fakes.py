"""Stand-ins for networks and servers, which refuse what the real ones refuse."""

from types import SimpleNamespace
from typing import Any

import numpy as np

PNG = b"\x89PNG picture"


class FakeTryOn:
    """In place of trained networks."""

    size, garments, model = (64, 64), ("top", "bottom"), "none"
    shape = texture = SimpleNamespace(size=(64, 64), digest="", judges=False)

    def answer(self, person: Any, request: Any) -> Any:
        from tf_tryon.inference.completion import Completion

        request.check_person(person, self.garments)
        many = np.repeat(person.photo[None], request.samples, 0), np.repeat(person.labels[None], request.samples, 0)
        codes = {"texture": np.zeros((request.samples, 1, 1, 1))}
        scores = {"texture": np.zeros(request.samples)}
        return Completion(person, person.labels == 5, *many, codes, scores, request, self.model)

    def complete(self, person: Any, garment: str, **options: Any) -> Any:
        from tf_tryon.inference.request import Request

        return self.answer(person, Request(garment, **options))


class FakeClient:
    """In place of a server."""

    def __init__(self, target: Any) -> None:
        del target

    def __enter__(self) -> "FakeClient":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def complete(self, person: Any, request: Any) -> Any:
        from tf_tryon.serving import validation
        from tf_tryon.serving.answers import Answer
        from tf_tryon.serving.calls import request_inputs

        inputs = request_inputs(person, request)
        specs = {name: (array.dtype, (None, *array.shape[1:])) for name, array in inputs.items()}
        limits = validation.Limits({"complete": specs}, FakeTryOn.garments, width=8, max_pixels=1 << 22)
        validation.check("complete", inputs, limits)
        validation.check_people(inputs, limits)
        many, zeros = [PNG] * request.samples, np.zeros((request.samples, 1))
        return Answer(0, many, many, {"shape": zeros}, {"shape": zeros[:, 0]}, zeros[:, 0], PNG, 1)


class FakePhoneStage:
    """In place of an exported file."""

    sidecar = {"sha256": ""}  # noqa: RUF012
    contract = SimpleNamespace(height=64, width=64, code_scale=1.0)

    def __init__(self, *_: Any) -> None:
        pass

    def inputs(self, person: Any, garment: str) -> Any:
        from tf_tryon.inference.request import check_garment, check_wears

        if person.size != (self.contract.height, self.contract.width):
            raise ValueError(f"the picture is {person.size}")
        check_garment(garment, FakeTryOn.garments)
        check_wears(person, garment)
        return SimpleNamespace(visible=(person.labels != 5).astype(np.float32), labels=person.labels)

    def encode(self, inputs: Any) -> Any:
        return inputs

    def noise(self, seed: int, k: int) -> np.ndarray:
        return np.zeros((1, 1), np.float32)

    def sample(self, encoded: Any, noise: np.ndarray, temperature: float) -> np.ndarray:
        return noise

    def labels(self, inputs: Any, codes: np.ndarray) -> np.ndarray:
        return inputs.labels


def no_networks(given: Any) -> None:
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.lite.tryon import TryOn as Lite

    given.patch.setattr(TryOn, "load", lambda *_, **__: FakeTryOn())
    given.patch.setattr(Lite, "load", lambda *_, **__: FakeTryOn())
