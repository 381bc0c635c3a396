"""A user's mask: a picture of the photo's size that says what is to be erased, as programs save such pictures.

It is white (or of any bright colour) on black, 0 and 1 or 0 and 255; or a layer of strokes on transparency, and then
what is not transparent is erased, whatever its colour.
"""

from __future__ import annotations

import os
from typing import Final

import numpy as np
from PIL import Image

from tf_tryon.data.person import Person
from tf_tryon.data.photo import open_upright, to_rgb
from tf_tryon.data.upright import turned
from tf_tryon.files.regular import size_of

_MOST: Final = 0.5  # of the person, that a mask erases without a question
_DARK: Final = 48  # levels from black or white up to which a pixel is meant as that
_SOFT: Final = 0.35  # of the picture: more grey than soft edges make


def read_mask(path: str | os.PathLike[str], person: Person, large: bool = False) -> np.ndarray:
    """(h, w) bool, True where the photo is to be erased.

    Args:
      path: the picture; it refers to the photo's file, so it is turned as that was.
      person: on the photo.
      large: whether more than half of the person may be erased.

    Raises:
      ValueError: it can't be read, has another size than the photo, erases nothing or everything, or more of the person
        than is likely meant; names the file.
    """
    size_of(path, "a mask is a picture of the photo's size")
    mask = turned(marked(open_upright(path, str(path)), str(path)), person.turns)
    if mask.shape != person.size:
        height, width = mask.shape[::-1] if person.turns % 2 else mask.shape
        wanted = person.size[::-1] if person.turns % 2 else person.size
        raise ValueError(
            f"{path} has {width}x{height} pixels and the photo {wanted[1]}x{wanted[0]}: save the mask at the upright "
            "photo's own size"
        )
    if not mask.any() or mask.all():
        what = "everything" if mask.any() else "nothing"
        raise ValueError(f"{path} erases {what}: what is white, or in a layer not transparent, is erased")
    shown = person.labels > 0
    share = (mask & shown).sum() / max(shown.sum(), 1)
    if share > _MOST and not large:
        raise ValueError(
            f"{path} erases {share:.0%} of the person. If what it shows is to be kept, invert it: what is white, or in "
            "a layer not transparent, is erased. If so much is meant, say --large-mask (in Python `large`)"
        )
    return mask


def marked(image: Image.Image, source: str) -> np.ndarray:
    """(h, w) bool of a mask's picture: what is bright, or in a layer not transparent.

    Raises:
      ValueError: more of it is grey than a mask's soft edges are, as a photo is; names `source`.
    """
    if image.has_transparency_data:
        alpha = np.asarray(image.convert("RGBA").getchannel("A"))
        if alpha.min() < 255:
            return alpha > 127 if alpha.max() > 127 else alpha > 0
    rgb = to_rgb(image)
    light = rgb.mean(axis=-1)
    if len(levels := np.unique(light)) == 2:  # 0 and 1, 0 and 255, two entries of a palette
        return light == levels[1]
    brightest = rgb.max(axis=-1)
    grey = ((brightest >= _DARK) & (brightest <= 255 - _DARK)).mean()
    if grey > _SOFT:
        raise ValueError(
            f"{source} is no mask: {grey:.0%} of it is neither black nor white. Draw what is meant in white on black, "
            "or in a layer that is transparent elsewhere"
        )
    return brightest > 127
