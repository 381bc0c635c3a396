"""What may be asked of a served model, checked in front of it. Without TensorFlow: the client uses it too.

The graph asserts the same, since TF-Serving has nothing in front; here every refusal is a plain sentence.
"""

from __future__ import annotations

import dataclasses
import io
import struct
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PIL import Image

from tf_tryon.data.agreement import disagreements, fitting
from tf_tryon.data.keypoints import clean
from tf_tryon.data.picture_header import read_header
from tf_tryon.data.vocabulary import GARMENT_CLASSES, RECORD_VOCABULARIES, TARGETS, slot_of, to_classes
from tf_tryon.files.json_file import Value
from tf_tryon.models.background import BACKGROUNDS
from tf_tryon.products.cloth import LARGEST

MAX_TEMPERATURE = 10.0
MAX_CODE = 1e4  # a code is about standard normal; from far beyond, the networks' answers aren't finite
MAX_COORDINATE = 1e6  # of a keypoint
MAX_FIRST = 2**31 - 2**16
_DTYPES = ("string", "float32", "float64", "int32", "int64", "uint8", "bool")
_PHOTOS = ("photo_bytes",)
_CLOTH = "cloth_bytes"
_LABELS = ("parsing_bytes", "shape_bytes")
_UNREADABLE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


class InvalidRequestError(ValueError):
    """A request that can't be answered; the message is for whoever sent it."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """Of one served model.

    Attributes:
      inputs: by signature and name, dtype and shape; None in a shape: the batch.
      garments: that the model completes.
      width: most samples of a request.
      max_pixels: of a photo.
      max_batch: most requests in one message.
    """

    inputs: dict[str, dict[str, tuple[np.dtype, tuple[int | None, ...]]]]
    garments: tuple[str, ...]
    width: int
    max_pixels: int
    max_batch: int = 16


def limits_of(manifest: Value, max_pixels: int = 0, max_batch: int = 16) -> Limits:
    """From an exported version's manifest.json; `max_pixels` may lower the model's own.

    Raises:
      BadFileError: it isn't such a manifest; names the field.
    """
    inputs = {
        name: {key: _input(info) for key, info in signature["inputs"].members().items()}
        for name, signature in manifest["signatures"].members().items()
    }
    own = manifest["settings"]["max_pixels"].whole(1)
    pixels = min(own, max_pixels) if max_pixels else own
    garments = tuple(name.choice(TARGETS) for name in manifest["garments"].entries())
    return Limits(inputs, garments, manifest["settings"]["width"].whole(1), pixels, max_batch)


def _input(info: Value) -> tuple[np.dtype, tuple[int | None, ...]]:
    name = info["dtype"].choice(_DTYPES)
    shape = tuple(None if side.raw is None else side.whole(0) for side in info["shape"].entries())
    return np.dtype(object if name == "string" else name), shape


def check(signature: str, arrays: dict[str, np.ndarray], limits: Limits) -> None:
    """Raise InvalidRequestError unless a model with these limits can answer.

    It takes no time that grows with the pictures: `check_people` looks at what they hold.

    Args:
      signature: its name.
      arrays: the inputs, strings as object arrays of bytes.
      limits: the model's.
    """
    if signature not in limits.inputs:
        raise InvalidRequestError(f"unknown signature {signature!r}: choose one of {', '.join(sorted(limits.inputs))}")
    wanted = limits.inputs[signature]
    if missing := sorted(set(wanted) - set(arrays)):
        raise InvalidRequestError(f"{signature} also needs {', '.join(missing)}: every input has to be sent")
    if extra := sorted(set(arrays) - set(wanted)):
        raise InvalidRequestError(f"{signature} has no input {', '.join(extra)}: it takes {', '.join(sorted(wanted))}")
    for name, array in arrays.items():
        _check_kind(name, array, *wanted[name])
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        raise InvalidRequestError(f"all inputs need the same first dimension, one entry for each request: {counts}")
    batch = next(iter(counts.values()))
    if not 1 <= batch <= limits.max_batch:
        raise InvalidRequestError(f"{batch} requests in one message: send 1 to {limits.max_batch}")
    _of_each_row(arrays, limits, _check_row)


def check_people(arrays: dict[str, np.ndarray], limits: Limits) -> None:
    """Raise InvalidRequestError if labels and keypoints of a request that `check` has passed are of different people.

    Labels are decoded for that, 0.4 s of a processor for 12 megapixels: it belongs behind the queue.
    """
    _of_each_row(arrays, limits, _check_person)


def _of_each_row(
    arrays: dict[str, np.ndarray], limits: Limits, check_row: Callable[[dict[str, Any], Limits], None]
) -> None:
    batch = len(next(iter(arrays.values())))
    for i in range(batch):
        where = f"request {i}: " if batch > 1 else ""
        try:
            check_row({name: array[i] for name, array in arrays.items()}, limits)
        except InvalidRequestError as error:
            raise InvalidRequestError(f"{where}{error}") from None


def check_answer(outputs: dict[str, np.ndarray]) -> None:
    """Raise InvalidRequestError if what a model found isn't finite: it would be taken for a score or a code."""
    for name, array in outputs.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InvalidRequestError(f"{name} isn't finite for these inputs: check codes, keypoints and temperature")


def _check_kind(name: str, array: np.ndarray, dtype: np.dtype, shape: tuple[int | None, ...]) -> None:
    if array.dtype != dtype:
        said, want = ("strings" if kind.kind == "O" else str(kind) for kind in (array.dtype, dtype))
        raise InvalidRequestError(f"{name}: of type {said}, must be {want}")
    fits = array.ndim == len(shape) and all(b is None or a == b for a, b in zip(array.shape, shape, strict=False))
    if not fits:
        shown = ", ".join("batch" if side is None else str(side) for side in shape)
        raise InvalidRequestError(f"{name}: of shape {list(array.shape)}, must be [{shown}]")


def _check_row(row: dict[str, Any], limits: Limits) -> None:
    """One request of a message; a number is refused also when it isn't finite."""
    sizes = {name: _picture_size(name, row[name], limits.max_pixels) for name in (*_PHOTOS, *_LABELS) if name in row}
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"{name} {width}x{height}" for name, (height, width) in sizes.items())
        raise InvalidRequestError(f"all pictures of a request must have the same size: {shown}")
    if _CLOTH in row:
        _picture_size(_CLOTH, row[_CLOTH], LARGEST**2)
    if "vocabulary" in row and _text(row["vocabulary"]) not in RECORD_VOCABULARIES:
        raise InvalidRequestError(
            f"vocabulary {_text(row['vocabulary'])!r}: choose one of {', '.join(RECORD_VOCABULARIES)}"
        )
    garment = _text(row.get("garment", b""))
    if "garment" in row and garment not in limits.garments:
        why = "this model completes" if garment in TARGETS else "choose one of"
        raise InvalidRequestError(f"garment {garment!r}: {why} {', '.join(limits.garments)}")
    if "background" in row and _text(row["background"]) not in BACKGROUNDS:
        raise InvalidRequestError(f"background {_text(row['background'])!r}: choose one of {', '.join(BACKGROUNDS)}")
    for name, largest in (("keypoints", MAX_COORDINATE), ("shape_codes", MAX_CODE), ("texture_codes", MAX_CODE)):
        if name in row and not (np.abs(row[name]) <= largest).all():  # nor is NaN
            raise InvalidRequestError(f"{name}: must be finite numbers from -{largest:g} to {largest:g}")
    for name, low, high in (
        ("seed", 0, 2**63 - 1),
        ("first", 0, MAX_FIRST),
        ("sample", 0, MAX_FIRST),
        ("samples", 1, limits.width),
        ("temperature", 0, MAX_TEMPERATURE),
        ("spread", 0, MAX_TEMPERATURE),
        ("reach", -1, 1),
    ):
        if name in row and not low <= row[name] <= high:
            raise InvalidRequestError(f"{name} = {row[name]}: choose {low:g} to {high:g}")
    if "parsing" in row and row["parsing"].max() > 7:
        raise InvalidRequestError(f"parsing: classes are 0 to 7, not {row['parsing'].max()}")


def _check_person(row: dict[str, Any], limits: Limits) -> None:
    if {"parsing_bytes", "vocabulary", "keypoints"} <= row.keys():
        garment = _text(row.get("garment", b""))
        erased = GARMENT_CLASSES[slot_of(garment)] if garment in limits.garments else None
        _check_agreement(row["parsing_bytes"], _text(row["vocabulary"]), row["keypoints"], erased)


def _check_agreement(parsing: bytes, vocabulary: str, keypoints: np.ndarray, erased: int | None) -> None:
    """Labels and keypoints are of the same person; what is to be erased may be marked anywhere, as its garment."""
    try:
        with Image.open(io.BytesIO(parsing)) as image:
            labels = np.asarray(image)
    except _UNREADABLE as error:
        raise InvalidRequestError(f"parsing_bytes: a damaged PNG file ({error})") from None
    try:
        classes = to_classes(labels, vocabulary, "parsing_bytes")
    except ValueError as error:
        raise InvalidRequestError(str(error)) from None
    points = clean(keypoints)
    if faults := disagreements(classes, points, erased):
        fit = [name for name in fitting(labels, points, vocabulary) if name in RECORD_VOCABULARIES]
        hint = f"as vocabulary {' or '.join(fit)} they would agree" if fit else "keypoints are in the photo's pixels"
        raise InvalidRequestError(
            f"parsing_bytes (as {vocabulary}) and keypoints are not of the same person: {'; '.join(faults[:3])}; {hint}"
        )


def _picture_size(name: str, encoded: bytes, max_pixels: int) -> tuple[int, int]:
    try:
        header = read_header(encoded)
    except ValueError as error:
        raise InvalidRequestError(f"{name}: {error}") from None
    if header.height < 1 or header.width < 1 or header.height * header.width > max_pixels:
        raise InvalidRequestError(
            f"{name}: {header.width}x{header.height} pixels; 1 to {max_pixels} in all are accepted"
        )
    if name in _LABELS and not header.grey_bytes:
        raise InvalidRequestError(
            f"{name}: labels must be a grey PNG of 8 bits, whose values are the labels (no palette, no colours)"
        )
    return header.height, header.width


def _text(value: bytes) -> str:
    return value.decode(errors="replace")[:64]
