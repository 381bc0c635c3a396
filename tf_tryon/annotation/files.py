"""An annotated photo on disk: NAME.jpg, NAME_parsing.png, NAME_keypoints.json, NAME_preview.png."""

from __future__ import annotations

import pathlib
import shutil
from typing import Final

import numpy as np
from PIL import Image

from tf_tryon.annotation.annotation import Annotation
from tf_tryon.annotation.preview import preview
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.label_picture import save_labels
from tf_tryon.writing import results
from tf_tryon.writing.places import names, source_of
from tf_tryon.writing.results import new_files

_BY: Final = "tf-tryon annotate"
_MARK: Final = "_keypoints.json"
_PARSING: Final = "_parsing.png"
_PREVIEW: Final = "_preview.png"


def save(annotation: Annotation, photo: np.ndarray, source: pathlib.Path, folder: pathlib.Path, stem: str) -> None:
    """Write an annotation, and a copy of the photo's file (as PNG, if it was turned), as `<folder>/<stem>...`.

    The keypoints come last: where they stand, the annotation is whole. They are the mark of the four files: an earlier
    annotation of the same photo is replaced, unless somebody mended it since.

    Raises:
      InTheWayError: files of these names are there that are not such an annotation.
    """
    upright = annotation.upright(photo)
    with new_files(folder, f"{stem}{_MARK}", by=_BY, source=source_of(source)) as new:
        save_labels(annotation.labels, annotation.vocabulary, new.path / f"{stem}{_PARSING}")
        preview(upright, annotation).save(new.path / f"{stem}{_PREVIEW}", "PNG")
        target = new.path / photo_name(stem, source, annotation.turns)
        if annotation.turns:
            Image.fromarray(upright).save(target, "PNG")
        else:
            shutil.copyfile(source, target)
        new.content = to_openpose(annotation.keypoints)


def check_place(source: pathlib.Path, folder: pathlib.Path, stem: str) -> None:
    """Raise as `save` would, as far as that can be known before the photo is annotated."""
    names = (f"{stem}{_PARSING}", f"{stem}{_PREVIEW}")
    results.check(folder, f"{stem}{_MARK}", by=_BY, source=source_of(source), names=names)


def photo_name(stem: str, source: pathlib.Path, turns: int) -> str:
    """What the annotation's photo is called: a turned one is written anew."""
    return f"{stem}.png" if turns else f"{stem}{source.suffix.lower()}"


def is_annotated(photo: pathlib.Path) -> bool:
    """Whether parsing and keypoints lie beside a photo."""
    return all(photo.with_name(f"{photo.stem}{end}").is_file() for end in (_PARSING, _MARK))


def names_in(folder: pathlib.Path, photos: list[pathlib.Path]) -> list[str]:
    """A name for each photo's files in the folder: its stem, with a stable suffix where another photo has that."""
    wished = [(photo.stem, source_of(photo)) for photo in photos]
    return names(wished, lambda name: results.source_of(folder, f"{name}{_MARK}"))
