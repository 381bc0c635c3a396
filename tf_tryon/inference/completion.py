"""What a completion is, whichever runtime made it."""

from __future__ import annotations

import dataclasses
import io
import pathlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from tf_tryon.data.person import Person
from tf_tryon.inference import saving, sheet
from tf_tryon.inference.request import Request, check_channel

WALK_REACH = 3.0  # standard deviations each way


@dataclasses.dataclass
class Completion:
    """What `TryOn.complete` returns; all pictures have the photo's size.

    Attributes:
      person: the photo's own.
      erased: (h, w) bool, the pixels that were erased, less what is carried before them (`Person.carried`).
      photos: (n, h, w, 3) uint8.
      parsings: (n, h, w) uint8 classes.
      codes: by stage, (n, h, w, c) float32.
      scores: by stage, (n,) log-likelihood of the codes under the compatibility prior, in nats.
      request: what was asked.
      model: hash of the weights.
    """

    person: Person
    erased: np.ndarray
    photos: np.ndarray
    parsings: np.ndarray
    codes: dict[str, np.ndarray]
    scores: dict[str, np.ndarray]
    request: Request
    model: str

    @property
    def erased_photo(self) -> np.ndarray:
        """(h, w, 3) uint8, the photo with the erased pixels grey: what the nets see, and what is carried besides."""
        return np.where(self.erased[..., None], np.uint8(128), self.person.photo)

    def sheet(self, side: int = 0) -> Image.Image:
        """One picture of all: photo | erased | samples, each above its parsing map; `side` as in `sheet.sheet`."""
        return sheet.sheet([self], side)

    def save(self, folder: str | pathlib.Path, source: str = "") -> pathlib.Path:
        """Writes samples, parsings, sheet.png and result.json, and returns the sheet's path; see `saving.save`."""
        return saving.save(self, folder, source)

    def _repr_png_(self) -> bytes:
        """A notebook shows the sheet."""
        buffer = io.BytesIO()
        self.sheet().save(buffer, "PNG")
        return buffer.getvalue()


def codes_of_all(request: Request, stage: str, first: Callable[[], np.ndarray], centred: int) -> np.ndarray | None:
    """A stage's codes (n, h, w, c) where one serves all samples, or is walked from; None: each draws its own.

    Args:
      request: with `keep_shape`, `keep_texture` or `walk`.
      stage: its name.
      first: draws the first sample's (h, w, c), whose context may differ from the others'.
      centred: as in `check_channel`.
    """
    if not request.keeps(stage) and request.walk is None:
        return None
    codes = np.repeat(first()[None], request.samples, axis=0)
    return codes if request.walk is None or request.walk_stage != stage else walked(codes, request.walk, centred)


def walked(codes: np.ndarray, channel: int, centred: int) -> np.ndarray:
    """Codes (n, h, w, c) with one channel shifted by -3 .. 3 over the samples, in all cells."""
    check_channel(channel, codes.shape[-1], centred)
    shifted = codes.copy()
    shifted[..., channel] += np.linspace(-WALK_REACH, WALK_REACH, len(codes), dtype=np.float32)[:, None, None]
    return shifted
