"""Label pictures: reading one in any known vocabulary, and writing one that says its own."""

from __future__ import annotations

import os
from typing import Final

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tf_tryon.data import label_colours
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.photo import open_stored
from tf_tryon.data.upright import turned
from tf_tryon.errors import BadFileError
from tf_tryon.files.regular import size_of

_VOCABULARY: Final = "vocabulary"  # PNG text of label pictures


def read_sized(path: str | os.PathLike[str], size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray | None, str | None]:
    """`read_label_picture` of a photo of (height, width); ValueError names the file, also if its size is another."""
    labels, palette, stated = read_label_picture(path)
    if labels.shape != tuple(size):
        raise ValueError(
            f"{path} has {labels.shape[1]}x{labels.shape[0]} pixels and the photo {size[1]}x{size[0]} (after EXIF "
            "rotation): label the upright photo at its own size"
        )
    return labels, palette, stated


def read_parsing(
    path: str | os.PathLike[str],
    size: tuple[int, ...],
    keypoints: np.ndarray,
    vocabulary: str | None = None,
    turns: int = 0,
) -> tuple[np.ndarray, str]:
    """Labels (h, w) uint8 and their record vocabulary, of a label picture in any known vocabulary.

    Args:
      path: the label picture; one that says its vocabulary in a PNG text of that name needs no telling.
      size: (h, w) of the upright photo.
      keypoints: (18, 3), for vocabularies with one skin for the whole body.
      vocabulary: None: recognised from the picture (`vocabulary.detect`) or refused.
      turns: of the photo, by 90 degrees against the clock, before it had that size; the file's labels are from before.

    Raises:
      ValueError: not a label picture, of another size, or of an unknown vocabulary; names the file.
    """
    labels, palette, stated = read_sized(path, size[::-1] if turns % 2 else size)
    name = vocabulary or stated or vocabulary_lib.detect(labels, palette, str(path))
    return vocabulary_lib.to_record(turned(labels, turns), name, keypoints, str(path))


def save_labels(labels: np.ndarray, vocabulary: str, path: str | os.PathLike[str]) -> None:
    """(h, w) uint8 labels as a palette PNG that says its vocabulary; colours are those of the labels' classes."""
    known = vocabulary_lib.named(vocabulary)
    image = Image.fromarray(labels)
    image.putpalette(vocabulary_lib.PALETTE[list(known.classes)].tobytes())
    texts = PngInfo()
    texts.add_text(_VOCABULARY, vocabulary)
    image.save(path, "PNG", pnginfo=texts)


def read_label_picture(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray | None, str | None]:
    """(h, w) uint8 labels, the palette (n, 3) of a palette picture, whose indices are the labels, and its PNG text.

    A picture in colours has labels where the colours are PGN's, which are then its palette.

    Raises:
      MissingFileError, PhotoError, BadFileError: no such file, no picture, or none of labels.
    """
    size_of(path, "a picture of labels is expected")
    image = open_stored(path, str(path))
    if image.mode in ("RGB", "RGBA"):
        return _read_colours(image, path), label_colours.PGN, None
    if image.mode not in ("P", "L", "1"):
        raise BadFileError(f"{path}: a {image.mode} picture; save label indices as a palette or grey PNG")
    palette = np.array(image.getpalette(), np.uint8).reshape(-1, 3) if image.mode == "P" else None
    stated = image.info.get(_VOCABULARY)
    return np.asarray(image).astype(np.uint8), palette, stated if isinstance(stated, str) else None


def _read_colours(image: Image.Image, path: str | os.PathLike[str]) -> np.ndarray:
    try:
        return label_colours.labels_of(np.asarray(image.convert("RGB")))
    except ValueError as error:
        message = f"{path}: a picture in colours ({error}); save label indices as a palette or grey PNG"
        raise BadFileError(message) from error
