"""An annotated photo on disk: NAME.jpg, NAME_parsing.png, NAME_keypoints.json, NAME_preview.png."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np

from tf_tryon.annotation.annotation import Annotation
from tf_tryon.annotation.preview import preview
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.person import save_labels


def save(annotation: Annotation, photo: np.ndarray, source: pathlib.Path, folder: pathlib.Path, stem: str) -> None:
    """Write an annotation, and a copy of the photo's file, as `<folder>/<stem>...`.

    The photo comes last, under a temporary name first like all files: where it stands, its annotation is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = annotation.vocabulary

    def write(target: str, how: Callable[[pathlib.Path], Any]) -> None:
        temporary = folder / f".{target}.tmp"
        how(temporary)
        os.replace(temporary, folder / target)

    keypoints = json.dumps(to_openpose(annotation.keypoints)) + "\n"
    write(f"{stem}_parsing.png", lambda path: save_labels(annotation.labels, name, path))
    write(f"{stem}_keypoints.json", lambda path: path.write_text(keypoints, encoding="utf-8"))
    write(f"{stem}_preview.png", lambda path: preview(photo, annotation).save(path, "PNG"))
    target = folder / f"{stem}{source.suffix.lower()}"
    if not (target.exists() and target.samefile(source)):
        write(target.name, lambda path: shutil.copyfile(source, path))


def is_annotated(photo: pathlib.Path) -> bool:
    """Whether parsing and keypoints lie beside a photo."""
    return all(photo.with_name(f"{photo.stem}{end}").is_file() for end in ("_parsing.png", "_keypoints.json"))


def stems(photos: list[pathlib.Path]) -> list[str]:
    """A name for each photo: its stem, with -2, -3, ... where an earlier one has it already."""
    taken: set[str] = set()
    names = []
    for photo in photos:
        name, count = photo.stem, 1
        while name in taken:
            count += 1
            name = f"{photo.stem}-{count}"
        taken.add(name)
        names.append(name)
    return names
