"""A single picture that a verb writes: a PNG whose text `Software` says who wrote it, and which pixels.

So it may be replaced by the same verb, and by nobody else; a picture that was painted on since is no longer tf-tryon's.
"""

from __future__ import annotations

import hashlib
import os
import pathlib

from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from tf_tryon.errors import InTheWayError
from tf_tryon.writing.whole import whole_file

_TEXT = "Software"


def save_picture(picture: Image.Image, path: str | os.PathLike[str], *, by: str) -> None:
    """Write a PNG, whole or not at all; its folder is made if needed.

    Raises:
      InTheWayError: a file is there that `by` did not write, or that was changed since.
      OSError: the disk refuses; names the file.
    """
    check_picture(path, by=by)
    texts = PngInfo()
    texts.add_text(_TEXT, _signature(picture, by))
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        picture.save(temporary, "PNG", optimize=True, pnginfo=texts)


def check_picture(path: str | os.PathLike[str], *, by: str) -> None:
    """Raise as `save_picture` does for what is there."""
    path = pathlib.Path(path)
    if os.path.lexists(path) and not _written_by(path, by):
        raise InTheWayError(f"{path} is there, no picture that `{by}` wrote: move it away, or choose another name")


def _written_by(path: pathlib.Path, by: str) -> bool:
    try:
        # Not `Image.open`, which refuses a large picture, as a sheet of many people is; only signed ones are decoded.
        with PngImageFile(path) as picture:
            signed = picture.info.get(_TEXT)
            return isinstance(signed, str) and signed.startswith(f"{by} ") and signed == _signature(picture, by)
    except (OSError, SyntaxError, ValueError):
        return False


def _signature(picture: Image.Image, by: str) -> str:
    return f"{by} {hashlib.sha256(picture.tobytes()).hexdigest()}"
