"""Which garments of a drawn outfit are made of cloth from photos, and of which.

The outfit's law stays about what it is: a loud garment gets a loud swatch and a quiet one a quiet swatch, of a garment
like it and of a colour like the one that was drawn. What was chosen takes the place of the drawn material, so that the
outfit that is stored tells what is worn.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import numpy as np

from tf_tryon.data.studio.fabrics import Fabrics
from tf_tryon.data.studio.outfit import SLOTS, Item, Outfit
from tf_tryon.data.studio.palette import family_of, from_oklab, oklab, shaded
from tf_tryon.data.studio.pattern import FABRIC, Material

# Labels of the Clothing Dataset whose cloth suits a kind, the likelier the earlier they stand.
_JERSEY: Final = ("T-Shirt", "Top", "Undershirt", "Longsleeve", "Polo")
_LEGS: Final = ("Pants", "Shorts")
_SKIRTS: Final = ("Skirt", "Dress")
_DRESSES: Final = ("Dress", "Skirt", "Blouse", "Top")
LABELS: Final[dict[str, tuple[str, ...]]] = {
    "tshirt": _JERSEY, "tank": ("Undershirt", "Top", "T-Shirt"), "polo": ("Polo", "T-Shirt"),
    "shirt": ("Shirt", "Blouse"), "blouse": ("Blouse", "Shirt", "Top"), "sweater": ("Longsleeve", "Hoodie"),
    "hoodie": ("Hoodie", "Longsleeve"), "cardigan": ("Longsleeve", "Hoodie"), "blazer": ("Blazer", "Outwear"),
    "jacket": ("Outwear", "Blazer"), "coat": ("Outwear", "Blazer"), "crop_top": _JERSEY,
    "jeans": _LEGS, "trousers": _LEGS, "wide_trousers": _LEGS, "leggings": _LEGS, "shorts": ("Shorts", "Pants"),
    "mini_skirt": _SKIRTS, "a_line_skirt": _SKIRTS, "pencil_skirt": _SKIRTS, "pleated_skirt": _SKIRTS,
    "maxi_skirt": _SKIRTS, "summer_dress": _DRESSES, "sheath_dress": _DRESSES, "maxi_dress": _DRESSES,
    "cap": ("Hat",), "beanie": ("Hat",), "fedora": ("Hat",), "sun_hat": ("Hat",),
}  # fmt: skip
KNOWN: Final = frozenset(label for labels in LABELS.values() for label in labels)
# Kinds whose collar, cuffs and pockets are of their own cloth.
OF_ONE_CLOTH: Final = (
    "shirt", "blouse", "blazer", "jacket", "coat", "summer_dress", "sheath_dress", "maxi_dress",
)  # fmt: skip
NEAR: Final = 0.06  # distance in OKLab at which a swatch is chosen less often than one of the drawn colour
SIZES: Final = (0.85, 1.2)  # the photos' scale is a guess


def wear_fabrics(rng: np.random.Generator, outfit: Outfit, fabrics: Fabrics, share: float) -> Outfit:
    """The outfit with cloth from photos for about `share` of its garments; shoes keep theirs."""
    worn: dict[str, Any] = {}
    for slot in SLOTS:
        item = getattr(outfit, slot)
        # What one garment wears doesn't depend on what else is worn.
        own = np.random.default_rng(int(rng.integers(1 << 63)))
        if item is None or slot == "shoes" or own.random() >= share:
            continue
        number = _chosen(own, item, fabrics)
        if number is not None:
            worn[slot] = _made_of(own, item, fabrics, number)
    return dataclasses.replace(outfit, **worn)


def is_loud(material: Material) -> bool:
    """Whether a computed cloth has a pattern that is seen from afar."""
    return material.pattern in ("stripe", "plaid", "dot", "print") or material.motif == "fairisle"


def _chosen(rng: np.random.Generator, item: Item, fabrics: Fabrics) -> int | None:
    """A swatch for a garment; None where none suits its kind."""
    labels = LABELS[item.kind]
    # A label that isn't known says nothing, so that cloth suits all.
    suits = np.array([cut.label in labels or cut.label not in KNOWN for cut in fabrics.cuts])
    loud = np.array([cut.loud for cut in fabrics.cuts]) == is_loud(item.material)
    if (suits & loud).any():
        suits &= loud
    numbers = np.flatnonzero(suits)
    if not len(numbers):
        return None
    square = np.square(fabrics.lab[numbers] - oklab(item.material.colours[0])).sum(axis=1)
    weights = np.exp(-0.5 * (square - square.min()) / NEAR**2)
    return int(rng.choice(numbers, p=weights / weights.sum()))


def _made_of(rng: np.random.Generator, item: Item, fabrics: Fabrics, number: int) -> Item:
    cut, lab = fabrics.cuts[number], fabrics.lab[number]
    scale = cut.metres * cut.pixels.shape[1] * rng.uniform(*SIZES)
    colour = from_oklab(lab)
    shift = tuple(round(float(place), 3) for place in rng.random(2))
    cloth = Material(
        FABRIC, (colour,), round(float(scale), 4), 0.0, shift, item.material.roughness, item.material.seed, cut.name,
        family_of(lab),
    )  # fmt: skip
    if item.kind in OF_ONE_CLOTH:
        return dataclasses.replace(item, material=cloth, trim=cloth)
    trim = dataclasses.replace(item.trim, colours=(shaded(colour, -0.05 if lab[0] > 0.3 else 0.05),))
    return dataclasses.replace(item, material=cloth, trim=trim)
