"""The few messages of TF-Serving's gRPC API that a client needs, without TensorFlow.

`tensorflow_serving.apis` imports all of TensorFlow, seconds of it. These descriptors are declared here instead, in a
pool of their own, so that they live beside the official ones; on the wire they are the same (a test compares them).
Enums are int32, which is how they travel.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PREDICT = "/tensorflow.serving.PredictionService/Predict"
GET_MODEL_STATUS = "/tensorflow.serving.ModelService/GetModelStatus"
HEALTH_CHECK = "/grpc.health.v1.Health/Check"

# message: ((field, number, type or message, repeated or map), ...)
_MESSAGES: dict[str, dict[str, tuple[tuple[str, int, str, str], ...]]] = {
    "tensorflow": {
        "TensorShapeProto.Dim": (("size", 1, "int64", ""), ("name", 2, "string", "")),
        "TensorShapeProto": (
            ("dim", 2, "tensorflow.TensorShapeProto.Dim", "repeated"),
            ("unknown_rank", 3, "bool", ""),
        ),
        "TensorProto": (
            ("dtype", 1, "int32", ""),
            ("tensor_shape", 2, "tensorflow.TensorShapeProto", ""),
            ("version_number", 3, "int32", ""),
            ("tensor_content", 4, "bytes", ""),
            ("float_val", 5, "float", "repeated"),
            ("double_val", 6, "double", "repeated"),
            ("int_val", 7, "int32", "repeated"),
            ("string_val", 8, "bytes", "repeated"),
            ("int64_val", 10, "int64", "repeated"),
            ("bool_val", 11, "bool", "repeated"),
        ),
    },
    "tensorflow.serving": {
        "Int64Value": (("value", 1, "int64", ""),),  # google.protobuf.Int64Value's twin
        "ModelSpec": (
            ("name", 1, "string", ""),
            ("version", 2, "tensorflow.serving.Int64Value", ""),
            ("signature_name", 3, "string", ""),
            ("version_label", 4, "string", ""),
        ),
        "PredictRequest": (
            ("model_spec", 1, "tensorflow.serving.ModelSpec", ""),
            ("inputs", 2, "tensorflow.TensorProto", "map"),
            ("output_filter", 3, "string", "repeated"),
        ),
        "PredictResponse": (
            ("outputs", 1, "tensorflow.TensorProto", "map"),
            ("model_spec", 2, "tensorflow.serving.ModelSpec", ""),
        ),
        "GetModelStatusRequest": (("model_spec", 1, "tensorflow.serving.ModelSpec", ""),),
        "StatusProto": (("error_code", 1, "int32", ""), ("error_message", 2, "string", "")),
        "ModelVersionStatus": (
            ("version", 1, "int64", ""),
            ("state", 2, "int32", ""),
            ("status", 3, "tensorflow.serving.StatusProto", ""),
        ),
        "GetModelStatusResponse": (("model_version_status", 1, "tensorflow.serving.ModelVersionStatus", "repeated"),),
    },
    "grpc.health.v1": {
        "HealthCheckRequest": (("service", 1, "string", ""),),
        "HealthCheckResponse": (("status", 1, "int32", ""),),
    },
}
STATES = {0: "UNKNOWN", 10: "START", 20: "LOADING", 30: "AVAILABLE", 40: "UNLOADING", 50: "END"}
SERVING = 1  # HealthCheckResponse.ServingStatus

_Field = descriptor_pb2.FieldDescriptorProto


def _add_field(
    message: descriptor_pb2.DescriptorProto, owner: str, name: str, number: int, kind: str, many: str
) -> None:
    field = message.field.add(name=name, number=number, label=_Field.LABEL_REPEATED if many else _Field.LABEL_OPTIONAL)
    if many == "map":
        entry = message.nested_type.add(name=f"{name.capitalize()}Entry")
        entry.options.map_entry = True
        _add_field(entry, "", "key", 1, "string", "")
        _add_field(entry, "", "value", 2, kind, "")
        kind = f"{owner}.{entry.name}"
    if "." in kind:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{kind}"
    else:
        field.type = getattr(_Field, f"TYPE_{kind.upper()}")


def _classes() -> dict[str, Any]:
    pool = descriptor_pool.DescriptorPool()
    for package, messages in _MESSAGES.items():
        file = descriptor_pb2.FileDescriptorProto(name=f"tf_tryon/{package}.proto", package=package, syntax="proto3")
        if package == "tensorflow.serving":
            file.dependency.append("tf_tryon/tensorflow.proto")
        outer: dict[str, descriptor_pb2.DescriptorProto] = {}
        for name in sorted(messages, key=lambda n: n.count(".")):
            parent, _, last = name.rpartition(".")
            message = outer[parent].nested_type.add(name=last) if parent else file.message_type.add(name=last)
            outer[name] = message
            for field in messages[name]:
                _add_field(message, f"{package}.{name}", *field)
        pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))
        for package, messages in _MESSAGES.items()
        for name in messages
    }


MESSAGES = _classes()
TensorProto = MESSAGES["TensorProto"]
PredictRequest = MESSAGES["PredictRequest"]
PredictResponse = MESSAGES["PredictResponse"]
GetModelStatusRequest = MESSAGES["GetModelStatusRequest"]
GetModelStatusResponse = MESSAGES["GetModelStatusResponse"]
HealthCheckRequest = MESSAGES["HealthCheckRequest"]
HealthCheckResponse = MESSAGES["HealthCheckResponse"]
