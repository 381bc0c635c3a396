"""TF-Serving's two gRPC services over `Versions`: Predict and GetModelMetadata, GetModelStatus."""

# Generated protos come without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeStubs=false, reportAttributeAccessIssue=false

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import any_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from tf_tryon.export.session_model import DEFAULT
from tf_tryon.logs import fields
from tf_tryon.serving import validation
from tf_tryon.serving.admission import Admission, GoneError, QueueFullError
from tf_tryon.serving.batching import Batcher, LateError
from tf_tryon.serving.tensors import from_proto
from tf_tryon.serving.versions import NotServedError, Version, Versions

_log = logging.getLogger(__name__)

# gRPC tells some 300 years of a call without a deadline, more than TensorFlow's time limit and Python's locks can hold.
_FOREVER = threading.TIMEOUT_MAX / 2  # seconds
_DAMAGED = "a picture can't be decoded: the file is damaged or cut off"

Context = grpc.ServicerContext


class RefusedError(Exception):
    """A call that is answered by an error status."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """Every failure becomes a status with a sentence; what nobody expected is logged, and the process lives on."""

    @functools.wraps(method)
    def call(self: Any, request: Any, context: Context) -> Any:
        response, code, message = None, grpc.StatusCode.OK, ""
        began = time.monotonic()
        try:
            response = method(self, request, context)
        except RefusedError as error:
            code, message = error.code, str(error)
        except NotServedError as error:
            code, message = grpc.StatusCode.NOT_FOUND, str(error)
        except validation.InvalidRequestError as error:
            code, message = grpc.StatusCode.INVALID_ARGUMENT, str(error)
        except Exception as error:  # the last line of defence of a server
            details = fields(method=method.__name__)
            _log.exception("%s: %s: %s", method.__name__, type(error).__name__, error, extra=details)
            code, message = grpc.StatusCode.INTERNAL, "the server failed on this request; its log says why"
        details = fields(method=method.__name__, code=code.name, seconds=round(time.monotonic() - began, 4))
        _log.debug("%s: %s %s", method.__name__, code.name, message, extra=details)
        if response is None:
            context.abort(code, message)
        return response

    return call


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata.

    Args:
      versions: what is served.
      admission: the queue in front.
      batcher: of requests that were let in.
    """

    def __init__(self, versions: Versions, admission: Admission, batcher: Batcher) -> None:
        self._versions, self._admission, self._batcher = versions, admission, batcher

    @_guarded
    def Predict(  # noqa: N802
        self, request: predict_pb2.PredictRequest, context: Context
    ) -> predict_pb2.PredictResponse:
        left = context.time_remaining()
        deadline = time.monotonic() + left if left < _FOREVER else None
        with self._served(request.model_spec) as version:
            name = request.model_spec.signature_name or DEFAULT
            arrays = arrays_of(request)
            validation.check(name, arrays, version.limits)
            outputs = _outputs(version, name, list(request.output_filter))
            try:
                with self._admission.enter(deadline, context.is_active):
                    validation.check_people(arrays, version.limits)
                    answers = self._batcher.run(
                        (version.number, name, tuple(outputs)),
                        arrays,
                        deadline,
                        functools.partial(_run, version, name, outputs),
                    )
            except QueueFullError:
                raise RefusedError(
                    grpc.StatusCode.RESOURCE_EXHAUSTED, "the queue is full: try again later, or ask another replica"
                ) from None
            except LateError:
                raise RefusedError(grpc.StatusCode.DEADLINE_EXCEEDED, "not finished within the deadline") from None
            except GoneError:
                raise RefusedError(grpc.StatusCode.DEADLINE_EXCEEDED, "no free place within the deadline") from None
            validation.check_answer(answers)
            response = predict_pb2.PredictResponse()
            _fill_spec(response.model_spec, self._versions.name, version.number, name)
            for key, value in answers.items():
                response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
            return response

    @_guarded
    def GetModelMetadata(self, request: Any, context: Context) -> Any:  # noqa: N802
        if list(request.metadata_field) != ["signature_def"]:
            raise RefusedError(grpc.StatusCode.INVALID_ARGUMENT, "metadata_field: ask for 'signature_def'")
        with self._served(request.model_spec) as version:
            signatures = get_model_metadata_pb2.SignatureDefMap()
            for name, definition in version.model.signatures.items():
                signatures.signature_def[name].CopyFrom(definition)
            response = get_model_metadata_pb2.GetModelMetadataResponse()
            _fill_spec(response.model_spec, self._versions.name, version.number, "")
            packed = any_pb2.Any()
            packed.Pack(signatures)
            response.metadata["signature_def"].CopyFrom(packed)
            return response

    def _served(self, spec: Any) -> Any:
        return self._versions.use(*_wanted(spec, self._versions))


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus; versions and labels are changed by `models.config`, not by a call."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    @_guarded
    def GetModelStatus(self, request: Any, context: Context) -> Any:  # noqa: N802
        number, label = _wanted(request.model_spec, self._versions)
        number = self._versions.labels.get(label, -1) if label else number
        statuses = {n: s for n, s in self._versions.statuses().items() if number is None or n == number}
        if not statuses:
            raise NotServedError(f"{self._versions.name}: no such version here")
        response = get_model_status_pb2.GetModelStatusResponse()
        for version, (state, message) in sorted(statuses.items(), reverse=True):
            status = response.model_version_status.add(version=version, state=state)
            if message:
                status.status.error_code, status.status.error_message = tf.errors.UNKNOWN, message
        return response

    @_guarded
    def HandleReloadConfigRequest(self, request: Any, context: Context) -> Any:  # noqa: N802
        raise RefusedError(grpc.StatusCode.UNIMPLEMENTED, "change models.config: it is looked at all the time")


def _wanted(spec: Any, versions: Versions) -> tuple[int | None, str]:
    """Version number and label of a ModelSpec."""
    if spec.name != versions.name:
        raise NotServedError(f"no model {spec.name!r} here: this server has {versions.name!r}")
    return spec.version.value or None, spec.version_label  # some clients send 0 for "any"


def _fill_spec(spec: Any, name: str, version: int, signature: str) -> None:
    spec.name, spec.signature_name = name, signature
    spec.version.value = version


def arrays_of(request: predict_pb2.PredictRequest) -> dict[str, np.ndarray]:
    """A request's inputs; InvalidRequestError names one that is no tensor."""
    arrays = {}
    for name, proto in request.inputs.items():
        try:
            arrays[name] = from_proto(proto)
        except ValueError as error:
            raise validation.InvalidRequestError(f"{name[:64]}: {error}") from None
    return arrays


def _outputs(version: Version, signature: str, wanted: list[str]) -> list[str]:
    there = list(version.model.signatures[signature].outputs)
    if unknown := sorted(set(wanted) - set(there)):
        raise validation.InvalidRequestError(
            f"output_filter: {signature} has no output {', '.join(unknown)}: it gives {', '.join(sorted(there))}"
        )
    return wanted or there


def _run(
    version: Version, signature: str, outputs: list[str], arrays: dict[str, np.ndarray], deadline: float | None
) -> dict[str, np.ndarray]:
    left = None if deadline is None else max(0.001, deadline - time.monotonic())
    try:
        return version.model.run(signature, arrays, outputs, left)
    except tf.errors.DeadlineExceededError:
        raise RefusedError(grpc.StatusCode.DEADLINE_EXCEEDED, "not finished within the deadline") from None
    except tf.errors.InvalidArgumentError as error:
        raise validation.InvalidRequestError(assertion(str(error)) or _DAMAGED) from None


def assertion(message: str) -> str:
    """The sentence of a failed assertion of our graph; empty for another error of TensorFlow.

    TensorFlow's text: "assertion failed: [sentence] [value]... [[{{node ...}}]]" and a good deal more.
    """
    _, start, rest = message.partition("assertion failed: [")
    if not start:
        return ""
    sentence = rest.split("\n")[0].split("[[{{node")[0]
    return sentence.replace("] [", " ").rstrip().removesuffix("]")
