"""Reading a photo whatever the camera or program that wrote it: any mode, upright, and refused with a reason.

The result is RGB, its colours sRGB: transparency is laid on white, colour profiles (Display P3, Adobe RGB, ProPhoto, a
printer's CMYK) are converted, 16-bit and float pictures scaled to 8 bits. Of EXIF only the orientation is read, so that
a broken field elsewhere is nothing. HEIC is read where the extra "heic" is installed.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import pathlib
import struct
import warnings
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from tf_tryon.data.colour_profile import is_srgb, to_srgb

# 9,600 x 8,300: more than any phone takes; 240 MB as RGB.
MAX_PIXELS: Final = 80_000_000
_DAMAGED: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError)
_STILL: Final = ("MPO", "HEIF", "AVIF")  # phones append a second view, a depth map or a short film
_PARTS: Final = ("_parsing", "_preview", "_segm")  # of a file's stem: it is no photo but belongs to one
_HEIC: Final = (".heic", ".heif", ".hif")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_ORIENTATION: Final = 0x0112  # of EXIF
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PhotoError(ValueError):
    """A file that can't be taken as a photo.

    Attributes:
      reason: unreadable, truncated, too large or animated.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def read_photo(path: str | os.PathLike[str]) -> np.ndarray:
    """(h, w, 3) uint8 sRGB, upright by EXIF.

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
    image, orientation = _loaded(source, name)
    turn = _UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)


def open_stored(source: str | os.PathLike[str] | BinaryIO, name: str) -> Image.Image:
    """`open_upright` without turning: the pixels as they are stored."""
    return _loaded(source, name)[0]


def _loaded(source: str | os.PathLike[str] | BinaryIO, name: str) -> tuple[Image.Image, int]:
    """The decoded picture as it is stored, and its EXIF orientation."""
    with _opened(source, name) as image:
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
        return image.copy(), _orientation(image)


def is_plain(path: str | os.PathLike[str]) -> bool:
    """Whether any decoder of JPEG and PNG sees a file, which `read_photo` reads, just as that does."""
    with _opened(path, str(path)) as image:
        kinds = (("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGB"), ("PNG", "L"))
        plain = (image.format, image.mode) in kinds and not image.has_transparency_data
        return plain and _orientation(image) not in _UPRIGHT and is_srgb(image)


def is_picture_name(name: str) -> bool:
    """Whether a file is called like a photo that is read here: not hidden, and no annotation of one."""
    stem, suffix = os.path.splitext(name)
    known = suffix.lower() in Image.registered_extensions() or suffix.lower() in _HEIC
    return known and not name.startswith(".") and not stem.endswith(_PARTS)


def photos_of(paths: list[pathlib.Path]) -> list[pathlib.Path]:
    """The files among `paths`, and those of its folders that are named like pictures and are no annotations.

    Raises:
      FileNotFoundError: a path isn't there, or a folder holds no picture.
    """
    photos = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path}: there is no such photo or folder")
        if path.is_dir():
            inside = [p for p in sorted(path.iterdir()) if is_picture_name(p.name) and p.is_file()]
            if not inside:
                raise FileNotFoundError(f"{path}: a folder without pictures")
            photos += inside
        else:
            photos.append(path)
    return photos


def to_rgb(image: Image.Image) -> np.ndarray:
    """(h, w, 3) uint8 sRGB of a picture in any mode and with any colour profile."""
    if image.mode == "F" or image.mode.startswith("I"):
        return np.repeat(_eight_bits(np.asarray(image))[..., None], 3, axis=-1)
    image = to_srgb(image)
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    return np.asarray(image.convert("RGB"))


def _opened(source: str | os.PathLike[str] | BinaryIO, name: str) -> Image.Image:
    """The picture, not yet decoded."""
    _read_heic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # of EXIF and other fields that are not read
            return Image.open(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except UnidentifiedImageError as error:
        if _is_heic(source):
            text = f"{name}: a HEIC photo, which needs a package: pip install 'tf-tryon[heic]', or save it as JPEG"
            raise PhotoError("unreadable", text) from error
        raise PhotoError("unreadable", f"{name}: not a readable picture (no known format)") from error
    except _DAMAGED as error:
        raise PhotoError("unreadable", f"{name}: not a readable picture ({error})") from error


@functools.cache
def _read_heic() -> None:
    """Lets Pillow read HEIC, where the package for it is installed."""
    with contextlib.suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()


def _orientation(image: Image.Image) -> int:
    """EXIF's, 1 to 8; 1, upright, where there is none or EXIF is broken before it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken fields
            value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # what Pillow raises for broken EXIF has no common base
        return 1
    return value if isinstance(value, int) else 1


def _is_heic(source: str | os.PathLike[str] | BinaryIO) -> bool:
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            head = file.read(12)
    else:
        source.seek(0)
        head = source.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS


def _too_large(name: str) -> PhotoError:
    return PhotoError("too large", f"{name}: more than {MAX_PIXELS // 1_000_000} million pixels; save it smaller")


def _eight_bits(grey: np.ndarray) -> np.ndarray:
    """Grey of 16 or 32 bits or float -> uint8; white is 65535, or 1 of floats up to 1, or the largest value beyond."""
    values = np.nan_to_num(grey.astype(np.float64))
    top = float(values.max(initial=0))
    if grey.dtype.kind == "f" and top <= 1:
        white = 1.0
    else:
        white = max(65535.0, top)
    return np.clip(np.rint(values / white * 255), 0, 255).astype(np.uint8)
