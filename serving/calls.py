"""What the synchronous and the asynchronous client share: targets, requests made, errors named."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any, NamedTuple

import grpc
import numpy as np

from tf_tryon.errors import TryOnError
from tf_tryon.models.background import KEEP
from tf_tryon.serving import messages
from tf_tryon.serving.answers import Answer
from tf_tryon.serving.encoded_person import EncodedPerson, to_png
from tf_tryon.serving.tensors import to_proto
from tf_tryon.serving.validation import InvalidRequestError
from tf_tryon.stages import STAGES

# An answer of many large pictures is larger than gRPC's own limit of 4 MiB.
MAX_MESSAGE = 256 << 20
_RECONNECT = 5000  # ms; gRPC's own two minutes would keep a client waiting long after its server is back
_RETRY = {
    "maxAttempts": 5,
    "initialBackoff": "0.2s",
    "maxBackoff": "5s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],  # nothing else is worth a second try
}
_NO_LABEL = "Unrecognized servable version label"  # TF-Serving's INVALID_ARGUMENT, of which no request is to blame
_ADVICE = {
    grpc.StatusCode.NOT_FOUND: "which versions and labels there are is said by the server's models.config",
    grpc.StatusCode.UNAVAILABLE: "is the server running there?",
    grpc.StatusCode.DEADLINE_EXCEEDED: "ask for fewer samples, or give it a longer deadline",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "try again later, or run more replicas",
}


class ServingError(TryOnError):
    """The server didn't answer; `code` is gRPC's."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class Methods(NamedTuple):
    """The remote methods that a client calls; of a synchronous or an asynchronous channel."""

    predict: Any
    status: Any
    health: Any

    @classmethod
    def of(cls, channel: Any) -> Methods:
        """A channel's."""
        return cls(
            channel.unary_unary(
                messages.PREDICT, messages.PredictRequest.SerializeToString, messages.PredictResponse.FromString
            ),
            channel.unary_unary(
                messages.GET_MODEL_STATUS,
                messages.GetModelStatusRequest.SerializeToString,
                messages.GetModelStatusResponse.FromString,
            ),
            channel.unary_unary(
                messages.HEALTH_CHECK,
                messages.HealthCheckRequest.SerializeToString,
                messages.HealthCheckResponse.FromString,
            ),
        )


@dataclasses.dataclass(frozen=True)
class Target:
    """Which model of which server.

    Attributes:
      address: HOST:PORT; dns:///NAME:PORT spreads calls over all addresses of a name.
      model: its name.
      label: version by label; empty: by number, or the newest.
      version: by number; 0: not.
      deadline: seconds for a call with all its retries.
      tls: speak TLS.
      ca, certificate, key: PEM files: of who signed the server's certificate (else the system's), and the client's own.

    Raises:
      ValueError: a certificate without its key, or a key without its certificate.
    """

    address: str = "localhost:8500"
    model: str = "tryon"
    label: str = "stable"
    version: int = 0
    deadline: float = 60.0
    tls: bool = False
    ca: str = ""
    certificate: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("a client's certificate goes with its key: give both, or neither")

    def options(self) -> list[tuple[str, Any]]:
        """Of the channel: message sizes, retries with back-off and jitter."""
        service: dict[str, Any] = {
            "methodConfig": [{"name": [{}], "retryPolicy": _RETRY}],
            "loadBalancingConfig": [{"round_robin": {}}],  # over the addresses of dns:///NAME:PORT
        }
        return [
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.max_send_message_length", MAX_MESSAGE),
            ("grpc.enable_retries", 1),
            ("grpc.per_rpc_retry_buffer_size", MAX_MESSAGE),  # else what is larger than 256 KiB is sent only once
            ("grpc.max_reconnect_backoff_ms", _RECONNECT),
            ("grpc.service_config", json.dumps(service)),
        ]

    def credentials(self) -> grpc.ChannelCredentials | None:
        """For TLS, or None."""
        if not (self.tls or self.ca or self.certificate):
            return None
        parts = [pathlib.Path(path).read_bytes() if path else None for path in (self.ca, self.key, self.certificate)]
        return grpc.ssl_channel_credentials(*parts)

    def fill(self, spec: Any, signature: str = "") -> None:
        """A request's ModelSpec."""
        spec.name, spec.signature_name = self.model, signature
        if self.version:
            spec.version.value = self.version
        elif self.label:
            spec.version_label = self.label

    def predict_request(
        self, signature: str, inputs: dict[str, np.ndarray], outputs: tuple[str, ...], version: int = 0
    ) -> Any:
        """A PredictRequest; `version` takes the place of the target's own version or label, 0 doesn't."""
        request = messages.PredictRequest()
        target = dataclasses.replace(self, version=version) if version else self
        target.fill(request.model_spec, signature)
        for name, array in inputs.items():
            request.inputs[name].CopyFrom(to_proto(array))
        request.output_filter.extend(outputs)
        return request

    def status_request(self) -> Any:
        request = messages.GetModelStatusRequest()
        request.model_spec.name = self.model
        return request

    def error(self, failure: grpc.RpcError) -> Exception:
        """The exception to raise for a failed call."""
        code, details = failure.code(), failure.details() or ""
        if code == grpc.StatusCode.INVALID_ARGUMENT and _NO_LABEL in details:
            code = grpc.StatusCode.NOT_FOUND
        if code == grpc.StatusCode.INVALID_ARGUMENT:
            return InvalidRequestError(details)
        advice = f"; {_ADVICE[code]}" if code in _ADVICE else ""
        return ServingError(code, f"{self.address}: {code.name}: {details}{advice}")


@dataclasses.dataclass(frozen=True)
class CompletionRequest:
    """What is wanted of a completion.

    Attributes:
      garment: hat, top, bottom, shoes or dress, as the model knows.
      samples: how many.
      seed: sample k of a seed is always the same picture.
      first: number of the first sample: `first=8` goes on after eight.
      temperature: spread of the prior; 0: the likeliest.
      background: "keep" it; "studio": grey instead; "restore": grey for the networks, the photo's own in the result.
      keep_shape, keep_texture: sample 0's for all; `complete` then asks for that first.
    """

    garment: str = "top"
    samples: int = 8
    seed: int = 0
    first: int = 0
    temperature: float = 1.0
    background: str = KEEP
    keep_shape: bool = False
    keep_texture: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """Stages whose code is sample 0's for all samples."""
        return tuple(stage for stage, kept in (("shape", self.keep_shape), ("texture", self.keep_texture)) if kept)

    def only_first(self) -> CompletionRequest:
        """Sample 0 alone."""
        return dataclasses.replace(self, first=0, samples=1, keep_shape=False, keep_texture=False)

    def parts(self, step: int) -> list[CompletionRequest]:
        """Requests of at most `step` samples that together are this one."""
        starts = range(0, self.samples, step)
        return [
            dataclasses.replace(self, first=self.first + k, samples=min(step, self.samples - k)) for k in starts
        ] or [self]


class Call(NamedTuple):
    """One call: signature, inputs, and the part of the request that it answers.

    `version` is the one that has to answer; 0: the target's.
    """

    signature: str
    inputs: dict[str, np.ndarray]
    request: CompletionRequest
    version: int = 0


def person_inputs(person: EncodedPerson, garment: str) -> dict[str, np.ndarray]:
    """Inputs that every signature but the tensors' has."""
    return {
        "photo_bytes": strings(person.photo),
        "parsing_bytes": strings(person.parsing),
        "vocabulary": strings(person.vocabulary.encode()),
        "keypoints": np.asarray(person.keypoints, np.float32)[None],
        "garment": strings(garment.encode()),
    }


def request_inputs(person: EncodedPerson, request: CompletionRequest) -> dict[str, np.ndarray]:
    """Inputs of `complete` and `complete_shape`, and of all that sample."""
    return {
        **person_inputs(person, request.garment),
        "seed": np.array([request.seed], np.int64),
        "first": np.array([request.first], np.int64),
        "samples": np.array([request.samples], np.int32),
        "temperature": np.array([request.temperature], np.float32),
        "background": strings(request.background.encode()),
    }


def complete_calls(
    person: EncodedPerson, request: CompletionRequest, step: int, signature: str = "complete"
) -> list[Call]:
    """Calls of `complete` or `complete_shape`, of at most `step` samples each."""
    return [Call(signature, request_inputs(person, part), part) for part in request.parts(step)]


def texture_calls(
    person: EncodedPerson, shape: bytes | np.ndarray, request: CompletionRequest, step: int
) -> list[Call]:
    """Calls of `complete_texture`: `shape` is a parsing, as PNG or (h, w) uint8 classes."""
    given = {"shape_bytes": strings(shape if isinstance(shape, bytes) else to_png(shape))}
    return [Call("complete_texture", {**request_inputs(person, part), **given}, part) for part in request.parts(step)]


def transfer_calls(
    person: EncodedPerson,
    codes: dict[str, np.ndarray],
    use: tuple[str, ...],
    spread: float,
    request: CompletionRequest,
    step: int,
    version: int = 0,
) -> list[Call]:
    """Calls of `transfer`: `codes` of both stages, (h, w, c) each; a stage that isn't in `use` is drawn.

    A code means what it does to the `version` that it is of only; 0: whatever version answers.

    Raises:
      ValueError: `use` names no stage, or a code is missing.
    """
    if not use or set(use) - set(STAGES) or set(codes) != set(STAGES):
        raise ValueError(f"codes of {sorted(codes)}, use = {use!r}: give both stages' codes and use one or both")
    given = {"spread": np.array([spread], np.float32)}
    for stage in STAGES:
        given[f"{stage}_codes"] = np.asarray(codes[stage], np.float32)[None]
        given[f"use_{stage}"] = np.array([stage in use])
    return [Call("transfer", {**request_inputs(person, part), **given}, part, version) for part in request.parts(step)]


def kept_calls(person: EncodedPerson, first: Answer, request: CompletionRequest, step: int) -> list[Call]:
    """Calls of `transfer` with what a request keeps of sample 0, of the version that drew it."""
    return transfer_calls(person, first.code(0), request.kept, 0.0, request, step, first.version)


def apart(parts: list[Call], answers: list[Answer]) -> list[tuple[int, Call]]:
    """Places of the answers that another version gave than the last one did, and the calls that ask that one for them.

    A label may move on between the calls of a request, and samples of two models are neither one request's nor ranked
    by one score. The last answer's version is the likeliest to be there still.
    """
    version = answers[-1].version
    wrong = [k for k, answer in enumerate(answers) if answer.version != version]
    return [(k, parts[k]._replace(version=version)) for k in wrong]


def strings(value: bytes) -> np.ndarray:
    """(1,) object, a string as an input of one request."""
    array = np.empty(1, object)
    array[0] = value
    return array
