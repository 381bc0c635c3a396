"""Clothes' colours by family, as catalogues show them: muted, seldom pure.

Each family is a list of sRGB anchors; a drawn colour is an anchor with a small shift in the OKLab space (B. Ottosson,
"A perceptual color space for image processing", 2020), so that equal shifts look equally large.
"""

from typing import Final

import numpy as np

FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "black": ("#17181a", "#1f2022", "#26262a"),
    "white": ("#f2f1ed", "#ebe8e1", "#f6f5f3"),
    "grey": ("#8b8d90", "#6d7074", "#a9abad", "#4a4d52"),
    "beige": ("#d3c2a6", "#c4b08f", "#ddd0ba", "#b89f7c"),
    "brown": ("#6b4a33", "#4e3626", "#8a6242", "#7a4f30"),
    "navy": ("#1f2a44", "#26344f", "#182036"),
    "indigo": ("#31456a", "#3f5a86", "#27364f", "#6f8db3"),
    "blue": ("#3c6ea5", "#5b8bbf", "#86acd0", "#2f5587"),
    "teal": ("#2f6f73", "#4a8f8c", "#1f5257"),
    "green": ("#3f6b4a", "#6a8f63", "#2c4a37", "#93ad86"),
    "olive": ("#6a6b43", "#57583a", "#848158"),
    "yellow": ("#d9ae4a", "#e3c977", "#c2933a"),
    "orange": ("#c9733f", "#d98f5c", "#b35a30"),
    "red": ("#a8323a", "#8c2430", "#c04a4a"),
    "burgundy": ("#5e1f2d", "#6f2a3a"),
    "pink": ("#dba6ae", "#c97f92", "#e8c4c6"),
    "purple": ("#6b4f82", "#8d739f", "#4b375f"),
}
NEUTRALS: Final = ("black", "white", "grey", "beige", "brown", "navy", "indigo")
# Places on the wheel, in turns; neutrals have none.
HUES: Final[dict[str, float]] = {
    "red": 0.0, "burgundy": 0.98, "orange": 0.08, "yellow": 0.17, "olive": 0.22, "green": 0.36, "teal": 0.5,
    "blue": 0.6, "purple": 0.77, "pink": 0.94,
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    """Linear RGB (3,) float32 in [0, 1] of an sRGB hex string (IEC 61966-2-1)."""
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"colour is {colour!r}; write it as '#rrggbb'")
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_hex(rgb: np.ndarray) -> str:
    """sRGB hex string of linear RGB (3,), clipped to [0, 1]."""
    rgb = np.clip(rgb, 0.0, 1.0)
    srgb = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(x) * 255):02x}" for x in srgb)


def decoded(pixels: np.ndarray) -> np.ndarray:
    """Linear RGB (..., 3) float32 in [0, 1] of sRGB pixels (..., 3) uint8."""
    return _DECODED[pixels]


def encoded(rgb: np.ndarray) -> np.ndarray:
    """sRGB pixels (..., 3) uint8 of linear RGB (..., 3), clipped to [0, 1]."""
    rgb = np.clip(rgb, 0.0, 1.0)
    srgb = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return np.round(srgb * 255).astype(np.uint8)


_DECODED = np.array([linear(f"#{i:02x}{i:02x}{i:02x}")[0] for i in range(256)], np.float32)

# B. Ottosson's matrices from linear sRGB to the cones' responses, and from their cube roots to L, a, b.
_TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def oklab(colour: str) -> np.ndarray:
    """OKLab (3,) of an sRGB hex string: lightness in [0, 1], green to red, blue to yellow (about [-0.3, 0.3])."""
    return _TO_LAB @ np.cbrt(_TO_CONES @ linear(colour).astype(np.float64))


def oklab_of(rgb: np.ndarray) -> np.ndarray:
    """OKLab (..., 3) float32 of linear RGB (..., 3)."""
    cones = np.cbrt(np.asarray(rgb, np.float32) @ _TO_CONES.T.astype(np.float32))
    return cones @ _TO_LAB.T.astype(np.float32)


def from_oklab(lab: np.ndarray) -> str:
    """sRGB hex string of OKLab (3,), clipped to the gamut."""
    return to_hex(np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, np.asarray(lab, np.float64)) ** 3))


def draw(rng: np.random.Generator, family: str) -> str:
    """A colour of a family: one of its anchors, shifted a little."""
    lab = oklab(FAMILIES[family][rng.integers(len(FAMILIES[family]))])
    # Greys and near-blacks tolerate little tint, saturated colours more.
    tint = 0.002 + 0.06 * float(np.hypot(lab[1], lab[2]))
    return from_oklab(lab + rng.normal(size=3) * (0.018, tint, tint))


def family_of(lab: np.ndarray) -> str:
    """The family with the anchor that is nearest to a colour in OKLab (3,)."""
    return min(FAMILIES, key=lambda name: min(float(np.linalg.norm(oklab(a) - lab)) for a in FAMILIES[name]))


def shaded(colour: str, lightness: float, chroma: float = 1.0) -> str:
    """The colour with `lightness` added to OKLab's L and its chroma scaled."""
    lab = oklab(colour)
    return from_oklab(np.array([np.clip(lab[0] + lightness, 0.12, 0.97), lab[1] * chroma, lab[2] * chroma]))


def contrasting(rng: np.random.Generator, colour: str, accents: tuple[str, ...], gap: float = 0.3) -> str:
    """A second colour for a pattern: differs from `colour` by `gap` or more in lightness, or is the best tried.

    Args:
        rng: source of randomness.
        colour: the cloth, sRGB hex.
        accents: families to draw from, e.g. the outfit's own and some that go with everything.
        gap: in OKLab's L.
    """
    ground = oklab(colour)
    tries = [draw(rng, accents[rng.integers(len(accents))]) for _ in range(8)]
    distances = [abs(oklab(other)[0] - ground[0]) for other in tries]
    for other, distance in zip(tries, distances, strict=True):
        if distance >= gap:
            return other
    best = tries[int(np.argmax(distances))]
    # Nothing was far enough: go on in the direction that has room.
    return shaded(best, -gap if ground[0] > 0.55 else gap, 0.8)
