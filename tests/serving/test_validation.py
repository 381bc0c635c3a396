"""Every wrong request gets a sentence, before the model is asked."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.serving.validation import InvalidRequestError, check, limits_of

_PERSON = {
    "photo_bytes": "string", "parsing_bytes": "string", "vocabulary": "string", "keypoints": "float32",
    "garment": "string", "seed": "int64", "first": "int64", "samples": "int32", "temperature": "float32",
}  # fmt: skip
_INPUTS = {k: {"dtype": v, "shape": [None, 18, 3] if k == "keypoints" else [None]} for k, v in _PERSON.items()}
LIMITS = limits_of(
    {
        "signatures": {"complete": {"inputs": _INPUTS}},
        "garments": ["top", "bottom"],
        "settings": {"width": 4, "max_pixels": 10_000},
    },
    max_batch=2,
)


def strings(*values: bytes) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def picture(mode: str, size: tuple[int, int] = (50, 60), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def good(batch: int = 1) -> dict[str, np.ndarray]:
    return {
        "photo_bytes": strings(*[picture("RGB", kind="JPEG")] * batch),
        "parsing_bytes": strings(*[picture("L")] * batch),
        "vocabulary": strings(*[b"lip20"] * batch),
        "keypoints": np.zeros((batch, 18, 3), np.float32),
        "garment": strings(*[b"top"] * batch),
        "seed": np.zeros(batch, np.int64),
        "first": np.zeros(batch, np.int64),
        "samples": np.ones(batch, np.int32),
        "temperature": np.ones(batch, np.float32),
    }


@pytest.mark.parametrize("batch", [1, 2])
def test_good_requests_pass(batch: int) -> None:
    check("complete", good(batch), LIMITS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": None}, "also needs seed"),
        ({"sead": np.zeros(1, np.int64)}, "has no input sead"),
        ({"seed": np.zeros(1, np.int32)}, "seed: of type int32, must be int64"),
        ({"garment": np.zeros(1, np.float32)}, "of type float32, must be strings"),
        ({"keypoints": np.zeros((1, 17, 3), np.float32)}, r"must be \[batch, 18, 3\]"),
        ({"seed": np.zeros(2, np.int64)}, "same first dimension"),
        ({"keypoints": np.full((1, 18, 3), np.inf, np.float32)}, "finite"),
        ({"temperature": np.array([np.nan], np.float32)}, "choose 0 to 10"),
        ({"samples": np.array([5], np.int32)}, "choose 1 to 4"),
        ({"seed": np.array([-1], np.int64)}, "seed = -1"),
        ({"first": np.array([1 << 40], np.int64)}, "first = "),
        ({"garment": strings(b"hat")}, "this model completes top, bottom"),
        ({"garment": strings(b"\xff\xfe" * 500)}, "choose one of top, bottom"),
        ({"vocabulary": strings(b"mm24")}, "choose one of lip20"),
        ({"photo_bytes": strings(b"not a picture")}, "neither a PNG nor a JPEG"),
        ({"photo_bytes": strings(picture("RGB", (101, 100)))}, "101x100 pixels"),
        ({"photo_bytes": strings(picture("RGB", (51, 60)))}, "same size"),
        ({"parsing_bytes": strings(picture("P"))}, "grey PNG"),
        ({"parsing_bytes": strings(picture("L", kind="JPEG"))}, "grey PNG"),
    ],
)
def test_wrong_requests_are_refused(changes: dict[str, Any], message: str) -> None:
    arrays = {name: value for name, value in {**good(), **changes}.items() if value is not None}
    with pytest.raises(InvalidRequestError, match=message):
        check("complete", arrays, LIMITS)


def test_which_request_of_a_message_is_said() -> None:
    arrays = good(2)
    arrays["samples"][1] = 0
    with pytest.raises(InvalidRequestError, match=r"^request 1: samples = 0"):
        check("complete", arrays, LIMITS)
    with pytest.raises(InvalidRequestError, match="3 requests in one message"):
        check("complete", good(3), LIMITS)
    with pytest.raises(InvalidRequestError, match="unknown signature 'x'"):
        check("x", good(), LIMITS)
