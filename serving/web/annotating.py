"""Uploaded bytes to a person, in a thread of its own: decoding, shrinking, pose and parsing, what was wiped away.

One photo at a time: the networks use all cores as it is, and a decoded photo takes memory.
"""

from __future__ import annotations

import dataclasses
import io
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tf_tryon.data.photo import open_upright, to_rgb
from tf_tryon.data.upright import turned
from tf_tryon.serving.encoded_person import to_png
from tf_tryon.serving.web.background import Background
from tf_tryon.serving.web.sessions import Subject
from tf_tryon.serving.web.wiped import find_wiped

if TYPE_CHECKING:
    from tf_tryon.annotation.annotator import Annotator


@dataclasses.dataclass(frozen=True)
class Annotated:
    """A person from a photo, and what the visitor should know.

    Attributes:
      subject: the person.
      people, person: how many the photo shows, and which this is, from 1.
      doubts: garments that the parsing isn't sure of.
      few: whether fewer garments are seen than are wanted to match a new one to.
      wiped: the garment whose place was found wiped away, or "".
    """

    subject: Subject
    people: int
    person: int
    doubts: tuple[str, ...]
    few: bool
    wiped: str


class Annotating:
    """Annotates in the background.

    Args:
      load: makes the annotator; called in the thread, once.
      max_side: longer photos are shrunk to it.
      waiting: uploads that may wait; one more is refused.
    """

    def __init__(
        self,
        load: Callable[[], Annotator],
        max_side: int = 1024,
        waiting: int = 8,
    ) -> None:
        self._load, self._max_side = load, max_side
        self._background = Background("annotate", waiting)
        self._annotator: Annotator | None = None

    def warm(self) -> None:
        """Loads the networks meanwhile."""
        self._background.later(self._loaded, "own photos can't be taken")

    async def person(self, encoded: bytes, person: int | None = None, allow_cut: bool = False) -> Annotated:
        """The person of an uploaded photo.

        Raises:
          RefusedError: too many wait.
          PhotoError, AnnotationError: as the annotator refuses.
        """
        return await self._background.run(self._annotate, encoded, person, allow_cut)

    def close(self) -> None:
        """Ends the thread and frees the networks."""
        self._background.finish(self._free)

    def _free(self) -> None:
        if self._annotator is not None:
            self._annotator.close()

    def _loaded(self) -> Annotator:
        if self._annotator is None:
            self._annotator = self._load()
        return self._annotator

    def _annotate(self, encoded: bytes, person: int | None, allow_cut: bool) -> Annotated:
        from tf_tryon.annotation.annotator import MIN_GARMENTS, Annotator, doubtful
        from tf_tryon.data.vocabulary import garments_shown

        photo, transparent = self._decoded(encoded)
        loaded = self._loaded()
        annotation = Annotator(loaded.pose, loaded.parsing, allow_cut).annotate(photo, person)
        seen = annotation.as_person(photo, "photo")  # a person who lay across the photo stands upright now
        if transparent is not None:
            transparent = turned(transparent, annotation.turns)
        wiped = find_wiped(seen.photo, seen.keypoints, transparent)
        erased = wiped.erased if wiped else np.zeros(seen.size, bool)
        known = seen.labels, erased, seen.keypoints, seen.dress, seen.carried
        subject = Subject(to_png(seen.photo), seen.size, *known)
        doubts = tuple(doubtful(annotation.confidences))
        few = len(garments_shown(seen.labels)) < MIN_GARMENTS
        return Annotated(subject, annotation.people, annotation.person, doubts, few, wiped.garment if wiped else "")

    def _decoded(self, encoded: bytes) -> tuple[np.ndarray, np.ndarray | None]:
        """(h, w, 3) uint8 and, of a picture with transparency, (h, w) bool where it lets all through."""
        image = open_upright(io.BytesIO(encoded), "the photo")
        alpha: Any = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
        whole = Image.fromarray(to_rgb(image))
        scale = self._max_side / max(whole.size)
        if scale < 1:
            width, height = (max(1, math.floor(side * scale)) for side in whole.size)
            size = (width, height)
            whole = whole.resize(size, Image.Resampling.LANCZOS)
            alpha = alpha and alpha.resize(size, Image.Resampling.NEAREST)
        return np.asarray(whole), None if alpha is None else np.asarray(alpha) < 128
