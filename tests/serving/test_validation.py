"""Every wrong request gets a sentence, before the model is asked."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.errors import BadFileError
from tf_tryon.files.json_file import Value
from tf_tryon.serving.validation import InvalidRequestError, check, check_answer, check_people, limits_of

_PERSON = {
    "photo_bytes": "string", "parsing_bytes": "string", "vocabulary": "string", "keypoints": "float32",
    "garment": "string", "seed": "int64", "first": "int64", "samples": "int32", "temperature": "float32",
    "background": "string",
}  # fmt: skip
_INPUTS = {k: {"dtype": v, "shape": [None, 18, 3] if k == "keypoints" else [None]} for k, v in _PERSON.items()}
MANIFEST = {
    "signatures": {"complete": {"inputs": _INPUTS}},
    "garments": ["top", "bottom"],
    "settings": {"width": 4, "max_pixels": 10_000},
}
LIMITS = limits_of(Value(MANIFEST, "manifest.json", "", "export it again"), max_batch=2)


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
        "background": strings(*[b"keep"] * batch),
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
        ({"keypoints": np.full((1, 18, 3), 1e30, np.float32)}, "keypoints: must be finite numbers from -1e.06"),
        ({"temperature": np.array([np.nan], np.float32)}, "choose 0 to 10"),
        ({"background": strings(b"blue")}, "background 'blue': choose one of keep, studio, restore"),
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


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_codes_that_give_no_finite_scores_are_refused(value: float) -> None:
    codes = {"shape_codes": np.zeros((1, 2, 2, 3), np.float32), "use_shape": np.ones(1, bool)}
    info = {
        "shape_codes": {"dtype": "float32", "shape": [None, 2, 2, 3]},
        "use_shape": {"dtype": "bool", "shape": [None]},
    }
    manifest = {**MANIFEST, "signatures": {"transfer": {"inputs": {**_INPUTS, **info}}}}
    limits = limits_of(Value(manifest, "manifest.json", "", "export it again"))
    check("transfer", {**good(), **codes}, limits)
    codes["shape_codes"][0, 1, 1, 2] = value
    with pytest.raises(InvalidRequestError, match="shape_codes: must be finite numbers"):
        check("transfer", {**good(), **codes}, limits)


def test_answers_that_are_not_finite_are_refused() -> None:
    check_answer({"score": np.zeros(3, np.float32), "photos_bytes": strings(b"PNG"), "order": np.arange(3)})
    with pytest.raises(InvalidRequestError, match="score isn't finite for these inputs"):
        check_answer({"score": np.array([0, np.nan], np.float32)})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"garments": ["scarf"]}, r"garments\[0\] is 'scarf', not one of"),
        ({"settings": {"width": "4", "max_pixels": 1}}, "settings.width is '4'"),
        ({"signatures": [1]}, "signatures is a list"),
        ({"signatures": {"complete": {"inputs": {"a": {"dtype": "object", "shape": []}}}}}, "a.dtype is 'object'"),
    ],
)
def test_a_wrong_manifest_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(BadFileError, match=f"manifest.json: .*{message}.*; export it again"):
        limits_of(Value({**MANIFEST, **fields}, "manifest.json", "", "export it again"))


@pytest.fixture
def person(make_person: Any) -> dict[str, Any]:
    """A good request of a person, small enough."""
    made = make_person(0)
    return {
        **good(),
        "photo_bytes": strings(picture("RGB", (64, 64))),
        "parsing_bytes": strings(png(made["labels"])),
        "keypoints": made["keypoints"][None].astype(np.float32),
    }


def png(labels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(labels).save(buffer, "PNG")
    return buffer.getvalue()


def test_labels_and_keypoints_must_be_of_one_person(person: dict[str, Any], make_person: Any) -> None:
    check("complete", person, LIMITS)
    check_people(person, LIMITS)
    half = {**person, "keypoints": person["keypoints"] * np.array((0.5, 0.5, 1), np.float32)}
    with pytest.raises(InvalidRequestError, match=r"are not of the same person: nose and eyes .* photo's pixels"):
        check_people(half, LIMITS)
    with pytest.raises(InvalidRequestError, match="label 19 is not in tryon8"):
        check_people({**person, "vocabulary": strings(b"tryon8")}, LIMITS)
    classes = CIHP20.table()[make_person(0)["labels"]]
    with pytest.raises(InvalidRequestError, match="as vocabulary tryon8 they would agree"):
        check_people({**person, "parsing_bytes": strings(png(classes))}, LIMITS)


def test_what_is_erased_may_be_anywhere(person: dict[str, Any], make_person: Any) -> None:
    """A page marks what its visitor wipes away as the garment."""
    labels = make_person(0)["labels"]
    labels[:40][labels[:40] > 0] = 5
    check_people({**person, "parsing_bytes": strings(png(labels))}, LIMITS)
    with pytest.raises(InvalidRequestError, match="nose and eyes lie on top"):
        check_people({**person, "parsing_bytes": strings(png(labels)), "garment": strings(b"bottom")}, LIMITS)


def test_damaged_labels_are_refused(person: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError, match="parsing_bytes: a damaged PNG"):
        check_people({**person, "parsing_bytes": strings(person["parsing_bytes"][0][:60])}, LIMITS)
