"""Keypoints and person masks by MediaPipe's PoseLandmarker.

Bazarevsky et al., BlazePose: On-device Real-time Body Pose tracking, 2020. Its 33 points become the project's 18; the
neck is the middle of the shoulders. A point is taken as shown from a visibility of one half on.
"""

from __future__ import annotations

import atexit
import os
import warnings
import weakref
from typing import Any, Final

import numpy as np
from PIL import Image
from scipy import ndimage

from tf_tryon.annotation import mediapipe_import, model_files
from tf_tryon.annotation.annotation import AnnotationError, Pose

# BlazePose's point for each of the 18; the neck has none.
_POINTS: Final = (0, -1, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7)
_FEET: Final = (27, 28, 29, 30, 31, 32)
_EYES: Final = range(1, 7)
MIN_VISIBILITY: Final = 0.5
MAX_PEOPLE: Final = 6
_SECOND_LOOK: Final = 0.25  # of the photo's longer side: the margin
# Pixels of the longer side that MediaPipe sees, which shrinks everything to some 256 itself. At 32,767 its OpenCV ends
# the process, with nothing that could be caught.
_LONGEST: Final = 4096
_MARGIN: Final = 0.02  # of the picture: a point that far inside is not cut


# What nobody closed MediaPipe closes when Python has taken its parts apart, and complains. Exit handlers run from the
# last to the first, and MediaPipe, imported after this module, has its own: after that one closing is quiet.
_open: weakref.WeakSet[PoseAnnotator] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for annotator in list(_open):
        annotator.close()


class PoseAnnotator:
    """People of a photo, the largest first. Make one with `PoseAnnotator.load`; `close` it, or use it in a `with`.

    MediaPipe's C++ writes some forty lines to the process's stderr, whatever its log level is. They are the process's
    to silence: the command line does (`tf_tryon.quiet`).
    """

    def __init__(self, landmarker: Any, mediapipe: Any) -> None:
        self._landmarker, self._mediapipe = landmarker, mediapipe
        _open.add(self)

    @classmethod
    def load(cls, model: str | os.PathLike[str] | None = None) -> PoseAnnotator:
        """With the registered model file, or the user's.

        Raises:
          AnnotationError: "model missing": MediaPipe or its model file can't be had; says what to do.
        """
        path = model_files.find(model_files.POSE_LANDMARKER, model)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what it imports itself
                mediapipe, tasks = mediapipe_import.imported()
        except ImportError as error:
            raise AnnotationError(
                "model missing",
                f"MediaPipe finds people's poses and can't be loaded ({error}): pip install 'tf-tryon[photos]'",
            ) from error
        options = tasks.vision.PoseLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(path)),
            running_mode=tasks.vision.RunningMode.IMAGE,
            num_poses=MAX_PEOPLE,
            output_segmentation_masks=True,
        )
        try:
            landmarker = tasks.vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise AnnotationError(
                "model missing", f"{path}: not a pose model that MediaPipe reads ({error})"
            ) from error
        return cls(landmarker, mediapipe)

    def annotate(self, photo: np.ndarray) -> list[Pose]:
        """All people of a photo (h, w, 3) uint8 RGB, by size.

        Where nobody is found, MediaPipe looks once more with a margin around the photo: people who fill it escape it
        now and then (4 of 950 rendered ones, all of whom the margin brought back). A longer photo than 4,096 pixels is
        shrunk for both looks.
        """
        seen = _shrunk(photo)
        detection = self._detected(seen)
        if not detection:
            margin = round(_SECOND_LOOK * max(seen.shape[:2]))
            around = self._detected(np.pad(seen, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
            detection = [_without_margin(points, mask, margin) for points, mask in around]
        found = (_pose(points, _of_size(mask, photo.shape[:2])) for points, mask in detection)
        poses = [pose for pose in found if pose is not None]
        return sorted(poses, key=lambda pose: -_area(pose.box))

    def _detected(self, photo: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each person (33, 3) points in parts of the picture, with their visibility, and the mask (h, w)."""
        image = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(photo))
        detection = self._landmarker.detect(image)
        people = []
        for points, mask in zip(detection.pose_landmarks, detection.segmentation_masks or [], strict=True):
            array = np.array([(p.x, p.y, p.visibility) for p in points], np.float32)
            # A copy: the memory is the landmarker's.
            people.append((array, np.array(mask.numpy_view(), np.float32).reshape(photo.shape[:2])))
        return people

    def close(self) -> None:
        """Frees the network."""
        _open.discard(self)
        self._landmarker.close()

    def __enter__(self) -> PoseAnnotator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _shrunk(photo: np.ndarray) -> np.ndarray:
    """A photo (h, w, 3) uint8 with at most _LONGEST pixels a side; itself if it has no more."""
    height, width = photo.shape[:2]
    scale = _LONGEST / max(height, width)
    if scale >= 1:
        return photo
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BOX))


def _of_size(mask: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """A mask (h, w) float32 of a photo that was shrunk from `size`; itself if it wasn't."""
    if mask.shape == size:
        return mask
    return np.array(Image.fromarray(mask).resize(size[::-1], Image.Resampling.BILINEAR))


def _without_margin(points: np.ndarray, mask: np.ndarray, margin: int) -> tuple[np.ndarray, np.ndarray]:
    """Points in parts of the picture, and mask, of the picture inside a margin."""
    size = np.array(mask.shape[::-1], np.float32)
    inner = (points[:, :2] * size - margin) / (size - 2 * margin)
    return np.concatenate([inner, points[:, 2:]], axis=1), mask[margin:-margin, margin:-margin]


def _pose(points: np.ndarray, mask: np.ndarray) -> Pose | None:
    """From (33, 3) points in parts of the picture and the mask; None if nothing of the person is in the picture."""
    height, width = mask.shape
    keypoints = np.zeros((18, 3), np.float32)
    for row, source in enumerate(_POINTS):
        if source >= 0:
            keypoints[row] = points[source] * (width, height, 1)
    right, left = keypoints[2], keypoints[5]
    keypoints[1] = (*(right[:2] + left[:2]) / 2, min(right[2], left[2]))
    inside = (keypoints[:, :2] >= 0).all(1) & (keypoints[:, 0] < width) & (keypoints[:, 1] < height)
    keypoints[~inside | (keypoints[:, 2] < MIN_VISIBILITY)] = 0
    mask = _own_part(mask, keypoints)
    box = _box(mask, keypoints)
    if box is None:
        return None
    return Pose(keypoints, mask, box, _beyond(points))


def _own_part(mask: np.ndarray, keypoints: np.ndarray) -> np.ndarray:
    """The mask without islands that no keypoint touches."""
    parts, count = ndimage.label(mask > 0.5)
    shown = keypoints[keypoints[:, 2] > 0]
    if count < 2 or not len(shown):
        return mask
    touched = np.unique(parts[shown[:, 1].astype(int), shown[:, 0].astype(int)])
    touched = touched[touched > 0]
    if not len(touched):
        return mask
    stray = (parts > 0) & ~np.isin(parts, touched)
    return np.where(stray, np.float32(0), mask)


def _box(mask: np.ndarray, keypoints: np.ndarray) -> tuple[float, float, float, float] | None:
    rows, columns = np.flatnonzero((mask > 0.5).any(1)), np.flatnonzero((mask > 0.5).any(0))
    shown = keypoints[keypoints[:, 2] > 0]
    ys = [*(rows[[0, -1]] + (0, 1) if len(rows) else ()), *shown[:, 1]]
    xs = [*(columns[[0, -1]] + (0, 1) if len(columns) else ()), *shown[:, 0]]
    return (float(min(ys)), float(min(xs)), float(max(ys)), float(max(xs))) if ys else None


def _beyond(points: np.ndarray) -> tuple[str, ...]:
    """Which of head and feet lie outside the picture (the network guesses where they would be)."""

    def inside(indices: Any) -> np.ndarray:
        part = points[list(indices)]
        return ((part[:, :2] > -_MARGIN) & (part[:, :2] < 1 + _MARGIN)).all(1)

    cut = []
    if not inside(_EYES).any():
        cut.append("head")
    if inside(_FEET).sum() < len(_FEET) / 2:
        cut.append("feet")
    return tuple(cut)


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
