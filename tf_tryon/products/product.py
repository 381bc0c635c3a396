"""A product: a garment alone, flat or hung, cut from its photo."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Callable
from typing import Final

import numpy as np

from tf_tryon.data.mask import marked
from tf_tryon.data.photo import open_upright, to_rgb
from tf_tryon.errors import TryOnError
from tf_tryon.files.regular import size_of
from tf_tryon.products import cutout, kinds
from tf_tryon.products.cutout import NoProductError

WornIn = Callable[[np.ndarray], bool]  # of a photo: does a person wear what it shows?
_CLEAR: Final = 250  # alpha below which a pixel is see-through: a photo that has such pixels is cut out already
_UNSURE: Final = 0.5


class WornError(NoProductError):
    """A person wears it."""


class UnsureError(NoProductError):
    """It can't be recognised."""


@dataclasses.dataclass(frozen=True)
class Product:
    """A garment to be worn.

    Attributes:
      photo: (h, w, 3) uint8.
      mask: (h, w) bool, the garment's pixels.
      garment: what it is completed as: hat, top, bottom, shoes or dress.
      name: of the photo.
      chances: the probability of each label of `kinds`; {}: not looked at.
      certainty: of `garment`, where it was recognised; 1 where it was named.
    """

    photo: np.ndarray
    mask: np.ndarray
    garment: str
    name: str = ""
    chances: dict[str, float] = dataclasses.field(default_factory=dict)
    certainty: float = 1.0

    def __post_init__(self) -> None:
        if self.garment not in kinds.GARMENTS:
            raise ValueError(f"garment {self.garment!r}: choose one of {', '.join(kinds.GARMENTS)}")
        if self.mask.shape != self.photo.shape[:2] or not self.mask.any():
            raise ValueError(f"{self.name}: the mask is empty or not of the photo's size")

    def on_white(self) -> np.ndarray:
        """(h, w, 3) uint8: the garment alone, in the box around it."""
        rows, columns = np.flatnonzero(self.mask.any(1)), np.flatnonzero(self.mask.any(0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.where(self.mask[box][..., None], self.photo[box], np.uint8(255))

    def reach(self) -> float | None:
        """How much of arms (a top) or legs it covers, in [0, 1]; None: it is not known."""
        return kinds.reach(self.chances, self.garment, "arms" if self.garment == "top" else "legs")


def read_product(
    path: str | os.PathLike[str],
    garment: str | None = None,
    mask: str | os.PathLike[str] | None = None,
    worn: WornIn | None = None,
    chances: dict[str, float] | None = None,
) -> Product:
    """The product of a photo.

    Args:
      path: of the photo. Where its alpha leaves anything out, that is the cut-out; else GrabCut makes one.
      garment: what it is; None: it is recognised.
      mask: a picture of the photo's size, white where the garment is: the user's word, over everything else.
      worn: tells that a person wears it; None: nobody looks.
      chances: of a named garment, those of `Product`, where they are known; None: the bundled network tells.

    Raises:
      FileNotFoundError, ValueError: a file can't be read.
      WornError: a person wears it.
      UnsureError: it can't be recognised.
      NoProductError: there are several garments or none.
      TryOnError: OpenCV is missing, and the photo is not cut out yet. All name the file.
    """
    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"{path}: there is no such photo of a product")
    picture = open_upright(path, str(path))
    photo = to_rgb(picture)
    known = None
    if mask is not None:
        known = _user_mask(mask, photo.shape[:2])
    elif picture.has_transparency_data:
        alpha = np.asarray(picture.convert("RGBA"))[..., 3]
        known = alpha > 127 if alpha.min() < _CLEAR else None
    try:
        return of_photo(photo, pathlib.Path(path).stem, garment, known, worn, chances)
    except NoProductError as error:
        raise type(error)(f"{path}: {error.fault}", error.remedy, error.markable) from error
    except TryOnError as error:
        raise type(error)(f"{path}: {error}") from error


def of_photo(
    photo: np.ndarray,
    name: str,
    garment: str | None = None,
    known: np.ndarray | None = None,
    worn: WornIn | None = None,
    chances: dict[str, float] | None = None,
) -> Product:
    """`read_product` of a photo (h, w, 3) uint8 in memory, with the garment's pixels (h, w) bool if they are known."""
    if worn is not None and worn(photo):
        raise WornError(
            "a person wears this garment",
            "give a photo of it flat or hung, or take it from the person with --like (in Python `like`)",
        )
    outline = cutout.cut(photo) if known is None else known
    if garment is not None:
        mask = cutout.main_parts(outline, garment == "shoes")
        return Product(photo, mask, garment, name, kinds.probabilities(photo, mask) if chances is None else chances)
    mask = cutout.main_parts(outline, True)
    chances = kinds.probabilities(photo, mask)
    recognised, certainty = kinds.garment_of(chances)
    if recognised != "shoes":
        mask = cutout.main_parts(outline, False)
    if certainty < _UNSURE:
        raise UnsureError(
            f"it can't be recognised ({recognised}? with {certainty:.0%})",
            "name it with --garment (in Python `garment`)",
            markable=True,
        )
    return Product(photo, mask, recognised, name, chances, certainty)


def _user_mask(path: str | os.PathLike[str], size: tuple[int, ...]) -> np.ndarray:
    """(h, w) bool of a picture that is white where the garment is."""
    size_of(path, "a mask is a picture of the product photo's size")
    mask = marked(open_upright(path, str(path)), str(path))
    if mask.shape != tuple(size):
        raise ValueError(
            f"{path} has {mask.shape[1]}x{mask.shape[0]} pixels and the product's photo {size[1]}x{size[0]}: save "
            "the mask at the upright photo's own size"
        )
    return mask
