"""Our declarations of the serving API's messages are the official ones, field by field."""

import subprocess
import sys

import numpy as np
import pytest

from tf_tryon.serving import messages, tensors


def _official() -> dict[str, object]:
    from grpc_health.v1 import health_pb2
    from tensorflow.core.framework import tensor_pb2, tensor_shape_pb2
    from tensorflow_serving.apis import get_model_status_pb2, model_pb2, predict_pb2
    from tensorflow_serving.apis import status_pb2 as serving_status_pb2

    collected = {}
    for module in (
        tensor_pb2, tensor_shape_pb2, model_pb2, predict_pb2, get_model_status_pb2, serving_status_pb2, health_pb2,
    ):  # fmt: skip
        for name, message in module.DESCRIPTOR.message_types_by_name.items():
            collected[name] = message
            collected.update({f"{name}.{inner.name}": inner for inner in message.nested_types})
    return collected


def test_every_field_is_the_official_one() -> None:
    official = _official()
    for name, ours in messages.MESSAGES.items():
        if name == "Int64Value":
            continue
        theirs = official[name].fields_by_name
        for field in ours.DESCRIPTOR.fields:
            other = theirs[field.name]
            assert other.number == field.number, (name, field.name)
            assert other.is_repeated == field.is_repeated
            assert field.type == other.type or (other.enum_type and field.type == field.TYPE_INT32)
            if field.message_type and field.message_type.name != "Int64Value":
                assert field.message_type.name == other.message_type.name
    assert {messages.STATES[n] for n in messages.STATES} == set(
        official["ModelVersionStatus"].enum_types_by_name["State"].values_by_name
    )


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.array([[1, -2]], np.int64),
        np.array([True, False]),
        np.arange(4, dtype=np.uint8).reshape(2, 2, 1),
        np.array([b"\xff\x00", b""], object),
        np.zeros((0, 3), np.int32),
    ],
    ids=lambda array: str(array.dtype),
)
def test_tensors_are_what_tensorflow_makes_of_them(array: np.ndarray) -> None:
    import tensorflow as tf
    from tensorflow.core.framework import tensor_pb2

    ours = tensors.to_proto(array)
    theirs = tensor_pb2.TensorProto.FromString(ours.SerializeToString())
    np.testing.assert_array_equal(tf.make_ndarray(theirs), array)
    sent = tf.make_tensor_proto(array).SerializeToString()
    back = tensors.from_proto(messages.TensorProto.FromString(sent))
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype


@pytest.mark.parametrize(
    "fields",
    [
        {"dtype": 1},
        {"dtype": 1, "tensor_shape": {"dim": [{"size": 2}, {"size": 3}]}},
        {"dtype": 9, "tensor_shape": {"dim": [{"size": 0}, {"size": 3}]}},
        {"dtype": 3, "int_val": [7, 5], "tensor_shape": {"dim": [{"size": 4}]}},
    ],
)
def test_values_that_were_not_sent_are_tensorflows(fields: dict) -> None:
    import tensorflow as tf
    from tensorflow.core.framework import tensor_pb2

    theirs = tf.make_ndarray(tensor_pb2.TensorProto(**fields))
    ours = tensors.from_proto(messages.TensorProto(**fields))
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype


def test_strings_that_were_not_sent_are_empty() -> None:
    proto = messages.TensorProto(dtype=7, tensor_shape={"dim": [{"size": 2}]})
    assert tensors.from_proto(proto).tolist() == [b"", b""]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dtype": 99}, "type 99"),
        ({"dtype": 1, "tensor_content": b"abc"}, "no whole number"),
        ({"dtype": 1, "tensor_shape": {"dim": [{"size": -1}]}}, "unknown"),
        ({"dtype": 3, "int_val": [1, 2, 3], "tensor_shape": {"dim": [{"size": 2}]}}, "don't fill"),
        ({"dtype": 1, "float_val": [1.0], "tensor_shape": {"dim": [{"size": 1 << 40}]}}, "don't fill"),
        ({"dtype": 1, "tensor_shape": {"dim": [{"size": 1 << 40}]}}, "don't fill"),
    ],
)
def test_malformed_tensors_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tensors.from_proto(messages.TensorProto(**fields))


def test_the_client_loads_no_tensorflow() -> None:
    code = "import sys, tf_tryon.serving.client, tf_tryon.serving.async_client; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
