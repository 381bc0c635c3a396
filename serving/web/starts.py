"""The six people whom a visitor can begin with; rendered by Studio, made by `tools/page_starts.py`."""

from __future__ import annotations

import functools
import importlib.resources
import io
import json
from typing import Final

import numpy as np
from PIL import Image

from tf_tryon.serving.encoded_person import to_png
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Subject

NAMES: Final = ("1", "2", "3", "4", "5", "6")
FOLDER: Final = importlib.resources.files("tf_tryon.serving.web").joinpath("starts")


@functools.cache
def picture(name: str) -> bytes:
    """JPEG.

    Raises:
      RefusedError: 404.
    """
    if name not in NAMES:
        raise RefusedError(404, "photo-gone")
    return FOLDER.joinpath(f"{name}.jpg").read_bytes()


def subject(name: str) -> Subject:
    """The person, nothing erased.

    Raises:
      RefusedError: 404.
    """
    photo = to_png(np.asarray(Image.open(io.BytesIO(picture(name)))))
    labels = np.asarray(Image.open(io.BytesIO(FOLDER.joinpath(f"{name}_parsing.png").read_bytes()))).astype(np.uint8)
    known = json.loads(FOLDER.joinpath("people.json").read_text())[name]
    points = np.array(known["keypoints"], np.float32)
    return Subject(photo, labels.shape, labels, np.zeros(labels.shape, bool), points, known["dress"])
