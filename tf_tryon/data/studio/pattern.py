"""Procedural cloth: colour and relief as functions of a point on the garment.

Conventions: `uv` are metres along the cloth at rest, u around the body (0 at the centre front, growing to the wearer's
left), v upwards. `position` is the point on the rest body in metres: x to the wearer's left, y up from the floor, z to
the front. Colours are given as sRGB hex strings and computed in linear light. `footprint` is metres per pixel: detail
that is finer fades into its mean instead of aliasing.

| pattern | motif | colours | params |
|---|---|---|---|
| solid | | cloth | mottling |
| stripe | even, breton, pin | cloth, stripe, optional second stripe | share of the stripe |
| plaid | tartan, gingham, window | cloth, band, optional line | share of the band |
| dot | | cloth, dot | radius over the period |
| denim | | cloth | wash 0 raw to 1 faded |
| print | blob, floral, leaf, diamond | cloth, ink, optional second ink, optional third | radius over the period |
| knit | rib, cable, fairisle | cloth, optional second | depth of the relief |
| fabric | name of a picture | its mean | place on the swatch: u, v in repeats |

The last is cut from a photo (`fabrics`) and has its colours there; here it is plain cloth of its mean colour.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from tf_tryon.data.studio.motif import MOTIFS, noise, scatter
from tf_tryon.data.studio.palette import linear

FABRIC: Final = "fabric"
PATTERNS: Final = ("solid", "stripe", "plaid", "dot", "denim", "print", "knit")
MOTIFS_OF: Final = {
    "solid": ("",),
    "stripe": ("even", "breton", "pin"),
    "plaid": ("tartan", "gingham", "window"),
    "dot": ("",),
    "denim": ("",),
    "print": ("blob", "floral", "leaf", "diamond"),
    "knit": ("rib", "cable", "fairisle"),
}


@dataclasses.dataclass(frozen=True)
class Material:
    """A cloth.

    Attributes:
        pattern: one of `PATTERNS`, or `FABRIC`.
        colours: sRGB hex strings such as "#1f2a44"; the first is the cloth, see the module's table.
        scale: the pattern's period in metres; of a fabric, the width of its repeat.
        angle: the pattern's turn in radians; stripes are horizontal at 0.
        params: numbers by pattern, see the module's table.
        roughness: 0 glossy (leather, satin) to 1 matt (wool).
        seed: seed of everything random in the cloth.
        motif: variant of the pattern, one of `MOTIFS_OF[pattern]`; of a fabric, the picture's name.
        family: name of the first colour's family (`palette.FAMILIES`), as drawn.
    """

    pattern: str
    colours: tuple[str, ...]
    scale: float = 0.06
    angle: float = 0.0
    params: tuple[float, ...] = (0.5,)
    roughness: float = 0.8
    seed: int = 0
    motif: str = ""
    family: str = ""

    def __post_init__(self) -> None:
        if self.pattern not in (*PATTERNS, FABRIC):
            raise ValueError(f"pattern is {self.pattern!r}; use one of {', '.join(PATTERNS)}")
        if self.pattern != FABRIC and self.motif not in MOTIFS_OF[self.pattern]:
            raise ValueError(f"motif of a {self.pattern} is {self.motif!r}; use one of {MOTIFS_OF[self.pattern]}")
        if not self.colours or not self.params or self.scale <= 0:
            raise ValueError(f"a {self.pattern} needs a colour, a parameter and a positive scale")

    def albedo(self, uv: np.ndarray, position: np.ndarray, footprint: np.ndarray | float = 0.003) -> np.ndarray:
        """Colour of the cloth.

        Args:
            uv: (k, 2) float32, metres along the cloth.
            position: (k, 3) float32, metres, on the rest body.
            footprint: metres per pixel, a number or (k,).

        Returns:
            (k, 3) float32 in [0, 1], linear RGB.
        """
        uv, size = np.ascontiguousarray(uv, np.float32), _footprint(footprint, len(uv))
        inks = np.stack([linear(colour) for colour in self.colours])
        paint = {
            "solid": self._solid, "stripe": self._stripe, "plaid": self._plaid, "dot": self._scatter,
            "print": self._scatter, "knit": self._knit,
        }  # fmt: skip
        if self.pattern == FABRIC:
            colour = np.tile(inks[0], (len(uv), 1))
        elif self.pattern == "denim":
            colour = self._denim(uv, position, size, inks)
        else:
            colour = paint[self.pattern](self._turned(uv), size, inks)
        return np.clip(colour, 0.0, 1.0).astype(np.float32)

    def bump(self, uv: np.ndarray, footprint: np.ndarray | float = 0.003) -> np.ndarray:
        """Height of the cloth's relief over its surface.

        Args:
            uv: (k, 2) float32, metres along the cloth.
            footprint: metres per pixel, a number or (k,).

        Returns:
            (k,) float32, metres (at most 4 mm, positive outwards).
        """
        uv, size = np.ascontiguousarray(uv, np.float32), _footprint(footprint, len(uv))
        grain = 0.0003 * noise(uv, 0.012, self.seed) * _resolved(0.024, size)
        if self.pattern == "knit":
            return grain + 0.004 * self.params[0] * self._relief(uv) * _resolved(self.scale, size)
        return grain

    def _turned(self, uv: np.ndarray) -> np.ndarray:
        if self.angle == 0.0:
            return uv
        c, s = np.float32(np.cos(self.angle)), np.float32(np.sin(self.angle))
        return np.stack([c * uv[:, 0] + s * uv[:, 1], c * uv[:, 1] - s * uv[:, 0]], axis=1)

    def _solid(self, uv: np.ndarray, size: np.ndarray, inks: np.ndarray) -> np.ndarray:
        # A little mottling keeps plain cloth from looking like plastic.
        shade = 1 + 0.06 * self.params[0] * (noise(uv, 0.05, self.seed) + noise(uv, 0.017, self.seed + 1))
        return inks[0] * shade[:, None]

    def _stripe(self, uv: np.ndarray, size: np.ndarray, inks: np.ndarray) -> np.ndarray:
        if self.motif == "pin":
            cover = _bands(uv[:, 1], self.scale, 0.12, size)
            return _mix(inks[0], inks[1], cover)
        if self.motif == "breton" or len(inks) == 2:
            return _mix(inks[0], inks[1], _bands(uv[:, 1], self.scale, self.params[0], size))
        first = _bands(uv[:, 1], 2 * self.scale, 0.5 * self.params[0], size)
        second = _bands(uv[:, 1] + self.scale, 2 * self.scale, 0.5 * self.params[0], size)
        return _mix(_mix(inks[0], inks[1], first), inks[2], second)

    def _plaid(self, uv: np.ndarray, size: np.ndarray, inks: np.ndarray) -> np.ndarray:
        if self.motif == "window":
            across = _bands(uv[:, 0], self.scale, 0.16, size)
            along = _bands(uv[:, 1], self.scale, 0.16, size)
            return _mix(inks[0], inks[1], np.maximum(across, along))
        share = 0.5 if self.motif == "gingham" else self.params[0]
        across, along = _bands(uv[:, 0], self.scale, share, size), _bands(uv[:, 1], self.scale, share, size)
        # Warp and weft cover each other half and half, as in a twill.
        colour = _mix(inks[0], inks[1], 0.5 * (across + along))
        if self.motif == "tartan" and len(inks) > 2:
            half = np.float32(0.5 * self.scale)
            line = np.maximum(
                _bands(uv[:, 0] + half, self.scale, 0.1, size), _bands(uv[:, 1] + half, self.scale, 0.1, size)
            )
            colour = _mix(colour, inks[2], 0.75 * line)
        return colour

    def _scatter(self, uv: np.ndarray, size: np.ndarray, inks: np.ndarray) -> np.ndarray:
        motif, jitter = ("dot", 0.0) if self.pattern == "dot" else (self.motif, 0.0 if self.motif == "diamond" else 1.0)
        count = max(len(inks) - 1, 1)
        cover, core, ink = scatter(uv, size, self.scale, self.params[0], jitter, MOTIFS[motif], count, self.seed)
        colour = inks[1:][ink]
        if motif in ("floral", "leaf"):
            # A flower's heart or a leaf's rib: the ink half way to white.
            colour = _mix(colour, 0.5 * colour + 0.4, core)
        mean = float(np.clip(2.5 * self.params[0] ** 2, 0, 0.8))
        seen = _resolved(self.scale, size)
        return _mix(inks[0], _mix(inks[1:].mean(axis=0), colour, seen), mean + (cover - mean) * seen)

    def _denim(self, uv: np.ndarray, position: np.ndarray, size: np.ndarray, inks: np.ndarray) -> np.ndarray:
        wash = self.params[0]
        height, front = position[:, 1], position[:, 2]
        thigh = np.exp(-(((height - 0.62) / 0.13) ** 2)) * (0.35 + 0.65 / (1 + np.exp(-front / 0.02)))
        fade = wash * (0.75 * thigh + 0.25 + 0.18 * noise(uv, 0.06, self.seed))
        twill = 0.10 * noise(self._skewed(uv), 0.006, self.seed + 1) * _resolved(0.012, size)
        shade = 1 + twill + 0.07 * noise(uv, 0.02, self.seed + 2)
        worn = 0.65 * inks[0] + 0.35 * np.array([0.57, 0.61, 0.66], np.float32)
        return _mix(inks[0], worn, np.clip(fade, 0, 1)) * shade[:, None]

    def _skewed(self, uv: np.ndarray) -> np.ndarray:
        return np.stack([uv[:, 0] + uv[:, 1], 0.25 * (uv[:, 0] - uv[:, 1])], axis=1)

    def _knit(self, uv: np.ndarray, size: np.ndarray, inks: np.ndarray) -> np.ndarray:
        # Grooves lie in their own shadow, which shading at a pixel's scale does not find.
        groove = (0.5 - 0.5 * self._relief(uv)) ** 2
        shade = 1 - 0.55 * self.params[0] * groove * _resolved(self.scale, size)
        shade = shade * (1 + 0.05 * noise(uv, 0.02, self.seed))
        if self.motif == "fairisle" and len(inks) > 1:
            band = _bands(uv[:, 1], 4 * self.scale, 0.45, size)
            zigzag = np.abs((uv[:, 0] / (2 * self.scale)) % 1.0 - 0.5) * self.scale
            cover = band * _bands(uv[:, 1] + zigzag, self.scale, 0.5, size)
            return _mix(inks[0], inks[1], cover) * shade[:, None]
        return inks[0] * shade[:, None]

    def _relief(self, uv: np.ndarray) -> np.ndarray:
        """Height of a knit in [-1, 1]."""
        turns = uv[:, 0] * np.float32(2 * np.pi / self.scale)
        if self.motif == "cable":
            # Every other column is a braid of two strands that swing against each other, the rest lies low.
            column = 0.5 + 0.5 * np.cos(turns)
            swing = np.float32(0.5) * np.sin(uv[:, 1] * np.float32(2 * np.pi / (1.1 * self.scale)))
            across = np.sin(0.5 * turns) * 1.6
            braid = np.maximum(np.exp(-(((across - swing) / 0.3) ** 2)), np.exp(-(((across + swing) / 0.3) ** 2)))
            return 2 * np.clip(column * 1.5, 0, 1) * braid - 1
        if self.motif == "fairisle":
            return 0.4 * np.cos(turns)
        return np.cos(turns)


def _footprint(footprint: np.ndarray | float, count: int) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(footprint, np.float32), (count,)))


def _resolved(period: float, size: np.ndarray) -> np.ndarray:
    """1 where a period spans enough pixels to be seen, 0 where it would alias, smooth between."""
    x = np.clip((period / np.maximum(size, 1e-6) - 1.5) / 1.5, 0, 1)
    return x * x * (3 - 2 * x)


def _bands(x: np.ndarray, period: float, share: float, size: np.ndarray) -> np.ndarray:
    """Cover of bands of width `share * period` once a period, box-filtered over a pixel: (k,) in [0, 1]."""
    # The integral of the square wave has a closed form, so the mean over a pixel is a difference of two values.
    half = 0.5 * np.maximum(size, 0.001)

    def integral(t: np.ndarray) -> np.ndarray:
        turns = np.floor(t)
        return turns * share + np.minimum(t - turns, share)

    high, low = (x + half) / period, (x - half) / period
    return ((integral(high) - integral(low)) / (high - low)).astype(np.float32)


def _mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    return first + (second - first) * np.asarray(share, np.float32)[:, None]
