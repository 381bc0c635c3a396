"""Bottoms: trouser legs cut from the leg shell, skirts as hanging tubes, dresses as a top's bodice over a skirt."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tf_tryon.data.studio import garment_folds as folds
from tf_tryon.data.studio.garment_drape import Tube, drape, radii, tube_sheet
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_limbs import ANKLE, CROTCH, KNEE, ramp
from tf_tryon.data.studio.garment_shell import smooth
from tf_tryon.data.studio.garment_surface import Sheet, compact, corners_in, keep, paint, trim_to
from tf_tryon.data.studio.garment_tops import CUTS, at_fit, build_top
from tf_tryon.data.studio.outfit import Item


@dataclass(frozen=True)
class Legs:
    """How trousers are made, metres; pairs are the values at fit 0 and 1.

    Attributes:
        waist: template height of the waist.
        ease: at the hips.
        knee, hem: least radius of the leg at knee and ankle; `flare` widens the hem by up to 6 cm.
        band: width of the waistband.
        folds: height of its folds.
    """

    waist: float
    ease: tuple[float, float]
    knee: tuple[float, float]
    hem: tuple[float, float]
    band: float
    folds: float


@dataclass(frozen=True)
class Skirt:
    """How a skirt is made.

    Attributes:
        waist: template height of the waist.
        ease: metres at the hips, at fit 0 and 1.
        hang: 0 follows the hips and thighs, 1 falls straight.
        flare: metres of widening per metre of fall, at flare 0 and 1.
        waves: height of the vertical folds at the hem, metres.
        pleats: number of knife pleats.
        band: width of the waistband.
    """

    waist: float
    ease: tuple[float, float]
    hang: float
    flare: tuple[float, float]
    waves: float
    pleats: int = 0
    band: float = 0.03


TROUSERS: Final = {
    "jeans": Legs(0.985, (0.004, 0.016), (0.058, 0.085), (0.046, 0.082), 0.034, 0.004),
    "trousers": Legs(1.005, (0.006, 0.018), (0.064, 0.088), (0.054, 0.086), 0.034, 0.0035),
    "wide_trousers": Legs(1.030, (0.006, 0.018), (0.090, 0.120), (0.110, 0.145), 0.034, 0.004),
    "shorts": Legs(0.985, (0.006, 0.020), (0.078, 0.104), (0.085, 0.12), 0.032, 0.0035),
    "leggings": Legs(1.010, (0.0025, 0.004), (0.0, 0.0), (0.0, 0.0), 0.05, 0.0005),
}
SKIRTS: Final = {
    "mini_skirt": Skirt(1.005, (0.006, 0.016), 0.9, (0.05, 0.35), 0.004),
    "a_line_skirt": Skirt(1.025, (0.006, 0.014), 1.0, (0.20, 0.42), 0.012),
    "pencil_skirt": Skirt(1.030, (0.005, 0.012), 0.3, (0.0, 0.02), 0.0),
    "pleated_skirt": Skirt(1.025, (0.006, 0.014), 1.0, (0.20, 0.40), 0.010, pleats=26),
    "maxi_skirt": Skirt(1.025, (0.006, 0.016), 1.0, (0.10, 0.26), 0.020),
    "summer_dress": Skirt(1.060, (0.006, 0.014), 1.0, (0.22, 0.42), 0.014, band=0.0),
    "sheath_dress": Skirt(1.060, (0.005, 0.012), 0.35, (0.0, 0.04), 0.0, band=0.0),
    "maxi_dress": Skirt(1.080, (0.006, 0.016), 1.0, (0.10, 0.24), 0.020, band=0.03),
}


def leg_end(item: Item) -> float:
    """`leg` coordinate where trousers end."""
    return float(np.interp(item.length, [0.0, 0.5, 1.0], [CROTCH + 0.015, KNEE, ANKLE + 0.02]))


def skirt_hem(item: Item) -> float:
    """Template height of the hem of a skirt or dress."""
    return float(np.interp(item.length, [0.0, 0.5, 1.0], [0.775, 0.488, 0.075]))


def waist_tube(fitting: Fitting, item: Item) -> Tube:
    """The round surface of trousers at the waist."""
    reach = fitting.body.reach + at_fit(TROUSERS[item.kind].ease, item) + 0.001
    return Tube(fitting.body.heights, fitting.body.centre, radii(reach))


def trouser_points(fitting: Fitting, item: Item) -> np.ndarray:
    """(n, 3) positions of the whole leg shell as trousers."""
    made, shell, rng = TROUSERS[item.kind], fitting.legs, fitting.rng
    points, normals = fitting.leg_points
    fields = shell.fields
    leg, angle = fields["leg"], fields["leg_angle"]
    ease = at_fit(made.ease, item)
    position = points + ease * normals
    on_leg = ramp((leg - 0.05) / 0.16)
    knee, hem = at_fit(made.knee, item), at_fit(made.hem, item) + 0.06 * item.flare
    sign = np.where(shell.fields["x"] < 0, -1.0, 1.0)
    rings = np.zeros(len(leg))
    for mark in (1.0, -1.0):
        mine = sign == mark
        depth = folds.rings(leg[mine], angle[mine], rng, KNEE + 0.02, 0.09) * float(ramp((leg_end(item) - KNEE) / 0.1))
        stack = 1.3 * float(ramp((leg_end(item) - 0.70) / 0.08))  # only long legs break on the shoe
        depth = depth + stack * folds.rings(leg[mine], angle[mine], rng, ANKLE - 0.03, 0.07)
        depth = depth + folds.ridges(
            leg[mine], 0.09 * angle[mine], rng, 12, (CROTCH - 0.05, 0.75), (0.05, 0.12), 0.016, 1.0
        )
        rings[mine] = depth
        off = points[mine] - fitting.leg_axis[mine]
        radius = np.maximum(np.linalg.norm(off, axis=1), 1e-6)
        thigh = (leg[mine] > 0.12) & (leg[mine] < 0.2)
        size = float(radius[thigh].mean()) / 0.088
        target = np.interp(leg[mine], [0.10, KNEE, ANKLE], [0.088 + ease, knee, hem]) * np.sqrt(size)
        wider = np.maximum(radius + ease, target) - radius - ease
        # Blend the maximum's corner, or the cloth would show a rim where it leaves the leg.
        wider = np.where(target > 0, 0.5 * (wider + np.sqrt(wider**2 + 0.006**2)) - 0.003, 0.0)
        if knee == 0.0:
            wider[:] = 0.0
        # A leg's width hangs outside and behind; between the legs there is less room.
        inner = 0.5 - 0.5 * np.sin(angle[mine])
        push = on_leg[mine] * np.maximum(wider, 0.0) * (1 - 0.4 * inner**2)
        position[mine] += (off / radius[:, None]) * push[:, None]
    if item.kind != "leggings":
        position = smooth(position, shell.neighbours, shell.weld, np.full(len(position), 0.5), 3)
    loose = 0.6 + 0.8 * item.fit
    seam = ramp(np.abs(points[:, 0]) / 0.03)
    position += normals * (made.folds * loose * rings * seam * ramp((leg + 0.02) / 0.15))[:, None]
    # The waistband is round.
    band = ramp((fields["height"] - made.waist + 0.07) / 0.05)
    near = band > 0
    tube = waist_tube(fitting, item)
    centre = np.interp(position[near, 1], tube.heights, tube.centre)
    around = np.arctan2(position[near, 0], position[near, 2] - centre)
    position[near] += band[near, None] * (tube.at(position[near, 1], around) - position[near])
    # Neither leg's cloth crosses to the other side.
    apart = sign * np.maximum(sign * position[:, 0], 0.001)
    position[:, 0] = np.where(np.abs(points[:, 0]) < 1e-4, position[:, 0], apart)
    return position


def build_trousers(fitting: Fitting, item: Item, end: float) -> tuple[list[Sheet], np.ndarray, np.ndarray]:
    """Sheets of trousers, the cover (n,) of the leg shell's vertices (metres inside), and their places (n, 3).

    Args:
        end: `leg` coordinate of the hem: `leg_end`, or less where the legs are tucked into boots.
    """
    made, shell = TROUSERS[item.kind], fitting.legs
    position = trouser_points(fitting, item)
    sheet = shell.sheet(position)
    sheet.fields["waist"] = made.waist - sheet.fields["height"]
    sheet.fields["end"] = end - sheet.fields["leg"]
    cover = np.minimum(sheet.fields["waist"], sheet.fields["end"])
    sheet = keep(sheet, corners_in(cover > -0.03, sheet.triangles) > 0)
    sheet = compact(sheet, ("height", "waist", "end"))
    sheet = trim_to(sheet, sheet.fields["waist"])
    sheet = trim_to(sheet, sheet.fields["end"])
    sheet = paint(sheet, made.band - sheet.fields["waist"])
    return [sheet], cover, position


def skirt_tube(fitting: Fitting, item: Item, layer: float = 0.0) -> Tube:
    """The surface of a skirt, or of a whole dress from hem to chest."""
    made, levels, rng = SKIRTS[item.kind], fitting.levels, fitting.rng
    below = ramp((made.waist - levels) / 0.05)
    ease = np.full(len(levels), at_fit(made.ease, item) + layer)
    hang = made.hang * below
    if item.kind in CUTS:
        above = at_fit(CUTS[item.kind].ease, item)
        ease = above + (ease - above) * below
        hang = np.maximum(hang, at_fit(CUTS[item.kind].hang, item) * (1 - below))
    flare = (made.flare[0] + (made.flare[1] - made.flare[0]) * item.flare) * below
    tube = drape(fitting.body, ease, hang, flare, fitting.tall(1.24))
    hem = skirt_hem(item)
    angle = np.linspace(0, 2 * np.pi, tube.radius.shape[1], endpoint=False)
    angles, rows = np.tile(angle, len(levels)), np.repeat(levels, len(angle))
    signed = (angles + np.pi) % (2 * np.pi) - np.pi
    fall = np.clip((made.waist - rows) / max(made.waist - hem, 0.1), 0, 1.2)
    lift = np.zeros(len(rows))
    if made.waves:
        size = made.waves * (0.5 + 0.8 * item.flare)
        count = int(rng.integers(9, 13))
        lift = folds.waves(angles, size * fall**1.3, rng, count) * (0.25 if made.pleats else 1.0)
    lift = lift + 0.002 * folds.ridges(rows, 0.15 * signed, rng, 14, (hem, made.waist + 0.1), (0.05, 0.1), 0.014, 0.7)
    return Tube(tube.heights, tube.centre, tube.radius + lift.reshape(tube.radius.shape))


def _skirt_sheet(fitting: Fitting, item: Item, tube: Tube, top: float) -> Sheet:
    made = SKIRTS[item.kind]
    hem = skirt_hem(item)
    columns = 6 * made.pleats if made.pleats else 72
    sheet = tube_sheet(
        fitting.template, fitting.person, tube, fitting.tall(hem), top, columns, 0.03 if made.pleats else 0.02
    )
    if made.pleats:
        fall = ramp((made.waist - made.band - sheet.fields["height"]) / 0.06)
        deep = 0.006 + 0.022 * np.clip((made.waist - sheet.fields["height"]) / 0.6, 0, 1)
        lift = folds.pleats(sheet.fields["angle"] + np.pi, fall * deep, made.pleats)
        out = np.stack([np.sin(sheet.fields["angle"]), np.zeros(len(lift)), np.cos(sheet.fields["angle"])], 1)
        sheet.position = sheet.position + lift[:, None] * out
    return sheet


def build_skirt(fitting: Fitting, item: Item) -> tuple[list[Sheet], Tube]:
    """The sheet of a skirt, and its surface."""
    made = SKIRTS[item.kind]
    tube = skirt_tube(fitting, item)
    sheet = _skirt_sheet(fitting, item, tube, fitting.tall(made.waist))
    rim = np.flatnonzero(np.isclose(sheet.fields["tall"], sheet.fields["tall"].max()))
    sheet.hem = np.concatenate([sheet.hem, np.stack([rim[1:], rim[:-1]], 1).astype(np.int32)])
    if made.band:
        sheet = paint(sheet, sheet.fields["height"] - made.waist + made.band)
    return [sheet], tube


def build_dress(fitting: Fitting, item: Item) -> tuple[list[Sheet], Tube]:
    """Sheets of a dress, and its surface."""
    made = SKIRTS[item.kind]
    tube = skirt_tube(fitting, item)
    sheets, _ = build_top(fitting, item, 0.0, hem=skirt_hem(item), tube=tube)
    if made.band:
        sheets[0] = paint(sheets[0], 0.5 * made.band - np.abs(sheets[0].fields["height"] - made.waist))
    return sheets, tube
