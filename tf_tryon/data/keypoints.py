"""The 18 keypoints: names, conversions from other layouts, OpenPose's JSON, and drawing.

An array of keypoints is (18, 3) float32: x, y in pixels (pixel i spans [i, i + 1)), confidence in [0, 1]. Confidence 0
is missing, and then x = y = 0. "Right" is the person's right, at the left of a frontal photo.
Layouts: docs/data.md; OpenPose's output document for BODY_25 and COCO.
"""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw

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
    """17 (COCO), 18 (OpenPose COCO) or 25 (BODY_25) points -> (18, 3); ValueError for another number."""
    readers = {17: from_coco17, 18: clean, 25: from_body25}
    if points.ndim != 2 or points.shape[1] != 3 or len(points) not in readers:
        raise ValueError(f"{source}: shape {points.shape}; (18, 3) COCO, (25, 3) BODY_25 or (17, 3) COCO-17 is read")
    return readers[len(points)](points)


def from_openpose(data: dict[str, Any], source: str = "keypoints") -> np.ndarray:
    """(18, 3) from OpenPose's JSON.

    Both `pose_keypoints_2d` and the older `pose_keypoints` are read, in `people[...]` or at the top level. Of several
    people the one with the greatest total confidence counts; with no people all points are missing.
    """
    people = [data] if _values(data) is not None else data.get("people")
    if not isinstance(people, list):
        raise ValueError(f"{source}: neither `people` nor `pose_keypoints(_2d)` found: OpenPose's JSON is expected")
    found = []
    for person in people:
        values = _values(person)
        if values is None or len(values) % 3:
            raise ValueError(f"{source}: a person without `pose_keypoints_2d` of x, y, confidence triples")
        found.append(from_points(np.array(values, np.float32).reshape(-1, 3), source))
    return max(found, key=lambda points: float(points[:, 2].sum()), default=np.zeros((18, 3), np.float32))


def read_openpose(path: str | os.PathLike[str]) -> np.ndarray:
    """`from_openpose` of a file; ValueError names it."""
    try:
        data = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error})") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path}: OpenPose's JSON is an object, not a {type(data).__name__}")
    return from_openpose(data, str(path))


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


def _values(person: dict[str, Any]) -> list[float] | None:
    values = person.get("pose_keypoints_2d", person.get("pose_keypoints"))
    return values if isinstance(values, list) else None


def _colour(i: int) -> tuple[int, int, int]:
    if SWAP[i] == i:
        return 255, 255, 255
    return (240, 140, 40) if NAMES[i].startswith("right") else (50, 130, 220)
