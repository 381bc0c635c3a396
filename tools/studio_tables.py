"""Writes the tables of the outfits' distribution into docs/studio.md, between the two marker lines.

    python tools/studio_tables.py            # rewrites the block
    python tools/studio_tables.py --check    # exit status 1 if the block is stale

Run it after a change of `outfit_tables`, `cut_tables` or `colour_scheme`.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
from collections.abc import Mapping

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tf_tryon.data.studio import colour_scheme, cut_tables, outfit_tables
from tf_tryon.data.studio.outfit_distribution import AXES, GARMENTS, NONE, distribution
from tf_tryon.data.studio.palette import FAMILIES

DOCUMENT = pathlib.Path(__file__).resolve().parents[1] / "docs" / "studio.md"
BEGIN, END = "<!-- tables: tools/studio_tables.py -->", "<!-- end of tables -->"
STYLES = tuple(outfit_tables.STYLES)


def tables() -> str:
    """All tables as Markdown."""
    d = distribution()
    cuts = (cut_tables.SLEEVES_OF, cut_tables.LENGTHS_OF, cut_tables.NECKLINES_OF, cut_tables.OPENINGS_OF)
    factors = (cut_tables.SLEEVES_IN, cut_tables.LENGTHS_IN, cut_tables.OPENINGS_IN)
    palettes = (colour_scheme.SCHEMES, colour_scheme.BASES, colour_scheme.ACCENTS)
    parts = [
        "### Shares by style, %\n",
        _table(
            ["style", "share", "feminine", "dresses among feminine", "hats", "some garment loud"],
            [
                [
                    style, _percent(outfit_tables.STYLES[style]), _percent(outfit_tables.FEMININE[style]),
                    _percent(outfit_tables.DRESS_SHARE[style]), _percent(outfit_tables.HAT_SHARE[style]),
                    _percent(_loud(style)),
                ]
                for style in STYLES
            ],
        ),
    ]  # fmt: skip
    for slot in GARMENTS:
        columns = {"all": d.conditional_kind(slot, {}), **{s: d.conditional_kind(slot, {"style": s}) for s in STYLES}}
        parts += [f"### Kinds: {slot}, %, exact marginals\n", _matrix(AXES[slot], columns)]
    for title, pairs in (
        ("top and bottom", outfit_tables.TOP_BOTTOM),
        ("top and shoes", outfit_tables.TOP_SHOES),
        ("bottom and shoes", outfit_tables.BOTTOM_SHOES),
    ):
        parts += [
            f"### Harmony factors h: {title} (1 where nothing is named)\n",
            _table(["", "factors"], _named(pairs)),
        ]
    parts += [
        "### Factors of presentation\n",
        _table(
            ["", "factors"],
            _named({"masculine": outfit_tables.MASCULINE_FACTORS, "feminine": outfit_tables.FEMININE_FACTORS}),
        ),
        "### Cuts: weights of sleeves, hems, necklines and closures by kind, before the factors of style\n",
        _table(
            ["kind", "sleeve", "hem", "neckline", "closure"],
            [[kind, *(_weights(law.get(kind, {})) for law in cuts)] for kind in cut_tables.LENGTHS_OF],
        ),
        "### Factors of style on cuts\n",
        _table(
            ["style", "sleeve", "hem", "closure", "mean fit"],
            [
                [style, *(_weights(law.get(style, {})) for law in factors), f"{cut_tables.FIT_IN[style]:+.2f}"]
                for style in STYLES
            ],
        ),
        "### Loud patterns by kind: how well the kind bears them, and weights\n",
        _table(
            ["kind", "bears", "patterns"],
            [[kind, cut_tables.LOUD_FITNESS[kind], _weights(law)] for kind, law in cut_tables.LOUD_OF.items()],
        ),
        "### Palettes: weights of schemes, bases and accents by style\n",
        _table(
            ["style", "scheme", "base", "accent"],
            [[style, *(_weights(law[style]) for law in palettes)] for style in STYLES],
        ),
    ]  # fmt: skip
    for slot in ("top", "bottom"):
        columns = {
            "all": d.conditional_colour_family(slot, {}),
            **{s: d.conditional_colour_family(slot, {"style": s}) for s in STYLES},
        }
        parts += [f"### Colour families: {slot}, %, exact marginals\n", _matrix(tuple(FAMILIES), columns)]
    return "\n".join(parts)


def _loud(style: str) -> float:
    """Share of a style's outfits with a stripe, plaid, dots or a print, exact."""
    d, total = distribution(), 0.0
    tops = d.conditional_kind("top", {"style": style})
    for top, share in tops.items():
        if share == 0:
            continue
        for bottom, part in d.conditional_kind("bottom", {"style": style, "top": top}).items():
            worn = {"bottom": bottom} | ({} if top == NONE else {"top": top})
            total += share * part * (1 - cut_tables.loud_law(style, worn)["none"])
    return total


def _table(head: list[str], rows: list[list[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def _matrix(names: tuple[str, ...], columns: Mapping[str, Mapping[str, float]]) -> str:
    return _table(["", *columns], [[name, *(_percent(column[name]) for column in columns.values())] for name in names])


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if share else "·"


def _weights(law: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {weight:g}" for name, weight in law.items())


def _named(rows: Mapping[str, Mapping[str, float]]) -> list[list[object]]:
    return [[name, _weights(row)] for name, row in rows.items()]


def main() -> int:
    """Rewrites or checks the block."""
    parser = argparse.ArgumentParser(description="Tables of docs/studio.md.")
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    text = DOCUMENT.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    fresh = f"{head}{BEGIN}\n\n{tables()}\n{END}{tail}"
    if check:
        if fresh != text:
            print(f"{DOCUMENT} is stale: run python tools/studio_tables.py", file=sys.stderr)
        return int(fresh != text)
    temporary = DOCUMENT.with_suffix(".md.tmp")
    temporary.write_text(fresh, encoding="utf-8")
    os.replace(temporary, DOCUMENT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
