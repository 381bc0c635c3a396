"""The files of a catalogue's folder, and the package that their indices need."""

from __future__ import annotations

import importlib.util
import pathlib
from typing import Final

from tf_tryon.data.vocabulary import TARGETS
from tf_tryon.errors import TryOnError

FORMAT: Final = "tf_tryon.catalogue"
VERSION: Final = 1
HOLDS: Final = 3  # counts what a reading of a photo holds: one that holds less is made again
MARK: Final = "catalogue.json"
ITEMS: Final = "items.json"
REJECTED: Final = "rejected.json"
CODES: Final = "codes.npz"
REMEDY: Final = "build it again with `tf-tryon catalogue build`"


def is_catalogue(folder: str | None) -> bool:
    """Whether a folder is a catalogue of products, not a data set; None is none."""
    return folder is not None and (pathlib.Path(folder) / MARK).is_file()


def check_usearch() -> None:
    """Raise TryOnError where the package isn't installed: before photos are read for nothing."""
    if importlib.util.find_spec("usearch") is None:
        raise TryOnError("catalogues need the package usearch: `pip install 'tf-tryon[shop]'`")


def cut_name(number: int) -> str:
    """An item's cut-out, from the catalogue's folder."""
    return f"cuts/{number:06d}.png"


def index_name(garment: str) -> str:
    """A garment's index, from the catalogue's folder."""
    return f"{garment}.usearch"


def possible(items: int) -> list[str]:
    """What a catalogue of at most so many items may have besides its mark, from its folder."""
    return [ITEMS, REJECTED, CODES, *map(index_name, TARGETS), *map(cut_name, range(items))]
