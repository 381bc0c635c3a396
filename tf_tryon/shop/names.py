"""The files of a catalogue's folder."""

from __future__ import annotations

from typing import Final

FORMAT: Final = "tf_tryon.catalogue"
VERSION: Final = 1
MARK: Final = "catalogue.json"
ITEMS: Final = "items.json"
REJECTED: Final = "rejected.json"
CODES: Final = "codes.npz"
REMEDY: Final = "build it again with `tf-tryon catalogue build`"


def cut_name(number: int) -> str:
    """An item's cut-out, from the catalogue's folder."""
    return f"cuts/{number:06d}.png"


def index_name(garment: str) -> str:
    """A garment's index, from the catalogue's folder."""
    return f"{garment}.usearch"
