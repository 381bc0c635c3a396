"""From one located example to a record: the same steps for every data set, in any process.

Photo, labels and keypoints are read (what is missing is annotated), checked against each other, brought into the crop
as people's own photos are, and checked for what training needs. What fails is rejected with a reason; a file that can't
be read never stops the run.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from PIL import Image
from scipy import ndimage

from tf_tryon.data import boxes, records
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.matching import DisagreementError, Match, match
from tf_tryon.data.person_crop import PersonCrop
from tf_tryon.data.photo import read_photo
from tf_tryon.data.sources import ccp, ccp_labels
from tf_tryon.data.sources.layouts import LAYOUTS
from tf_tryon.data.sources.located import Located
from tf_tryon.data.sources.names import readable
from tf_tryon.data.sources.outcome import MISSING, Outcome, RejectedError
from tf_tryon.data.upright import turned, turned_points
from tf_tryon.errors import TryOnError

Found = TypeVar("Found")

JPEG_QUALITY: Final = 95
# A photo may be enlarged to the crop's size at most by the inverse of this.
_MIN_SCALE: Final = 0.5
# Height in pixels that a person must have on a photo that keeps its resolution.
_MIN_HEIGHT: Final = 128
_MAX_SIDE: Final = 65_500  # pixels that JPEG can hold in a row or column
# A second face on a region of its own, at least this large relative to the largest, is a second person.
_SECOND_PERSON: Final = 0.25
_UNREADABLE: Final = (ValueError, OSError, SyntaxError, Image.DecompressionBombError)


class Annotation(Protocol):
    """What an annotator finds on a photo.

    Attributes:
      labels: (h, w) uint8.
      vocabulary: theirs, a name of `vocabulary.VOCABULARIES`.
      keypoints: (18, 3) float32.
      turns: by 90 degrees against the clock, of the photo, before they fit it.
    """

    @property
    def labels(self) -> np.ndarray: ...

    @property
    def vocabulary(self) -> str: ...

    @property
    def keypoints(self) -> np.ndarray: ...

    @property
    def turns(self) -> int: ...


class Annotators(Protocol):
    """What finds a photo's person; ValueError or TryOnError says why nothing can be found."""

    def annotate(self, photo: np.ndarray) -> Annotation:
        """All that is on a photo (h, w, 3) uint8."""
        ...

    def keypoints(self, photo: np.ndarray) -> np.ndarray:
        """Only the pose (18, 3) float32, which takes a fraction of the time."""
        ...

    def close(self) -> None:
        """Frees the networks."""
        ...


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a record follows from besides its example.

    Attributes:
      layout: name of the data set's layout.
      vocabulary: of its label pictures.
      size: height and width of the crop around the person; None: the photo is kept whole, at its own resolution.
      max_height: to which a taller photo is then scaled.
      min_garments: that a person must show.
      annotator: makes `Annotators`, once in each process; what pickle can send. None: nothing is annotated.
      asked: whether the vocabulary was asked for, and so goes before the one that a label picture states.
    """

    layout: str
    vocabulary: str
    size: int | None
    min_garments: int
    annotator: Callable[[], Annotators] | None = None
    max_height: int = 1024
    asked: bool = False


class Preparer:
    """Turns examples into records; loads the annotator when the first example needs it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._layout = LAYOUTS[settings.layout]
        self._annotators: Annotators | None = None

    def outcome(self, example: Located) -> Outcome:
        """The example's record, or why there is none."""
        try:
            return Outcome(record=self._record(example))
        except RejectedError as rejection:
            return Outcome(reason=rejection.reason, detail=readable(rejection.detail))

    def _record(self, example: Located) -> bytes:
        if example.rejected:
            raise RejectedError(example.rejected)
        photo = _photo(example.photo)
        parts, turns, annotated = self._parts(example, photo)
        photo, labels, vocabulary, points = turned(photo, turns), parts.labels, parts.vocabulary, parts.points
        known, settings = vocabulary_lib.named(vocabulary), self._settings
        seen = _crop(known.table()[labels], settings.size, settings.max_height)
        photo, labels = seen.photo_pixels(photo), seen.label_pixels(labels, known.table())
        points = _inside(seen.keypoints(points), seen.size)
        classes = known.table()[labels]
        _reject_several_people(classes)
        shown = _shown(classes)
        if len(shown) < self._settings.min_garments:
            reason = f"fewer than {self._settings.min_garments} garments"
            raise RejectedError(reason, ", ".join(shown) or "none")
        metadata = {
            **example.metadata,
            "source": self._settings.layout,
            "crop": list(seen.box),
            "photo": list(seen.photo),
            "visible": shown,
            "annotated": annotated,
            **({"turned": turns * 90} if turns else {}),
        }
        return records.encode(photo, labels, points, vocabulary, example.id, metadata, jpeg_quality=JPEG_QUALITY)

    def _parts(self, example: Located, photo: np.ndarray) -> tuple[Match, int, list[str]]:
        """Labels and keypoints, from files where there are any; the photo's quarter turns; and what files lack."""
        size = photo.shape[0], photo.shape[1]
        labels, vocabulary, people, turns = None, self._settings.vocabulary, [], 0
        if example.parsing is not None:
            labels, stated = self._labels(example.parsing, size)
            vocabulary = vocabulary if self._settings.asked else stated or vocabulary
        if example.keypoints is not None:
            try:
                people = self._layout.read_keypoints(example, size)
            except (ValueError, OSError) as error:
                raise RejectedError("keypoints unreadable", str(error)) from error
            people = [points for points in people if points[:, 2].any()]
        annotated = [name for name, lacks in (("parsing", labels is None), ("keypoints", not people)) if lacks]
        if labels is None:
            annotation = self._annotated("parsing missing", lambda annotators: annotators.annotate(photo))
            labels, vocabulary, turns = annotation.labels, annotation.vocabulary, annotation.turns
            if self._layout.revise is not None:
                labels = self._layout.revise(example, labels, vocabulary)
            people = [turned_points(points, size, turns) for points in people] or [annotation.keypoints]
        elif not people:
            people = [self._annotated("keypoints missing", lambda annotators: annotators.keypoints(photo))]
        if not labels.any():
            raise RejectedError("no person")
        try:
            matched = match(labels, vocabulary, people, _sources(example), rewrite=_to_record)
        except DisagreementError as error:
            raise RejectedError("labels and keypoints disagree", str(error)) from error
        except ValueError as error:
            raise RejectedError("labels of another vocabulary", str(error)) from error
        return matched, (turns + matched.turns) % 4, annotated

    def _labels(self, path: pathlib.Path, size: tuple[int, ...]) -> tuple[np.ndarray, str | None]:
        """Labels, and the vocabulary that their picture states."""
        try:
            labels, stated = self._layout.read_labels(path)
        except _UNREADABLE as error:
            raise RejectedError("parsing unreadable", str(error)) from error
        if labels.shape != size:
            detail = f"photo {size[1]}x{size[0]}, parsing {labels.shape[1]}x{labels.shape[0]}"
            raise RejectedError("photo and parsing differ in size", detail)
        return labels, stated

    def _annotated(self, missing: str, find: Callable[[Annotators], Found]) -> Found:
        if self._settings.annotator is None:
            raise RejectedError(missing)
        if self._annotators is None:
            try:
                self._annotators = self._settings.annotator()
            except (
                TryOnError
            ) as error:  # an empty file of keypoints is no reason to stop: what is lacking is checked first
                raise RejectedError(missing, f"annotators can't be loaded: {error}") from error
        try:
            return find(self._annotators)
        except (ValueError, TryOnError) as error:
            raise RejectedError(f"not annotated: {getattr(error, 'reason', 'refused')}", str(error)) from error


def _sources(example: Located) -> tuple[str, str]:
    """What messages call labels and keypoints, whose photo they name: log lines of many photos come together."""
    labels = str(example.parsing or f"the labels of {example.photo}")
    return labels, f"the keypoints of {example.photo}"


def _to_record(labels: np.ndarray, vocabulary: str, keypoints: np.ndarray, source: str) -> tuple[np.ndarray, str]:
    """`vocabulary.to_record`, for labels of data sets only, too."""
    if vocabulary == ccp.VOCABULARY:
        return ccp_labels.to_cihp20(labels, keypoints, source), "cihp20"
    return vocabulary_lib.to_record(labels, vocabulary, keypoints, source)


def _photo(path: pathlib.Path) -> np.ndarray:
    if not path.is_file():
        raise RejectedError(MISSING, path.name)
    try:
        return read_photo(path)
    except _UNREADABLE as error:
        raise RejectedError("photo unreadable", str(error)) from error


def _crop(classes: np.ndarray, size: int | None, max_height: int) -> PersonCrop:
    """The crop around the person, or without a size the whole photo."""
    if not classes.any():
        raise RejectedError("no person")
    if size is None:
        whole = classes.shape[0], classes.shape[1]
        height = min(whole[0], max_height)
        rows = np.flatnonzero(classes.any(axis=1))
        tall = (rows[-1] + 1 - rows[0]) * height / whole[0]
        if tall < _MIN_HEIGHT:
            raise RejectedError("too small", f"the person is {tall:.0f} pixels tall, and {_MIN_HEIGHT} are needed")
        width = max(round(whole[1] * height / whole[0]), 1)
        if max(height, width) > _MAX_SIDE:
            raise RejectedError("too large", f"{width}x{height} pixels, and a record holds {_MAX_SIDE} a side")
        return PersonCrop((0, 0, *whole), (height, width), whole)
    seen = PersonCrop.around(classes, size, size)
    if seen.scale < _MIN_SCALE:
        raise RejectedError(
            "too small", f"the person's part of the photo has {seen.scale * size:.0f} pixels for {size}"
        )
    return seen


def _inside(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    outside = np.asarray(((points[:, :2] < 0) | (points[:, :2] >= size[::-1])).any(axis=1))
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
