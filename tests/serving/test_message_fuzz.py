"""Messages changed at random never get beyond the checks in front of the model, but with a sentence."""

import contextlib
import io
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tensorflow_serving.apis import predict_pb2

from tf_tryon.files.json_file import Value
from tf_tryon.serving import validation
from tf_tryon.serving.messages import PredictRequest
from tf_tryon.serving.services import arrays_of
from tf_tryon.serving.tensors import to_proto

FUZZ = settings(max_examples=200, deadline=None, derandomize=True, database=None)
KINDS = {
    "photo_bytes": "string", "parsing_bytes": "string", "vocabulary": "string", "keypoints": "float32",
    "garment": "string", "seed": "int64", "first": "int64", "samples": "int32", "temperature": "float32",
    "background": "string",
    "shape_codes": "float32", "use_shape": "bool",
}  # fmt: skip
SHAPES = {"keypoints": [None, 18, 3], "shape_codes": [None, 2, 2, 3]}
LIMITS = validation.limits_of(
    Value(
        {
            "signatures": {
                "transfer": {
                    "inputs": {k: {"dtype": kind, "shape": SHAPES.get(k, [None])} for k, kind in KINDS.items()}
                }
            },
            "garments": ["top"],
            "settings": {"width": 4, "max_pixels": 1 << 20},
        },
        "manifest.json",
        "",
        "",
    )
)


def _picture(mode: str) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (12, 9)).save(buffer, "PNG")
    return buffer.getvalue()


def _good() -> dict[str, np.ndarray]:
    texts = {"photo_bytes": _picture("RGB"), "parsing_bytes": _picture("L"), "vocabulary": b"lip20"}
    texts |= {"garment": b"top", "background": b"keep"}
    arrays = {name: np.array([text], object) for name, text in texts.items()}
    for name, kind in KINDS.items():
        if name not in texts:
            arrays[name] = np.ones([1, *SHAPES.get(name, [None])[1:]], kind)
    return arrays


GOOD = _good()
VALUES: dict[str, Any] = {
    "dtype": st.integers(-1, 25),
    "tensor_content": st.binary(max_size=20),
    "float_val": st.lists(st.floats(width=32), max_size=3),
    "double_val": st.lists(st.floats(), max_size=3),
    "int_val": st.lists(st.integers(-(2**31), 2**31 - 1), max_size=3),
    "int64_val": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
    "string_val": st.lists(st.binary(max_size=9), max_size=3),
    "bool_val": st.lists(st.booleans(), max_size=3),
}


def _front(encoded: bytes) -> None:
    """What stands in front of the model; a refusal is a short sentence."""
    request = predict_pb2.PredictRequest.FromString(encoded)
    try:
        arrays = arrays_of(request)
        validation.check(request.model_spec.signature_name, arrays, LIMITS)
        validation.check_people(arrays, LIMITS)
    except validation.InvalidRequestError as error:
        message = str(error)
    else:
        return
    assert 5 < len(message) < 500


def test_the_good_message_passes() -> None:
    request = PredictRequest()
    request.model_spec.signature_name = "transfer"
    for name, array in GOOD.items():
        request.inputs[name].CopyFrom(to_proto(array))
    arrays = arrays_of(request)
    validation.check("transfer", arrays, LIMITS)
    validation.check_people(arrays, LIMITS)


@FUZZ
@given(st.data())
def test_tensors_with_other_fields(data: Any) -> None:
    request = PredictRequest()
    request.model_spec.signature_name = "transfer"
    for name, array in GOOD.items():
        request.inputs[name].CopyFrom(to_proto(array))
    proto = request.inputs[data.draw(st.sampled_from(sorted(KINDS)))]
    for field in data.draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3)):
        value = data.draw(VALUES[field])
        if isinstance(value, list):
            proto.ClearField("tensor_content")
            del getattr(proto, field)[:]
            getattr(proto, field).extend(value)
        else:
            setattr(proto, field, value)
    if data.draw(st.booleans()):
        del proto.tensor_shape.dim[:]
        for side in data.draw(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 4), max_size=5)):
            proto.tensor_shape.dim.add(size=side)
    _front(request.SerializeToString())


@FUZZ
@given(st.data())
def test_bytes_of_messages(data: Any) -> None:
    request = PredictRequest()
    request.model_spec.signature_name = "transfer"
    for name, array in GOOD.items():
        request.inputs[name].CopyFrom(to_proto(array))
    encoded = bytearray(request.SerializeToString(deterministic=True))
    for _ in range(data.draw(st.integers(1, 6))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DecodeError):  # which `ReadInside` answers
        _front(bytes(encoded))
