"""What is known of a Studio person's outfit: the garment that is worn, and the exact distribution of all that could be.

The context is what the picture shows of the other garments: kind and colour family of each, and "none" for a hat that
isn't worn. Style and presentation are hidden draws and are summed over (docs/studio.md).
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from tf_tryon.data.records import RecordSet
from tf_tryon.data.schema import decode_metadata
from tf_tryon.data.studio import outfit_distribution
from tf_tryon.data.studio.outfit import BOTTOMS, DRESSES, TOPS
from tf_tryon.data.studio.outfit import KINDS as STUDIO_KINDS
from tf_tryon.data.studio.palette import FAMILIES
from tf_tryon.files.json_file import Value

# Names that a reader tells apart, by garment: a dress is never the target.
KINDS = {"top": TOPS, "bottom": tuple(kind for kind in BOTTOMS if kind not in DRESSES)}
COLOURS = tuple(FAMILIES)


@dataclasses.dataclass(frozen=True)
class OutfitTruth:
    """One person's target garment.

    Attributes:
      kind, colour: indices into KINDS[garment] and COLOURS of what is worn.
      kinds: (kinds,) P(kind | context), exact.
      colours: (families,) P(colour family | context), exact.
    """

    kind: int
    colour: int
    kinds: np.ndarray
    colours: np.ndarray


def is_studio(records: RecordSet) -> bool:
    """Whether the records are Studio's, drawn from the distribution that this version knows."""
    return str(records.manifest["generator"]).endswith(outfit_distribution.fingerprint())


def worn(metadata: dict[str, Any], garment: str) -> tuple[int, int]:
    """Indices of the kind and the colour family that is worn."""
    item = metadata["outfit"][garment]
    return KINDS[garment].index(item["kind"]), COLOURS.index(item["material"]["family"])


def outfit_truth(metadata: dict[str, Any], garment: str) -> OutfitTruth:
    """What is known of a person with this garment, which is no dress."""
    outfit = metadata["outfit"]
    others = [slot for slot in outfit_distribution.GARMENTS if slot != garment]
    kinds = tuple((slot, outfit[slot]["kind"] if outfit[slot] else outfit_distribution.NONE) for slot in others)
    families = tuple((slot, outfit[slot]["material"]["family"]) for slot in others if outfit[slot])
    return OutfitTruth(*worn(metadata, garment), *_conditionals(garment, kinds, families))


@functools.lru_cache(maxsize=4096)
def _conditionals(
    garment: str, kinds: tuple[tuple[str, str], ...], families: tuple[tuple[str, str], ...]
) -> tuple[np.ndarray, np.ndarray]:
    known = outfit_distribution.distribution()
    by_kind = known.conditional_kind(garment, dict(kinds), dict(families))
    by_family = known.conditional_colour_family(garment, dict(kinds), dict(families))
    chances = np.array([by_kind[kind] for kind in KINDS[garment]])
    return chances / chances.sum(), np.array([by_family[name] for name in COLOURS])


def metadata_by_id(records: RecordSet, split: str) -> dict[str, dict[str, Any]]:
    """Metadata of every person of a split, by id; BadFileError names a record whose outfit none is."""
    by_id = {}
    for number in records.split(split):
        place = records.place(number)
        identity, metadata = decode_metadata(records.read(number), place)
        _check_outfit(Value(metadata, place, "metadata", "make the data set again with `tf-tryon data studio`"))
        by_id[identity] = metadata
    return by_id


def _check_outfit(metadata: Value) -> None:
    """What is read of an outfit here: kind and colour family of each garment, and a kind for each that is missing."""
    outfit = metadata["outfit"]
    for slot in outfit_distribution.GARMENTS:
        if outfit[slot].raw is None and slot in ("hat", "top"):
            continue
        outfit[slot]["kind"].choice(STUDIO_KINDS[slot])
        outfit[slot]["material"]["family"].choice(COLOURS)
