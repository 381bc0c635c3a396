"""A folder of photos, as `tf-tryon annotate` takes and leaves it: files of parsing and keypoints may lie beside them.

anna.jpg, anna_parsing.png (CIHP-20, unless said otherwise), anna_keypoints.json    the last two are optional
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence

from tf_tryon.data.person_files import KEYPOINTS, PARSING, beside
from tf_tryon.data.photo import is_picture_name
from tf_tryon.data.sources.located import Layout, Located
from tf_tryon.writing.places import names, source_of


def locate(root: pathlib.Path) -> Iterator[Located]:
    """The photos of a folder."""
    paths = [path for path in sorted(root.iterdir()) if is_picture_name(path.name) and path.is_file()]
    if not paths:
        raise FileNotFoundError(f"{root}: photos are missing: name a folder that holds some")
    return iter(located(paths))


def located(photos: Sequence[pathlib.Path]) -> list[Located]:
    """Photos of any folders; of two of one name each gets an ending that follows from its path."""
    wished = [(photo.stem, source_of(photo)) for photo in photos]
    return [
        Located(identity, "", photo, _there(photo, PARSING), _there(photo, KEYPOINTS))
        for photo, identity in zip(photos, names(wished, lambda name: None), strict=True)
    ]


def _there(photo: pathlib.Path, ending: str) -> pathlib.Path | None:
    path = beside(photo, ending)
    return path if path.is_file() else None


LAYOUT = Layout("photos", "cihp20", locate, own_splits=False, own_size=True, min_garments=2, drawn="tenth")
