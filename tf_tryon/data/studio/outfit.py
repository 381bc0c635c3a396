"""What one synthetic person wears: plain records that are drawn, stored as JSON beside the picture, and rendered.

`length` is absolute within a garment's group, so that the same number means the same hem on every kind of the group:

| group | 0 | 1 |
|---|---|---|
| tops (and inner tops) | under the bust | middle of the thigh (0.35 navel, 0.6 hip bone, 0.75 crotch) |
| coat | hip bone | middle of the calf |
| trousers, jeans, shorts, leggings | crotch | ankle bone (0.5 knee) |
| skirts and dresses | crotch | ankle bone (0.5 knee) |
| shoes | shaft ends below the ankle bone | shaft ends at the knee |
| hats | no brim | brim of 14 cm |

`sleeve` is the share of the arm that is covered, from the shoulder's point to the wrist: 0 none, 0.3 short, 0.6 elbow,
1 long.
`fit` is 0 skin tight to 1 loose, `flare` is 0 straight to 1 strongly widening towards the hem (A-line, bell, wide leg).
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Final

from tf_tryon.data.studio.pattern import Material

TOPS: Final = (
    "tshirt", "tank", "polo", "shirt", "blouse", "sweater", "hoodie", "cardigan", "blazer", "jacket", "coat",
    "crop_top",
)  # fmt: skip
TROUSERS: Final = ("jeans", "trousers", "wide_trousers", "shorts", "leggings")
SKIRTS: Final = ("mini_skirt", "a_line_skirt", "pencil_skirt", "pleated_skirt", "maxi_skirt")
DRESSES: Final = ("summer_dress", "sheath_dress", "maxi_dress")
BOTTOMS: Final = TROUSERS + SKIRTS + DRESSES
SHOES: Final = ("sneakers", "boots", "ankle_boots", "loafers", "heels", "sandals")
HATS: Final = ("cap", "beanie", "fedora", "sun_hat")
KINDS: Final = {"hat": HATS, "top": TOPS, "inner": TOPS, "bottom": BOTTOMS, "shoes": SHOES}
NECKLINES: Final = ("crew", "v", "scoop", "collar", "turtle", "hood", "boat", "strap")
OPENINGS: Final = ("closed", "buttoned", "zipped", "open")
PRESENTATIONS: Final = ("masculine", "feminine")
SLOTS: Final = ("hat", "top", "inner", "bottom", "shoes")


@dataclasses.dataclass(frozen=True)
class Item:
    """One garment.

    Attributes:
        kind: one of `KINDS` of its slot.
        fit: 0 tight to 1 loose.
        length: 0 to 1, see the module's table.
        sleeve: 0 to 1, share of the arm that is covered (0 for bottoms, shoes and hats; dresses have sleeves).
        neckline: one of `NECKLINES` ("crew" where it means nothing).
        opening: one of `OPENINGS`; "open" shows the inner top, or skin without one, in front.
        flare: 0 to 1, widening towards the hem.
        material: the main cloth.
        trim: cuffs, collar, waistband, sole of a shoe, band of a hat, buttons.
    """

    kind: str
    fit: float
    length: float
    sleeve: float
    neckline: str
    opening: str
    flare: float
    material: Material
    trim: Material

    def __post_init__(self) -> None:
        if self.neckline not in NECKLINES:
            raise ValueError(f"neckline is {self.neckline!r}; use one of {', '.join(NECKLINES)}")
        if self.opening not in OPENINGS:
            raise ValueError(f"opening is {self.opening!r}; use one of {', '.join(OPENINGS)}")
        for name in ("fit", "length", "sleeve", "flare"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} of {self.kind} is {getattr(self, name)}; it must lie in [0, 1]")


@dataclasses.dataclass(frozen=True)
class Outfit:
    """All that a person wears. `top` is None exactly when `bottom` is a dress.

    `inner` is worn under an open top (its whole front shows) or under a v neckline, as of a buttoned blazer (the V
    shows).

    Attributes:
        style: name of a style of `outfit_distribution`.
        presentation: one of `PRESENTATIONS`; the body's gender coefficient follows it.
        fold_seed: seed of the cloth's folds.
    """

    style: str
    hat: Item | None
    top: Item | None
    inner: Item | None
    bottom: Item
    shoes: Item
    presentation: str
    fold_seed: int

    def __post_init__(self) -> None:
        if self.presentation not in PRESENTATIONS:
            raise ValueError(f"presentation is {self.presentation!r}; use one of {', '.join(PRESENTATIONS)}")
        for slot in SLOTS:
            item = getattr(self, slot)
            if item is not None and item.kind not in KINDS[slot]:
                raise ValueError(f"{slot} is a {item.kind!r}; use one of {', '.join(KINDS[slot])}")
        if (self.top is None) != (self.bottom.kind in DRESSES):
            raise ValueError(f"a {self.bottom.kind} {'needs' if self.top is None else 'forbids'} a top")
        if self.inner is not None and (self.top is None or (self.top.opening != "open" and self.top.neckline != "v")):
            raise ValueError("an inner top is only worn under a top that is open or has a v neckline")

    def items(self) -> dict[str, Item]:
        """The garments that are worn, by slot, in the order of `SLOTS`."""
        return {slot: getattr(self, slot) for slot in SLOTS if getattr(self, slot) is not None}

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers."""
        return dataclasses.asdict(self)

    def to_json(self) -> str:
        """One line of JSON with sorted keys; `from_json` gives an equal outfit back."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))


def item_from_dict(fields: dict[str, Any]) -> Item:
    """An item from the dict that `dataclasses.asdict` made."""
    made: dict[str, Any] = {name: material_from_dict(fields[name]) for name in ("material", "trim")}
    return Item(**{**fields, **made})


def material_from_dict(fields: dict[str, Any]) -> Material:
    """A material from the dict that `dataclasses.asdict` made (JSON has no tuples)."""
    made: dict[str, Any] = {name: tuple(fields[name]) for name in ("colours", "params")}
    return Material(**{**fields, **made})


def outfit_from_dict(fields: dict[str, Any]) -> Outfit:
    """An outfit from the dict that `Outfit.to_dict` made."""
    worn: dict[str, Any] = {slot: None if fields[slot] is None else item_from_dict(fields[slot]) for slot in SLOTS}
    return Outfit(**{**fields, **worn})


def from_json(text: str) -> Outfit:
    """An outfit from the JSON that `Outfit.to_json` wrote."""
    return outfit_from_dict(json.loads(text))
