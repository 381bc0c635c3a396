"""Reading a photo whatever the camera or program that wrote it: any mode, upright, and refused with a reason.

The result is RGB: transparency is laid on white, CMYK converted, 16-bit and float pictures scaled to 8 bits.
"""

from __future__ import annotations

import os
import pathlib
import struct
import warnings
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

# 9,600 x 8,300: more than any phone takes; 240 MB as RGB.
MAX_PIXELS: Final = 80_000_000
_DAMAGED: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError)
_STILL: Final = ("MPO",)  # phones append a second view or a depth map to a JPEG


class PhotoError(ValueError):
    """A file that can't be taken as a photo.

    Attributes:
      reason: unreadable, truncated, too large or animated.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def read_photo(path: str | os.PathLike[str]) -> np.ndarray:
    """(h, w, 3) uint8 RGB, upright by EXIF.

    Raises:
      FileNotFoundError: there is no such file.
      PhotoError: not an image, damaged, animated, or a decompression bomb; the message names the file.
    """
    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"{path}: there is no such photo")
    return to_rgb(open_upright(path, str(path)))


def open_upright(source: str | os.PathLike[str] | BinaryIO, name: str) -> Image.Image:
    """The decoded picture of a file or of bytes in memory, in its own mode, upright by EXIF; `name` is for messages.

    Raises:
      PhotoError: as `read_photo`.
    """
    return ImageOps.exif_transpose(open_stored(source, name))


def open_stored(source: str | os.PathLike[str] | BinaryIO, name: str) -> Image.Image:
    """`open_upright` without turning: the pixels as they are stored."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except UnidentifiedImageError as error:
        raise PhotoError("unreadable", f"{name}: not a readable picture (no known format)") from error
    except _DAMAGED as error:
        raise PhotoError("unreadable", f"{name}: not a readable picture ({error})") from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large(name)
        if getattr(image, "is_animated", False) and image.format not in _STILL:
            raise PhotoError("animated", f"{name}: an animated picture; save the wanted frame as a photo")
        try:
            image.load()
        except Image.DecompressionBombError as error:
            raise _too_large(name) from error
        except _DAMAGED as error:
            raise PhotoError("truncated", f"{name}: the file is damaged or cut off ({error}); copy it again") from error
        return image


def photos_of(paths: list[pathlib.Path]) -> list[pathlib.Path]:
    """The files among `paths`, and those of its folders that are named like pictures and are no annotations.

    Raises:
      FileNotFoundError: a path isn't there, or a folder holds no picture.
    """
    known, found = set(Image.registered_extensions()), []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path}: there is no such photo or folder")
        if path.is_dir():
            inside = [p for p in sorted(path.iterdir()) if p.suffix.lower() in known and not p.name.startswith(".")]
            inside = [p for p in inside if p.is_file() and not p.stem.endswith(("_parsing", "_preview", "_segm"))]
            if not inside:
                raise FileNotFoundError(f"{path}: a folder without pictures")
            found += inside
        else:
            found.append(path)
    return found


def _too_large(name: str) -> PhotoError:
    return PhotoError("too large", f"{name}: more than {MAX_PIXELS // 1_000_000} million pixels; save it smaller")


def to_rgb(image: Image.Image) -> np.ndarray:
    """(h, w, 3) uint8 of a picture in any mode."""
    if image.mode == "F" or image.mode.startswith("I"):
        return np.repeat(_eight_bits(np.asarray(image))[..., None], 3, axis=-1)
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    return np.asarray(image.convert("RGB"))


def _eight_bits(grey: np.ndarray) -> np.ndarray:
    """Grey of 16 or 32 bits or float -> uint8; white is 65535, or 1 of floats up to 1, or the largest value beyond."""
    values = np.nan_to_num(grey.astype(np.float64))
    top = float(values.max(initial=0))
    if grey.dtype.kind == "f" and top <= 1:
        white = 1.0
    else:
        white = max(65535.0, top)
    return np.clip(np.rint(values / white * 255), 0, 255).astype(np.uint8)
