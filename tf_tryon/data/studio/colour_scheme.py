"""Colours that go together: a hidden palette per outfit, and families drawn by garment given the palette.

    P(families | style, kinds) =
        sum over palettes of P(palette | style) * product over slots of P(family | slot, kind, style, palette)

A palette is a scheme, a neutral base and an accent. Given it, a family's probability is the product, normalised, of
the part that the scheme gives the slot, the kind's own liking (jeans are indigo, boots black or brown) and the style's
mood. The palettes are few, so sums over them are exact.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

import numpy as np

from tf_tryon.data.studio.outfit import DRESSES
from tf_tryon.data.studio.outfit_tables import Weights
from tf_tryon.data.studio.palette import FAMILIES, HUES, NEUTRALS

# fmt: off
SCHEMES: Final[dict[str, Weights]] = {
    "formal": {"neutral": 55, "accent_top": 22, "accent_bottom": 8, "tonal": 10, "analogous": 5},
    "business": {"neutral": 42, "accent_top": 36, "accent_bottom": 10, "tonal": 6, "analogous": 6},
    "casual": {"neutral": 26, "accent_top": 44, "accent_bottom": 12, "tonal": 5, "analogous": 7, "complementary": 6},
    "street": {"neutral": 36, "accent_top": 36, "accent_bottom": 12, "tonal": 8, "complementary": 8},
    "sport": {"neutral": 30, "accent_top": 34, "accent_bottom": 12, "tonal": 10, "analogous": 8, "complementary": 6},
    "summer": {"neutral": 20, "accent_top": 38, "accent_bottom": 16, "tonal": 5, "analogous": 13, "complementary": 8},
    "winter": {"neutral": 38, "accent_top": 36, "accent_bottom": 12, "tonal": 8, "analogous": 6},
    "bohemian": {"neutral": 22, "accent_top": 32, "accent_bottom": 20, "tonal": 5, "analogous": 16, "complementary": 5},
}
BASES: Final[dict[str, Weights]] = {
    "formal": {"black": 40, "navy": 28, "grey": 20, "white": 6, "beige": 4, "brown": 2},
    "business": {"navy": 28, "grey": 24, "black": 20, "beige": 14, "white": 8, "brown": 6},
    "casual": {"indigo": 22, "grey": 18, "white": 16, "black": 14, "beige": 14, "navy": 10, "brown": 6},
    "street": {"black": 38, "grey": 20, "white": 14, "indigo": 16, "beige": 8, "brown": 4},
    "sport": {"black": 36, "grey": 28, "navy": 18, "white": 18},
    "summer": {"white": 34, "beige": 26, "indigo": 20, "navy": 8, "grey": 6, "brown": 6},
    "winter": {"black": 26, "grey": 22, "beige": 18, "brown": 16, "navy": 18},
    "bohemian": {"beige": 34, "brown": 28, "white": 20, "indigo": 12, "black": 6},
}
ACCENTS: Final[dict[str, Weights]] = {
    "formal": {"burgundy": 24, "blue": 24, "red": 12, "purple": 12, "teal": 10, "green": 10, "pink": 8},
    "business": {"blue": 38, "burgundy": 14, "pink": 12, "green": 10, "teal": 10, "purple": 8, "red": 5, "olive": 3},
    "casual": {
        "blue": 20, "green": 14, "red": 14, "pink": 10, "olive": 10, "teal": 9, "yellow": 8, "burgundy": 8, "orange": 5,
        "purple": 4,
    },
    "street": {"red": 20, "olive": 20, "green": 12, "purple": 10, "blue": 14, "orange": 8, "yellow": 8, "burgundy": 8},
    "sport": {"blue": 26, "red": 18, "teal": 16, "purple": 10, "pink": 10, "green": 10, "orange": 6, "yellow": 4},
    "summer": {"blue": 20, "pink": 18, "yellow": 14, "green": 12, "orange": 10, "teal": 12, "red": 12, "purple": 2},
    "winter": {"burgundy": 26, "green": 16, "red": 14, "olive": 14, "teal": 10, "purple": 8, "yellow": 6, "blue": 6},
    "bohemian": {"orange": 20, "burgundy": 18, "olive": 16, "yellow": 12, "teal": 12, "green": 8, "red": 8, "pink": 6},
}
MOODS: Final[dict[str, Weights]] = {
    "formal": {"orange": 0.2, "yellow": 0.2, "pink": 0.6, "olive": 0.3, "indigo": 0.3, "brown": 0.6},
    "business": {"orange": 0.3, "yellow": 0.4, "red": 0.6, "purple": 0.7},
    "sport": {"brown": 0.1, "beige": 0.3, "burgundy": 0.6, "indigo": 0.4},
    "summer": {"black": 0.4, "burgundy": 0.3, "brown": 0.6, "grey": 0.6},
    "winter": {"white": 0.6, "yellow": 0.7, "pink": 0.6},
    "bohemian": {"black": 0.4, "grey": 0.4, "navy": 0.5, "blue": 0.7},
}
# How much a kind likes a family; families that are not named have the weight under "other" (1 without it).
LIKINGS: Final[dict[str, Weights]] = {
    "jeans": {"indigo": 60, "navy": 12, "black": 12, "grey": 7, "white": 4, "blue": 6, "other": 0.15},
    "trousers": {"black": 2, "navy": 2, "grey": 2, "beige": 2, "brown": 1.5, "olive": 1.5, "other": 0.35},
    "leggings": {"black": 6, "grey": 2, "navy": 2, "indigo": 0.3, "other": 0.5},
    "shirt": {"white": 3, "blue": 2, "indigo": 0.8, "black": 0.7},
    "blouse": {"white": 2, "indigo": 0.2, "black": 0.8},
    "blazer": {"navy": 2.5, "black": 2, "grey": 2, "beige": 1.5, "white": 0.6, "brown": 1, "other": 0.35},
    "coat": {"beige": 3, "black": 2, "grey": 2, "navy": 2, "brown": 1.5, "indigo": 0.1, "other": 0.7},
    "sneakers": {"white": 50, "black": 22, "grey": 12, "beige": 6, "navy": 4, "red": 2, "blue": 2, "other": 0.4},
    "boots": {"black": 45, "brown": 42, "beige": 5, "grey": 3, "burgundy": 3, "other": 0.05},
    "ankle_boots": {"black": 45, "brown": 40, "beige": 8, "grey": 4, "burgundy": 3, "other": 0.05},
    "loafers": {"brown": 40, "black": 38, "navy": 6, "burgundy": 6, "beige": 7, "other": 0.1},
    "heels": {"black": 45, "beige": 20, "red": 8, "navy": 6, "white": 6, "burgundy": 4, "brown": 5, "other": 0.5},
    "sandals": {"brown": 45, "beige": 22, "black": 16, "white": 10, "other": 0.2},
    "cap": {"black": 3, "navy": 2, "white": 1.5, "red": 1.5, "indigo": 0.6},
    "beanie": {"black": 2, "grey": 2, "navy": 1.5, "burgundy": 1.5, "yellow": 1.2, "indigo": 0.1},
    "fedora": {"beige": 4, "brown": 4, "black": 4, "grey": 3, "navy": 1, "other": 0.15},
    "sun_hat": {"beige": 12, "white": 4, "brown": 3, "black": 1, "other": 0.15},
}
# fmt: on
NAMES: Final = tuple(FAMILIES)


class ColourScheme:
    """The palettes' table and the exact sums over it. Slots are "hat", "top", "bottom", "shoes"."""

    def __init__(self) -> None:
        scheme_names = tuple(SCHEMES["casual"])
        self.palettes = [(s, b, a) for s in scheme_names for b in NEUTRALS for a in HUES]

    @functools.cached_property
    def _parts(self) -> dict[str, np.ndarray]:
        """(palettes, families) of the scheme's part for each slot; a dress has its own."""
        made = {
            slot: np.stack([_part(slot, *palette) for palette in self.palettes]) for slot in ("hat", "top", "bottom")
        }
        made["dress"] = np.stack([_part("dress", *palette) for palette in self.palettes])
        # Shoes (and a hat, a little) follow the neutrals.
        made["shoes"] = made["hat"]
        return made

    @functools.cache  # noqa: B019 (one instance lives as long as the process)
    def prior(self, style: str) -> np.ndarray:
        """P(palette | style), (palettes,)."""
        rows = SCHEMES[style], BASES[style], ACCENTS[style]
        weights = [np.array([row.get(p[i], 0.0) for p in self.palettes]) for i, row in enumerate(rows)]
        product = weights[0] * weights[1] * weights[2]
        return product / product.sum()

    @functools.cache  # noqa: B019
    def law(self, style: str, slot: str, kind: str) -> np.ndarray:
        """P(family | palette, style, slot, kind), (palettes, families)."""
        likes, mood = LIKINGS.get(kind, {"indigo": 0.15}), MOODS.get(style, {})
        factor = np.array([likes.get(name, likes.get("other", 1.0)) * mood.get(name, 1.0) for name in NAMES])
        weights = self._parts["dress" if kind in DRESSES else slot] * factor
        return weights / weights.sum(axis=1, keepdims=True)

    def likelihood(self, style: str, known: Mapping[str, tuple[str, str]]) -> float:
        """P(families | style, kinds) for `known`, a (kind, family) by slot."""
        return float(self._posterior(style, known).sum())

    def joint_with(self, style: str, slot: str, kind: str, known: Mapping[str, tuple[str, str]]) -> np.ndarray:
        """P(known families, family of the slot | style, kinds), (families,)."""
        return self._posterior(style, known) @ self.law(style, slot, kind)

    def sample(self, rng: np.random.Generator, style: str, kinds: Mapping[str, str]) -> dict[str, str]:
        """Draws a family for each slot of `kinds`."""
        palette = rng.choice(len(self.palettes), p=self.prior(style))
        return {
            slot: NAMES[rng.choice(len(NAMES), p=self.law(style, slot, kind)[palette])] for slot, kind in kinds.items()
        }

    def _posterior(self, style: str, known: Mapping[str, tuple[str, str]]) -> np.ndarray:
        mass = self.prior(style)
        for slot, (kind, family) in known.items():
            if family not in FAMILIES:
                raise ValueError(f"{family!r} is no colour family; use {', '.join(FAMILIES)}")
            mass = mass * self.law(style, slot, kind)[:, NAMES.index(family)]
        return mass


def _neutral(base: str) -> np.ndarray:
    """Neutrals around a base: the base two times of five."""
    row = np.array([1.0 if name in NEUTRALS else 0.03 for name in NAMES])
    row[NAMES.index(base)] = 4.2
    return row / row.sum()


def _hue(accent: str, shift: float, width: float) -> np.ndarray:
    """Families around the place on the wheel that lies `shift` turns from the accent, a Gaussian of `width` turns."""
    row = np.full(len(NAMES), 0.005)
    for name, hue in HUES.items():
        gap = (hue - HUES[accent] - shift + 0.5) % 1.0 - 0.5
        row[NAMES.index(name)] += np.exp(-0.5 * (gap / width) ** 2)
    return row / row.sum()


def _part(slot: str, scheme: str, base: str, accent: str) -> np.ndarray:
    neutral, own = _neutral(base), _hue(accent, 0.0, 0.03)
    if slot == "hat":
        return 0.75 * neutral + 0.25 * (own if scheme != "neutral" else neutral)
    if slot == "dress":
        return {"neutral": neutral, "tonal": 0.5 * own + 0.5 * neutral}.get(scheme, 0.85 * own + 0.15 * neutral)
    top = slot == "top"
    if scheme == "neutral":
        return neutral
    if scheme in ("accent_top", "accent_bottom"):
        return 0.88 * own + 0.12 * neutral if top == (scheme == "accent_top") else neutral
    if scheme == "tonal":
        return 0.7 * own + 0.3 * neutral
    if scheme == "analogous":
        return 0.85 * own + 0.15 * neutral if top else 0.6 * _hue(accent, 0.0, 0.12) + 0.4 * neutral
    return 0.85 * own + 0.15 * neutral if top else 0.55 * _hue(accent, 0.5, 0.06) + 0.45 * neutral
