"""The joint distribution of outfits: sampled to make pictures, and enumerated to judge models.

    P(style, presentation, hat, top, bottom, shoes) = P(style) P(presentation | style) P(hat | style, presentation)
        * [ (1 - d) * Z1 * t(top) b(bottom) s(shoes) h(top, bottom) h(top, shoes) h(bottom, shoes)   two garments
          +      d  * Z2 * b(bottom) s(shoes) h(bottom, shoes), top = none                           a dress ]

where t, b, s are weights of kinds by style times the presentation's factor, h are harmony factors on pairs, d is the
share of dresses by style, and each line is normalised by itself. The table has 8 * 2 * 5 * 13 * 13 * 6 entries, so
every conditional is an exact sum, not an estimate. Given the kinds, sleeves and hems are independent draws by (style,
presentation, kind); colours follow `colour_scheme`; the rest is `dressing`. docs/studio.md states all of it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from typing import Final

import numpy as np

from tf_tryon.data.studio import colour_scheme
from tf_tryon.data.studio import cut_tables as cuts
from tf_tryon.data.studio import outfit_tables as tables
from tf_tryon.data.studio.dressing import dress_up
from tf_tryon.data.studio.outfit import BOTTOMS, DRESSES, HATS, PRESENTATIONS, SHOES, TOPS, Outfit
from tf_tryon.data.studio.palette import FAMILIES

NONE: Final = "none"
AXES: Final[dict[str, tuple[str, ...]]] = {
    "style": tuple(tables.STYLES),
    "presentation": PRESENTATIONS,
    "hat": (NONE, *HATS),
    "top": (NONE, *TOPS),
    "bottom": BOTTOMS,
    "shoes": SHOES,
}
GARMENTS: Final = ("hat", "top", "bottom", "shoes")

Context = Mapping[str, str | None]


class OutfitDistribution:
    """The table `joint`, float64 with one axis per entry of `AXES`, and what follows from it."""

    def __init__(self) -> None:
        self.joint = _joint()
        self.colours = colour_scheme.ColourScheme()
        self._cumulative = np.cumsum(self.joint.ravel())

    def sample_kinds(self, rng: np.random.Generator) -> dict[str, str]:
        """One draw: a name for every axis, `NONE` for what is not worn."""
        drawn = rng.random() * float(self._cumulative[-1])
        flat = int(np.searchsorted(self._cumulative, drawn, side="right"))
        place = np.unravel_index(flat, self.joint.shape)
        return {axis: names[i] for (axis, names), i in zip(AXES.items(), place, strict=True)}

    def sample_outfit(self, rng: np.random.Generator) -> Outfit:
        """One draw of everything."""
        kinds = self.sample_kinds(rng)
        worn = {slot: kinds[slot] for slot in GARMENTS if kinds[slot] != NONE}
        families = self.colours.sample(rng, kinds["style"], worn)
        return dress_up(rng, kinds["style"], kinds["presentation"], worn, families)

    def log_probability_of_kinds(self, kinds: Context) -> float:
        """Log of the probability of the given names, summed over all axes that are not given.

        Args:
            kinds: names by axis; None or `NONE` for "not worn". Axes that are missing are summed over.

        Returns:
            Natural logarithm; -inf for a combination that is never drawn.
        """
        with np.errstate(divide="ignore"):
            return float(np.log(self._restricted(kinds).sum()))

    def conditional_kind(
        self, slot: str, context: Context, families: Mapping[str, str] | None = None
    ) -> dict[str, float]:
        """P(kind of a slot | what is known), exact.

        Args:
            slot: one of `GARMENTS` (or "style" or "presentation": their posterior).
            context: known names by axis, without the slot; axes that are missing are summed over.
            families: known colour families by slot; a slot named here must be named in `context` too.

        Returns:
            Probability of every name of the axis; they sum to 1.

        Raises:
            ValueError: unknown axis or name, the slot itself in the context, or a context of probability 0.
        """
        if slot in context:
            raise ValueError(f"the context names {slot}, which is asked for; leave it out")
        table = self._restricted(context)
        if families:
            table = table * self._colour_likelihood(context, families)[:, None, None, None, None, None]
        mass = table.sum(axis=tuple(i for i, axis in enumerate(AXES) if axis != slot))
        return dict(zip(AXES[slot], _normalised(mass, context).tolist(), strict=True))

    def conditional_colour_family(
        self, slot: str, context: Context, families: Mapping[str, str] | None = None
    ) -> dict[str, float]:
        """P(colour family of a slot | what is known), exact; arguments as for `conditional_kind`.

        The context may name the slot's own kind; else it is summed over the kinds that are worn.
        """
        families = families or {}
        if slot in families:
            raise ValueError(f"the families name {slot}, which is asked for; leave it out")
        table = self._restricted(context)
        others = tuple(i for i, axis in enumerate(AXES) if axis not in ("style", slot))
        by_style = table.sum(axis=others)  # (styles, kinds of the slot)
        total = np.zeros(len(FAMILIES))
        for i, style in enumerate(AXES["style"]):
            known = {other: (str(context[other]), family) for other, family in families.items()}
            for j, kind in enumerate(AXES[slot]):
                if kind != NONE and by_style[i, j] > 0:
                    total += by_style[i, j] * self.colours.joint_with(style, slot, kind, known)
        return dict(zip(FAMILIES, _normalised(total, context).tolist(), strict=True))

    def conditional_cut(self, slot: str, attribute: str, context: Context) -> dict[str, float]:
        """P(class of a slot's sleeve or length | what is known), exact, given that the slot is worn.

        Args:
            slot: "top" or "bottom".
            attribute: "sleeve" or "length".
            context: known names by axis; may name the slot's own kind.

        Returns:
            Probability by class; kinds without the attribute (sleeves of trousers) count nothing.
        """
        table = self._restricted(context)
        mass = table.sum(axis=tuple(i for i, axis in enumerate(AXES) if axis not in ("style", "presentation", slot)))
        total: dict[str, float] = {}
        for (i, j, k), weight in np.ndenumerate(mass):
            kind = AXES[slot][int(k)]
            if kind == NONE or weight == 0 or (attribute == "sleeve" and kind not in cuts.SLEEVES_OF):
                continue
            law = cuts.sleeve_law if attribute == "sleeve" else cuts.length_law
            for name, share in law(kind, AXES["style"][int(i)], AXES["presentation"][int(j)]).items():
                total[name] = total.get(name, 0.0) + weight * share
        whole = sum(total.values())
        if whole <= 0:
            raise ValueError(f"no {slot} with a {attribute} is ever drawn in the context {dict(context)}")
        return {name: mass / whole for name, mass in total.items()}

    def _restricted(self, context: Context) -> np.ndarray:
        table = self.joint
        for axis, name in context.items():
            if axis not in AXES:
                raise ValueError(f"{axis!r} is no axis of the outfits; use {', '.join(AXES)}")
            name = NONE if name is None else name
            if name not in AXES[axis]:
                raise ValueError(f"{name!r} is no {axis}; use {', '.join(AXES[axis])}")
            keep = np.zeros(len(AXES[axis]))
            keep[AXES[axis].index(name)] = 1.0
            place = list(AXES).index(axis)
            table = table * keep.reshape([-1 if i == place else 1 for i in range(len(AXES))])
        return table

    def _colour_likelihood(self, context: Context, families: Mapping[str, str]) -> np.ndarray:
        known = {slot: (str(context[slot]), family) for slot, family in families.items()}
        return np.array([self.colours.likelihood(style, known) for style in AXES["style"]])


def _normalised(mass: np.ndarray, context: Context) -> np.ndarray:
    whole = mass.sum()
    if whole <= 0:
        raise ValueError(f"the context {dict(context)} is never drawn")
    return mass / whole


def _row(weights: Mapping[str, float], names: tuple[str, ...], missing: float) -> np.ndarray:
    unknown = set(weights) - set(names)
    if unknown:
        raise ValueError(f"a table of the outfits names {', '.join(sorted(unknown))}, which is no kind of its slot")
    return np.array([weights.get(name, missing) for name in names])


def _pairs(table: Mapping[str, tables.Weights], first: tuple[str, ...], second: tuple[str, ...]) -> np.ndarray:
    return np.stack([_row(table.get(name, {}), second, 1.0) for name in first])


def _joint() -> np.ndarray:
    tops, bottoms = AXES["top"], AXES["bottom"]
    is_dress = np.array([kind in DRESSES for kind in bottoms])
    top_bottom = _pairs(tables.TOP_BOTTOM, tops, bottoms)
    top_shoes = _pairs(tables.TOP_SHOES, tops, SHOES)
    bottom_shoes = _pairs(tables.BOTTOM_SHOES, bottoms, SHOES)
    joint = np.zeros([len(names) for names in AXES.values()])
    for i, style in enumerate(AXES["style"]):
        for j, presentation in enumerate(PRESENTATIONS):
            factors = tables.FEMININE_FACTORS if presentation == "feminine" else tables.MASCULINE_FACTORS

            def weights(
                table: Mapping[str, float], names: tuple[str, ...], factors: tables.Weights = factors
            ) -> np.ndarray:
                return _row(table, names, 0.0) * np.array([factors.get(name, 1.0) for name in names])

            hats = weights(tables.HAT_KINDS[style], AXES["hat"])
            hats = hats / hats.sum() * tables.HAT_SHARE[style]
            hats[0] = 1.0 - tables.HAT_SHARE[style]
            shoes = weights(tables.SHOE_KINDS[style], SHOES) * bottom_shoes
            two = (
                weights(tables.TOP_KINDS[style], tops)[:, None, None]
                * (weights(tables.BOTTOM_KINDS[style], bottoms) * ~is_dress)[None, :, None]
                * shoes[None] * top_bottom[:, :, None] * top_shoes[:, None, :]
            )  # fmt: skip
            share = tables.DRESS_SHARE[style] if presentation == "feminine" else 0.0
            garments = (1.0 - share) * two / two.sum()
            if share > 0:
                dress = weights(tables.DRESS_KINDS[style], bottoms)[:, None] * shoes
                garments[0] += share * dress / dress.sum()
            feminine = tables.FEMININE[style]
            body = tables.STYLES[style] * (feminine if presentation == "feminine" else 1.0 - feminine)
            joint[i, j] = body * hats[:, None, None, None] * garments[None]
    return joint / joint.sum()


@functools.cache
def distribution() -> OutfitDistribution:
    """The one distribution, made once per process."""
    return OutfitDistribution()


@functools.cache
def fingerprint() -> str:
    """Eight hex digits that change with any number of the tables; they stand in a data set's manifest."""
    numbers = [
        {name: value for name, value in vars(module).items() if name.isupper()}
        for module in (tables, cuts, colour_scheme)
    ]
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:8]


def sample_outfit(rng: np.random.Generator) -> Outfit:
    """One draw of everything from `distribution()`."""
    return distribution().sample_outfit(rng)
