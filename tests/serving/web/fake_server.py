"""The serving API without a model behind it."""

import io
import threading
from concurrent import futures
from typing import Any

import numpy as np
from PIL import Image

from tf_tryon.serving.encoded_person import to_png


class FakeServer:
    """TF-Serving's API without a model: a garment's texture code is its colour, its shape code its length in pixels.

    Who wears a product gets its mean colour.

    Attributes:
      fails: gRPC's code for every call, or None; with `details`.
      away: how many more calls are answered by UNAVAILABLE.
      versions: that answer by label, one call each; the last goes on. A number finds those that have answered.
      gate: calls wait for it.
      state: of the model's version.
      calls: (signature, inputs) of all.
      cancelled: calls that the client gave up.
    """

    def __init__(self, port: int = 0) -> None:
        import grpc

        from tf_tryon.serving import messages

        self.fails: Any = None
        self.details, self.state = "as the test wants it", "AVAILABLE"
        self.away = 0
        self.versions = [1]
        self._served: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.calls: list[tuple[str, dict[str, np.ndarray]]] = []
        self.cancelled = 0
        kinds = {
            messages.PREDICT: (self._predict, messages.PredictRequest, messages.PredictResponse),
            messages.GET_MODEL_STATUS: (self._status, messages.GetModelStatusRequest, messages.GetModelStatusResponse),
        }
        self._grpc = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        for path, (answer, request, response) in kinds.items():
            service, method = path.strip("/").split("/")
            handler = grpc.unary_unary_rpc_method_handler(answer, request.FromString, response.SerializeToString)
            self._grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
        self.port = self._grpc.add_insecure_port(f"127.0.0.1:{port}")
        self.address = f"127.0.0.1:{self.port}"
        self._grpc.start()

    def kill(self) -> None:
        self.gate.set()
        self._grpc.stop(0).wait()

    def _status(self, request: Any, context: Any) -> Any:
        from tf_tryon.serving import messages

        response = messages.GetModelStatusResponse()
        (state,) = (number for number, name in messages.STATES.items() if name == self.state)
        response.model_version_status.add(version=self.versions[0], state=state)
        return response

    def _predict(self, request: Any, context: Any) -> Any:
        import grpc

        from tf_tryon.serving import messages
        from tf_tryon.serving.tensors import from_proto, to_proto

        inputs = {name: from_proto(proto) for name, proto in request.inputs.items()}
        signature = request.model_spec.signature_name
        self.calls.append((signature, inputs))
        while not self.gate.wait(0.02):
            if not context.is_active():
                self.cancelled += 1
                break
        if self.fails is not None:
            context.abort(self.fails, self.details)
        if self.away:
            self.away -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, self.details)
        version = request.model_spec.version.value
        if version and version not in self._served:
            context.abort(grpc.StatusCode.NOT_FOUND, f"version {version} isn't served")
        if not version:
            version = self.versions.pop(0) if len(self.versions) > 1 else self.versions[0]
            self._served.add(version)
        response = messages.PredictResponse()
        response.model_spec.version.value = version
        for name, array in self._answer(signature, {name: array[0] for name, array in inputs.items()}).items():
            response.outputs[name].CopyFrom(to_proto(array[None]))
        return response

    @staticmethod
    def _answer(signature: str, given: dict[str, Any]) -> dict[str, np.ndarray]:
        from tf_tryon.data.vocabulary import CIHP20, GARMENT_CLASSES, slot_of

        photo = np.asarray(Image.open(io.BytesIO(given["photo_bytes"])).convert("RGB"))
        labels = CIHP20.table()[np.asarray(Image.open(io.BytesIO(given["parsing_bytes"])))]
        target = GARMENT_CLASSES[slot_of(given["garment"].decode())]
        worn = labels == target
        own = {
            "shape": np.full((2, 2, 3), worn.any(1).sum(), np.float32),
            "texture": np.full((2, 2, 3), photo[worn].mean(0) if worn.any() else 0, np.float32),
        }
        if signature == "encode":
            return {f"{stage}_codes": code for stage, code in own.items()}
        n = int(given["samples"])
        answer: dict[str, list[Any]] = {}
        for k in range(int(given["first"]), int(given["first"]) + n):
            rng = np.random.default_rng((int(given["seed"]), k))
            colour, length = rng.integers(30, 226, 3), int(own["shape"].max()) + int(rng.integers(-8, 9))
            if signature == "transfer" and given["use_texture"]:
                colour = given["texture_codes"][0, 0]
            if signature == "wear":
                colour = np.asarray(Image.open(io.BytesIO(given["cloth_bytes"]))).mean(axis=(0, 1))
            if signature == "transfer" and given["use_shape"]:
                length = int(given["shape_codes"].max())
            rows = np.arange(len(worn))[:, None]
            first = np.flatnonzero(worn.any(1))[0] if worn.any() else 0
            filled = (worn.any(0)[None] & (rows >= first) & (rows < first + length)) | worn
            picture, parsing = photo.copy(), np.where(filled, np.uint8(target), labels)
            picture[filled] = np.uint8(colour)
            for name, value in (
                ("photos_bytes", to_png(picture)),
                ("parsings_bytes", to_png(parsing)),
                ("shape_codes", np.full((2, 2, 3), length, np.float32)),
                ("texture_codes", np.broadcast_to(np.float32(colour), (2, 2, 3))),
                ("score", np.float32(rng.normal())),
            ):
                answer.setdefault(name, []).append(value)
        kinds = {name: object if name.endswith("_bytes") else np.float32 for name in answer}
        zeros, erased = np.zeros(n, np.float32), np.array(to_png(np.uint8(worn) * 255), object)
        arrays = {name: np.array(values, kinds[name]) for name, values in answer.items()}
        return {**arrays, "shape_score": zeros, "texture_score": zeros, "erased_bytes": erased}
