"""From one located example to a record: the same steps for every data set, in any process.

Photo, labels and keypoints are read (what is missing is annotated), checked against each other, brought into the frame
as people's own photos are, and checked for what training needs. What fails is rejected with a reason; a file that can't
be read never stops the run.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
from PIL import Image
from scipy import ndimage

from tf_tryon.data import boxes, person, records
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.photo import read_photo
from tf_tryon.data.sources.layouts import LAYOUTS
from tf_tryon.data.sources.located import Located
from tf_tryon.data.sources.outcome import Outcome, RejectedError
from tf_tryon.data.window import Window
from tf_tryon.errors import TryOnError

JPEG_QUALITY: Final = 95
# A photo may be enlarged to the frame at most by the inverse of this.
_MIN_SCALE: Final = 0.5
# A second face on a region of its own, at least this large relative to the largest, is a second person.
_SECOND_PERSON: Final = 0.25
_UNREADABLE: Final = (ValueError, OSError, SyntaxError, Image.DecompressionBombError)


class Annotation(Protocol):
    """What an annotator finds on a photo.

    Attributes:
      labels: (h, w) uint8.
      vocabulary: theirs, a name of `vocabulary.VOCABULARIES`.
      keypoints: (18, 3) float32.
    """

    @property
    def labels(self) -> np.ndarray: ...

    @property
    def vocabulary(self) -> str: ...

    @property
    def keypoints(self) -> np.ndarray: ...


# photo (h, w, 3) uint8 -> what is on it; ValueError or TryOnError says why nothing can be found.
Annotate = Callable[[np.ndarray], Annotation]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a record follows from besides its example.

    Attributes:
      layout: name of the data set's layout.
      vocabulary: of its label pictures.
      size: height and width of the frame.
      min_garments: that a person must show.
      annotator: makes an `Annotate`, once in each process; importable by name. None: nothing is annotated.
    """

    layout: str
    vocabulary: str
    size: int
    min_garments: int
    annotator: Callable[[], Annotate] | None = None


class Preparer:
    """Turns examples into records; loads the annotator when the first example needs it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read_keypoints = LAYOUTS[settings.layout].read_keypoints
        self._annotate: Annotate | None = None

    def outcome(self, example: Located) -> Outcome:
        """The example's record, or why there is none."""
        try:
            return Outcome(record=self._record(example))
        except RejectedError as rejection:
            return Outcome(reason=rejection.reason, detail=rejection.detail)

    def _record(self, example: Located) -> bytes:
        if example.rejected:
            raise RejectedError(example.rejected)
        photo = _photo(example.photo)
        labels, vocabulary, points = self._parts(example, photo)
        known, size = vocabulary_lib.named(vocabulary), self._settings.size
        window = _window(known.table()[labels], size)
        photo, labels = window.frame_photo(photo), window.frame_labels(labels, known.table())
        points = _inside(window.frame_keypoints(points), size)
        classes = known.table()[labels]
        _reject_several_people(classes)
        shown = _shown(classes)
        if len(shown) < self._settings.min_garments:
            reason = f"fewer than {self._settings.min_garments} garments"
            raise RejectedError(reason, ", ".join(shown) or "none")
        metadata = {
            **example.metadata,
            "source": self._settings.layout,
            "window": [window.top, window.left, *window.window],
            "photo": list(window.photo),
            "visible": shown,
        }
        return records.encode(photo, labels, points, vocabulary, example.id, metadata, jpeg_quality=JPEG_QUALITY)

    def _parts(self, example: Located, photo: np.ndarray) -> tuple[np.ndarray, str, np.ndarray]:
        """Labels of a record vocabulary, its name, and keypoints, from files where there are any."""
        size = photo.shape[:2]
        labels, vocabulary, points = None, self._settings.vocabulary, None
        if example.parsing is not None:
            labels = _labels(example.parsing, size)
        if example.keypoints is not None:
            try:
                points = self._read_keypoints(example, size)
            except (ValueError, OSError) as error:
                raise RejectedError("keypoints unreadable", str(error)) from error
            points = points if points[:, 2].any() else None
        if labels is None or points is None:
            missing = "parsing missing" if labels is None else "keypoints missing"
            found = self._annotated(photo, missing)
            points = found.keypoints if points is None else points
            if labels is None:
                labels, vocabulary = found.labels, found.vocabulary
        try:
            if vocabulary == "mm24":
                labels, vocabulary = vocabulary_lib.mm24_to_cihp20(labels, points), "cihp20"
            vocabulary_lib.check(labels, vocabulary)
        except ValueError as error:
            raise RejectedError("labels of another vocabulary", str(error)) from error
        return labels, vocabulary, points

    def _annotated(self, photo: np.ndarray, missing: str) -> Annotation:
        if self._settings.annotator is None:
            raise RejectedError(missing)
        if self._annotate is None:
            try:
                self._annotate = self._settings.annotator()
            except (
                TryOnError
            ) as error:  # an empty file of keypoints is no reason to stop: what is lacking is checked first
                raise RejectedError(missing, f"annotators can't be loaded: {error}") from error
        try:
            return self._annotate(photo)
        except (ValueError, TryOnError) as error:
            raise RejectedError(f"not annotated: {getattr(error, 'reason', 'refused')}", str(error)) from error


def _photo(path: pathlib.Path) -> np.ndarray:
    if not path.is_file():
        raise RejectedError("photo missing", path.name)
    try:
        return read_photo(path)
    except _UNREADABLE as error:
        raise RejectedError("photo unreadable", str(error)) from error


def _labels(path: pathlib.Path, size: tuple[int, ...]) -> np.ndarray:
    try:
        labels, _, _ = person.read_label_picture(path)
    except _UNREADABLE as error:
        raise RejectedError("parsing unreadable", str(error)) from error
    if labels.shape != size:
        detail = f"photo {size[1]}x{size[0]}, parsing {labels.shape[1]}x{labels.shape[0]}"
        raise RejectedError("photo and parsing differ in size", detail)
    return labels


def _window(classes: np.ndarray, size: int) -> Window:
    if not classes.any():
        raise RejectedError("no person")
    window = Window.around(classes, size, size)
    if window.window[0] < _MIN_SCALE * size:
        raise RejectedError("too small", f"the person's part of the photo has {window.window[0]} pixels for {size}")
    return window


def _inside(points: np.ndarray, size: int) -> np.ndarray:
    outside = (points[:, :2] < 0).any(axis=1) | (points[:, :2] >= size).any(axis=1)
    return np.where(outside[:, None], 0, points).astype(np.float32)


def _reject_several_people(classes: np.ndarray) -> None:
    regions: Any
    regions, count = ndimage.label(classes)  # pyright can't see that this is a pair
    if count < 2:
        return
    areas = np.bincount(regions.ravel(), minlength=count + 1)
    faces = [
        n for n in np.unique(regions[classes == vocabulary_lib.FACE]) if areas[n] >= _SECOND_PERSON * areas[1:].max()
    ]
    if len(faces) > 1:
        raise RejectedError("several people")


def _shown(classes: np.ndarray) -> list[str]:
    garments = zip(vocabulary_lib.GARMENTS, vocabulary_lib.GARMENT_CLASSES, strict=True)
    return [name for name, label in garments if (classes == label).mean() >= boxes.MIN_AREA]
