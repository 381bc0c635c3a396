"""The 18 keypoints: names, conversions from other layouts, OpenPose's JSON, and drawing.

An array of keypoints is (18, 3) float32: x, y in pixels (pixel i spans [i, i + 1)), confidence in [0, 1]. Confidence 0
is missing, and then x = y = 0. "Right" is the person's right, at the left of a frontal photo.
Layouts: docs/data.md; OpenPose's output document for BODY_25 and COCO.
"""

from __future__ import annotations

import os
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw

from tf_tryon.data.keypoint_units import to_pixels
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value

NAMES: Final = (
    "nose", "neck", "right shoulder", "right elbow", "right wrist", "left shoulder", "left elbow", "left wrist",
    "right hip", "right knee", "right ankle", "left hip", "left knee", "left ankle",
    "right eye", "left eye", "right ear", "left ear",
)  # fmt: skip
# A mirrored person's keypoint i is the original's keypoint SWAP[i].
SWAP: Final = (0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16)
LIMBS: Final = (
    (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
# COCO-17: nose, then left and right of eyes, ears, shoulders, elbows, wrists, hips, knees, ankles. -1: the neck.
_FROM_COCO17: Final = (0, -1, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
_REMEDY: Final = "OpenPose's JSON of this photo is expected"
_FROM_BODY25: Final = (*range(8), *range(9, 19))


def clean(points: np.ndarray) -> np.ndarray:
    """(n, 3) points with confidence clipped to [0, 1], and missing ones, also those at (0, 0), set to zero."""
    points = np.array(points, np.float32)
    points[:, 2] = np.clip(np.nan_to_num(points[:, 2]), 0, 1)
    missing = (points[:, 2] <= 0) | ~np.isfinite(points).all(axis=1) | (points[:, :2] == 0).all(axis=1)
    points[missing] = 0
    return points


def from_coco17(points: np.ndarray) -> np.ndarray:
    """(17, 3) COCO -> (18, 3); the neck is the middle of the shoulders, as sure as the less sure of them."""
    points = clean(points)
    out = points[list(_FROM_COCO17)]
    right, left = out[2], out[5]
    confidence = min(right[2], left[2])
    out[1] = (*(right[:2] + left[:2]) / 2, confidence) if confidence > 0 else 0
    return out


def from_body25(points: np.ndarray) -> np.ndarray:
    """(25, 3) OpenPose BODY_25 -> (18, 3)."""
    return clean(points)[list(_FROM_BODY25)]


def from_points(points: np.ndarray, source: str = "keypoints") -> np.ndarray:
    """17 (COCO), 18 (OpenPose COCO) or 25 (BODY_25) points -> (18, 3); BadFileError for another number."""
    readers = {17: from_coco17, 18: clean, 25: from_body25}
    if points.ndim != 2 or points.shape[1] != 3 or len(points) not in readers:
        raise BadFileError(f"{source}: shape {points.shape}; (18, 3) COCO, (25, 3) BODY_25 or (17, 3) COCO-17 is read")
    return readers[len(points)](points)


def from_openpose(data: Any, source: str = "keypoints", size: tuple[int, int] | None = None) -> list[np.ndarray]:
    """Each person's (18, 3) points from OpenPose's JSON, those with the greatest total confidence first.

    Both `pose_keypoints_2d` and the older `pose_keypoints` are read, in `people[...]` or at the top level. Nobody, or
    only people without a point: an empty list.

    Args:
      data: the JSON.
      source: what messages call it.
      size: (height, width) of the photo: coordinates from 0 to 1 or from -1 to 1, or of a canvas that the file names
        (`canvas_width`, `canvas_height`), become its pixels. None: they stay.

    Raises:
      BadFileError: it isn't that.
    """
    return _of_value(Value(data, source, "", _REMEDY), size)


def read_people(path: str | os.PathLike[str], size: tuple[int, int] | None = None) -> list[np.ndarray]:
    """`from_openpose` of a file; MissingFileError or BadFileError names it."""
    return _of_value(json_file.read(path, _REMEDY), size)


def to_openpose(points: np.ndarray) -> dict[str, Any]:
    """OpenPose's JSON object of one person with (18, 3) points."""
    flat = [round(float(value), 3) for value in np.ravel(points)]
    return {"version": 1.3, "people": [{"pose_keypoints_2d": flat}]}


def draw(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 with limbs and points drawn on: the person's right in orange, left in blue, middle in white."""
    image = Image.fromarray(picture)
    canvas = ImageDraw.Draw(image)
    size = max(1.0, min(picture.shape[:2]) / 100)
    for a, b in LIMBS:
        if min(points[a][2], points[b][2]) > 0:
            line = [(float(points[i][0]), float(points[i][1])) for i in (a, b)]
            canvas.line(line, fill=_colour(b), width=max(1, round(size)))
    for i, (x, y, confidence) in enumerate(points):
        if confidence > 0:
            box = (float(x) - 1.5 * size, float(y) - 1.5 * size, float(x) + 1.5 * size, float(y) + 1.5 * size)
            canvas.ellipse(box, fill=_colour(i), outline=(40, 40, 40))
    return np.asarray(image)


def _of_value(given: Value, size: tuple[int, int] | None) -> list[np.ndarray]:
    if isinstance(given.raw, list) and len(given.raw) == 1:  # ControlNet's tools write a list of pictures
        given = given.entries()[0]
    if isinstance(given.raw, list):
        raise given.wrong(f"is a list of {len(given.raw)} entries, not the object of one photo")
    if _values(given) is not None:
        people = [given]
    elif (entries := given.get("people")) is not None:
        people = entries.entries()
    else:
        raise given.wrong("has neither `people` nor `pose_keypoints(_2d)`")
    read = []
    for person in people:
        if not isinstance(person.raw, dict):
            raise person.wrong('is no object {"pose_keypoints_2d": [x, y, confidence, ...]}')
        values = _values(person)
        if values is None or len(values) % 3:
            raise person.wrong("is a person without `pose_keypoints_2d` of x, y, confidence triples")
        # Beyond float32 is infinite, and a point that is not finite is missing.
        with np.errstate(over="ignore"):
            points = np.array(values, np.float32).reshape(-1, 3)
        read.append(from_points(points, given.source))
    read = [points for points in read if points[:, 2].any()]
    if size is not None:
        read = to_pixels(read, size, _canvas(given))
    return sorted(read, key=lambda points: -float(points[:, 2].sum()))


def _canvas(given: Value) -> tuple[float, float] | None:
    """(height, width) that the coordinates belong to, where the file says so."""
    height, width = given.get("canvas_height"), given.get("canvas_width")
    if height is None or width is None or height.raw is None or width.raw is None:
        return None
    return height.number(1, 1e6), width.number(1, 1e6)


def _values(person: Value) -> list[float] | None:
    values = person.get("pose_keypoints_2d") or person.get("pose_keypoints")
    return None if values is None else values.numbers()


def _colour(i: int) -> tuple[int, int, int]:
    if SWAP[i] == i:
        return 255, 255, 255
    return (240, 140, 40) if NAMES[i].startswith("right") else (50, 130, 220)
