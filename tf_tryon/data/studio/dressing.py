"""From drawn kinds and colour families to garments with cuts and cloths: the last step of a draw of an outfit.

Everything here is independent given style, presentation, kinds and families, but for two rules: at most one garment is
loud, and an inner top contrasts with what lies over it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

import numpy as np

from tf_tryon.data.studio import cut_tables as cuts
from tf_tryon.data.studio.cloth import loud_cloth, quiet_cloth, trim_of
from tf_tryon.data.studio.outfit import Item, Outfit
from tf_tryon.data.studio.outfit_tables import Weights
from tf_tryon.data.studio.palette import draw

# Families of an inner top by the style's seriousness.
INNER_FAMILIES: Final[Weights] = {"white": 50, "grey": 12, "black": 16, "beige": 10, "blue": 8, "burgundy": 4}
# Denim that is no jeans keeps to these.
DENIM: Final = ("indigo", "blue", "navy", "black", "grey", "white")
LAYERED: Final = ("blazer", "cardigan", "coat", "jacket")


def dress_up(
    rng: np.random.Generator, style: str, presentation: str, kinds: Mapping[str, str], families: Mapping[str, str]
) -> Outfit:
    """Draws cuts and cloths.

    Args:
        rng: source of randomness.
        style: name of the style.
        presentation: "masculine" or "feminine".
        kinds: kind by slot for the slots that are worn ("hat", "top", "bottom", "shoes").
        families: colour family by the same slots.
    """
    loud = pick(rng, cuts.loud_law(style, dict(kinds)))
    worn: dict[str, Item] = {}
    for slot, kind in kinds.items():
        pattern = pick(rng, cuts.LOUD_OF[kind] if slot == loud else cuts.quiet_law(kind, style))
        if pattern == "denim" and kind != "jeans" and families[slot] not in DENIM:
            pattern = "solid"
        worn[slot] = make_item(rng, kind, style, presentation, pattern, families[slot], slot == loud)
    top = worn.get("top")
    inner = None
    if top is not None and (top.opening == "open" or (top.kind in LAYERED and top.neckline == "v")):
        inner = _inner(rng, top, style, presentation, quiet=loud != "none")
    fold_seed = int(rng.integers(2**31))
    return Outfit(style, worn.get("hat"), top, inner, worn["bottom"], worn["shoes"], presentation, fold_seed)


def make_item(
    rng: np.random.Generator, kind: str, style: str, presentation: str, pattern: str, family: str, loud: bool
) -> Item:
    """Draws one garment's cut and cloth."""
    length = _length(rng, kind, style, presentation)
    sleeve = 0.0
    if kind in cuts.SLEEVES_OF:
        low, high = cuts.SLEEVES[pick(rng, cuts.sleeve_law(kind, style, presentation))]
        sleeve = float(rng.uniform(low, high))
    fit = cuts.FIT_OF.get(kind, 0.5) + cuts.FIT_IN[style] + (0.02 if kind == "leggings" else 0.17) * rng.normal()
    if kind == "leggings":
        fit = min(fit, 0.08)
    colour = draw(rng, family)
    seed = int(rng.integers(2**31))
    material = (loud_cloth if loud else quiet_cloth)(rng, kind, style, pattern, colour, family, seed)
    return Item(
        kind=kind,
        fit=_rounded(np.clip(fit, 0.0, 1.0)),
        length=_rounded(length),
        sleeve=_rounded(sleeve),
        neckline=pick(rng, cuts.NECKLINES_OF.get(kind, {"crew": 1})),
        opening=pick(rng, cuts.opening_law(kind, style)),
        flare=_rounded(rng.uniform(*cuts.FLARE_OF.get(kind, (0.0, 0.0)))),
        material=material,
        trim=trim_of(rng, kind, material),
    )


def pick(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    """A name, drawn with the given weights (any positive sum)."""
    names, values = tuple(weights), np.array(list(weights.values()), float)
    return names[rng.choice(len(names), p=values / values.sum())]


def _inner(rng: np.random.Generator, top: Item, style: str, presentation: str, quiet: bool) -> Item:
    kinds = {
        k: w
        for k, w in cuts.INNER_KINDS[style].items()
        if presentation == "feminine" or k not in ("blouse", "crop_top")
    }
    if top.kind == "shirt":
        kinds = {k: w for k, w in kinds.items() if k in ("tshirt", "tank")} or {"tshirt": 1}
    if top.kind not in ("coat", "jacket"):
        kinds = {k: w for k, w in kinds.items() if k != "sweater"} or {"tshirt": 1}
    kind = pick(rng, kinds)
    families = {f: w for f, w in INNER_FAMILIES.items() if f != top.material.family}
    loud = not quiet and kind in cuts.LOUD_OF and rng.random() < 0.25
    pattern = pick(rng, cuts.LOUD_OF[kind] if loud else cuts.quiet_law(kind, style))
    item = make_item(rng, kind, style, presentation, pattern, pick(rng, families), loud)
    # Under another garment: not wider than it, closed, and seldom below its hem.
    limit = 0.6 if top.kind == "coat" else top.length + (0.08 if rng.random() < 0.3 else -0.04)
    return dataclasses.replace(
        item,
        fit=min(item.fit, 0.8 * top.fit, 0.4),
        opening="buttoned" if kind in ("shirt", "blouse") else "closed",
        sleeve=min(item.sleeve, max(top.sleeve - 0.02, 0.0)),
        length=_rounded(np.clip(min(item.length, limit), 0.05, 1.0)),
    )


def _length(rng: np.random.Generator, kind: str, style: str, presentation: str) -> float:
    if kind in cuts.LENGTHS_OF:
        return float(rng.uniform(*cuts.length_span(kind, pick(rng, cuts.length_law(kind, style, presentation)))))
    return float(rng.uniform(*cuts.OTHER_LENGTHS[kind]))


def _rounded(value: float) -> float:
    """Three decimals keep the stored JSON short; the picture is made from the rounded number."""
    return round(float(value), 3)
