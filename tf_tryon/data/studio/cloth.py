"""Cloths by garment: which colours, scales and parameters a drawn pattern gets, and the trim that goes with it.

Periods are 4 to 12 cm so that a pattern stays visible when a person is 120 pixels tall (a pixel is 1.4 cm then).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.data.studio.palette import contrasting, oklab, shaded
from tf_tryon.data.studio.pattern import Material

LEATHER: Final = ("boots", "ankle_boots", "loafers", "heels", "sandals")
# Inks that go with most grounds, by style; the ground decides which of them contrast enough.
INKS: Final[dict[str, tuple[str, ...]]] = {
    "formal": ("white", "grey", "navy", "black"),
    "business": ("white", "navy", "blue", "grey", "burgundy"),
    "casual": ("white", "navy", "red", "black", "beige", "green"),
    "street": ("white", "black", "grey", "red", "yellow"),
    "sport": ("white", "black", "navy", "red"),
    "summer": ("white", "blue", "pink", "yellow", "teal", "red"),
    "winter": ("beige", "white", "black", "burgundy", "green"),
    "bohemian": ("beige", "burgundy", "orange", "teal", "brown", "white"),
}
ROUGHNESS: Final = {"boots": 0.45, "ankle_boots": 0.45, "loafers": 0.4, "heels": 0.3, "sandals": 0.55, "leggings": 0.65,
                    "blouse": 0.6, "sneakers": 0.7}  # fmt: skip


def quiet_cloth(
    rng: np.random.Generator, kind: str, style: str, pattern: str, colour: str, family: str, seed: int
) -> Material:
    """Plain cloth, denim or a one-coloured knit."""
    del style
    rough = ROUGHNESS.get(kind, 0.85)
    if pattern == "denim":
        wash = float(rng.beta(1.6, 1.6)) if oklab(colour)[0] > 0.3 else float(rng.uniform(0, 0.35))
        return Material("denim", (colour,), 0.006, 0.0, (_r(wash),), 0.9, seed, "", family)
    if pattern == "knit":
        motif = "cable" if kind != "beanie" and rng.random() < 0.4 else "rib"
        # Ribs of real knits are finer than a pixel; these are coarse ones, so that a knit can be told from plain cloth.
        scale = rng.uniform(0.08, 0.13) if motif == "cable" else rng.uniform(0.035, 0.055)
        return Material("knit", (colour,), _r(scale), 0.0, (_r(rng.uniform(0.5, 1.0)),), 0.95, seed, motif, family)
    return Material("solid", (colour,), 0.05, 0.0, (_r(rng.uniform(0.2, 0.8)),), rough, seed, "", family)


def loud_cloth(
    rng: np.random.Generator, kind: str, style: str, pattern: str, colour: str, family: str, seed: int
) -> Material:
    """Cloth with a pattern that is seen from afar."""
    first = contrasting(rng, colour, INKS[style], 0.34)
    rough = ROUGHNESS.get(kind, 0.85)
    if pattern == "stripe":
        pin = style in ("formal", "business") and rng.random() < 0.4
        motif = "pin" if pin else ("breton" if rng.random() < 0.7 else "even")
        upright = pin or (
            kind in ("shirt", "trousers", "wide_trousers", "blazer", "pencil_skirt") and rng.random() < 0.7
        )
        colours = (colour, first) if motif != "even" else (colour, first, contrasting(rng, colour, INKS[style], 0.2))
        scale = rng.uniform(0.035, 0.05) if pin else 0.04 + 0.07 * rng.beta(1.3, 2.0)
        share = rng.uniform(0.3, 0.55)
        return Material(
            "stripe", colours, _r(scale), _r(np.pi / 2) if upright else 0.0, (_r(share),), rough, seed, motif, family
        )
    if pattern == "plaid":
        motif = ("tartan", "gingham", "window")[rng.choice(3, p=_plaid_share(kind, style))]
        # Tartans keep to one range of colours: a band darker or lighter than the cloth, and thin lines that contrast.
        second = (
            shaded(colour, -0.2 if oklab(colour)[0] > 0.5 else 0.2, 0.9)
            if motif == "tartan" and rng.random() < 0.5
            else first
        )
        colours = (colour, second, contrasting(rng, colour, INKS[style], 0.3))
        share = rng.uniform(0.35, 0.55)
        return Material("plaid", colours, _r(rng.uniform(0.06, 0.12)), 0.0, (_r(share),), rough, seed, motif, family)
    if pattern == "dot":
        return Material(
            "dot",
            (colour, first),
            _r(rng.uniform(0.055, 0.1)),
            0.0,
            (_r(rng.uniform(0.2, 0.32)),),
            rough,
            seed,
            "",
            family,
        )
    if pattern == "knit":
        return Material(
            "knit",
            (colour, first),
            _r(rng.uniform(0.028, 0.04)),
            0.0,
            (_r(rng.uniform(0.3, 0.6)),),
            0.95,
            seed,
            "fairisle",
            family,
        )
    motif = ("blob", "floral", "leaf", "diamond")[rng.choice(4, p=_print_share(kind, style))]
    second, third = (contrasting(rng, colour, INKS[style], 0.22) for _ in range(2))
    colours = (colour, first, second, third)[: int(rng.integers(2, 5))]
    size = {"blob": (0.34, 0.46), "floral": (0.36, 0.48), "leaf": (0.44, 0.58), "diamond": (0.3, 0.42)}[motif]
    angle = 0.0 if motif == "diamond" else rng.uniform(-0.5, 0.5)
    scale = rng.uniform(0.06, 0.12)
    return Material("print", colours, _r(scale), _r(angle), (_r(rng.uniform(*size)),), rough, seed, motif, family)


def trim_of(rng: np.random.Generator, kind: str, material: Material) -> Material:
    """Cuffs, collar, waistband, sole, hat band or buttons."""
    colour, light = material.colours[0], oklab(material.colours[0])[0]
    seed = int(rng.integers(2**31))
    if kind == "sneakers":
        colour = shaded("#eceae4", -0.03 * rng.random()) if rng.random() < 0.8 else shaded(colour, -0.25)
    elif kind in LEATHER:
        colour = shaded(colour, -0.16, 0.7) if rng.random() < 0.75 else "#2a2522"
    elif kind in ("fedora", "sun_hat"):
        colour = "#2b2622" if light > 0.4 else shaded(colour, 0.3)
    elif kind == "shirt" and material.pattern != "solid" and rng.random() < 0.15:
        colour = "#efede8"
    else:
        colour = shaded(colour, -0.05 if light > 0.3 else 0.05)
    return Material("solid", (colour,), 0.05, 0.0, (0.3,), material.roughness, seed, "", "")


def _plaid_share(kind: str, style: str) -> tuple[float, float, float]:
    if kind in ("blazer", "trousers", "coat", "pencil_skirt"):
        return (0.3, 0.1, 0.6)
    return (0.35, 0.55, 0.1) if style == "summer" else (0.62, 0.25, 0.13)


def _print_share(kind: str, style: str) -> tuple[float, float, float, float]:
    if kind in ("blouse", "summer_dress", "maxi_dress", "maxi_skirt", "a_line_skirt"):
        return (0.12, 0.52, 0.28, 0.08)
    if style in ("summer", "bohemian"):
        return (0.18, 0.38, 0.34, 0.10)
    return (0.36, 0.16, 0.2, 0.28)


def _r(value: float) -> float:
    return round(float(value), 4)
