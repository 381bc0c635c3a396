"""Tops: a tube from the hem to the chest, and above it a shell with shoulders and sleeves that continues it.

Both share one radius function at the join, so the cloth runs through. Cuts (sleeve ends, necklines, fronts) are fields
on the template; hems are level heights of the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tf_tryon.data.studio import garment_folds as folds
from tf_tryon.data.studio.garment_drape import Tube, drape, radii, template_height, tube_sheet
from tf_tryon.data.studio.garment_finish import V_DEPTH, V_DEPTHS, sew
from tf_tryon.data.studio.garment_fitting import ARMPIT_HEIGHT, JOIN, Fitting, bump
from tf_tryon.data.studio.garment_limbs import ARM_LENGTH, ramp
from tf_tryon.data.studio.garment_shell import AROUND, smooth
from tf_tryon.data.studio.garment_surface import Sheet, compact, corners_in, keep, paint, trim_to
from tf_tryon.data.studio.outfit import Item


@dataclass(frozen=True)
class Cut:
    """How a kind of top is made; lengths in metres, pairs are the values at fit 0 and 1.

    Attributes:
        ease: between body and cloth at the chest.
        sleeve: widening of the sleeve's radius at the elbow.
        hang: how straight the cloth falls below the bust.
        waist: how much the tailor takes in at the waist.
        cuff: how far the sleeve's end is drawn in, 0 to 1.
        cinch: how far the hem is drawn in, 0 to 1.
        bands: widths of the bands of trim at neck, cuff and hem.
        folds: height of its folds.
    """

    ease: tuple[float, float]
    sleeve: tuple[float, float]
    hang: tuple[float, float]
    waist: float = 0.0
    cuff: float = 0.0
    cinch: float = 0.0
    bands: tuple[float, float, float] = (0.0, 0.0, 0.0)
    folds: float = 0.003


CUTS: Final = {
    "tshirt": Cut((0.006, 0.022), (0.003, 0.018), (0.35, 1.0), bands=(0.018, 0.0, 0.0), folds=0.0035),
    "tank": Cut((0.004, 0.016), (0.000, 0.000), (0.2, 0.9), bands=(0.010, 0.0, 0.0), folds=0.003),
    "polo": Cut((0.008, 0.020), (0.004, 0.014), (0.4, 0.95), bands=(0.0, 0.022, 0.0), folds=0.003),
    "shirt": Cut((0.010, 0.026), (0.006, 0.016), (0.4, 1.0), cuff=0.8, folds=0.004),
    "blouse": Cut((0.009, 0.026), (0.007, 0.027), (0.4, 1.0), cuff=0.9, bands=(0.008, 0.0, 0.0), folds=0.005),
    "sweater": Cut((0.014, 0.034), (0.008, 0.022), (0.4, 1.0), cuff=0.8, cinch=0.6, bands=(0.028, 0, 0), folds=0.004),
    "hoodie": Cut((0.018, 0.042), (0.011, 0.025), (0.5, 1.0), cuff=0.9, cinch=0.7, folds=0.006),
    "cardigan": Cut((0.016, 0.032), (0.008, 0.020), (0.4, 1.0), cuff=0.6, cinch=0.15, folds=0.004),
    "blazer": Cut((0.022, 0.032), (0.008, 0.014), (0.6, 0.95), waist=0.014, cuff=0.1, folds=0.0025),
    "jacket": Cut((0.024, 0.044), (0.011, 0.023), (0.5, 1.0), cuff=0.7, cinch=0.7, bands=(0, 0.04, 0.045), folds=0.005),
    "coat": Cut((0.030, 0.046), (0.013, 0.023), (0.7, 1.0), waist=0.006, folds=0.004),
    "crop_top": Cut((0.003, 0.014), (0.003, 0.016), (0.0, 0.7), bands=(0.012, 0.0, 0.0), folds=0.002),
    "summer_dress": Cut((0.005, 0.014), (0.004, 0.021), (0.0, 0.15), bands=(0.010, 0.0, 0.0), folds=0.003),
    "sheath_dress": Cut((0.004, 0.012), (0.003, 0.011), (0.0, 0.15), folds=0.002),
    "maxi_dress": Cut((0.005, 0.014), (0.004, 0.024), (0.0, 0.15), bands=(0.010, 0.0, 0.0), folds=0.003),
}  # fmt: skip
OUTER: Final = ("cardigan", "blazer", "jacket", "coat")
RIBBED: Final = ("sweater", "hoodie")
LENGTHS: Final = ([0.0, 0.35, 0.6, 0.75, 1.0], [1.165, 1.015, 0.925, 0.835, 0.660])
COAT_LENGTHS: Final = ([0.0, 1.0], [0.900, 0.300])


def hem_height(item: Item) -> float:
    """Template height of a top's hem."""
    return float(np.interp(item.length, *(COAT_LENGTHS if item.kind == "coat" else LENGTHS)))


def at_fit(pair: tuple[float, float], item: Item) -> float:
    """A pair's value at the garment's fit."""
    return pair[0] + (pair[1] - pair[0]) * item.fit


@dataclass(frozen=True)
class Below:
    """What a top is worn over: a surface up to the template height `top`; `tucked` puts the top under it instead."""

    tube: Tube
    top: float
    tucked: bool = False


def top_tube(fitting: Fitting, item: Item, layer: float, hem: float, below: Sequence[Below]) -> Tube:
    """The torso of a top as radius over height and angle.

    Args:
        layer: extra ease for what is worn below, metres.
        hem: template height of the hem.
        below: surfaces that must stay inside (or, tucked, outside).
    """
    cut, rng = CUTS[item.kind], fitting.rng
    levels = fitting.levels
    ease = np.full(len(levels), at_fit(cut.ease, item) + layer)
    hang = at_fit(cut.hang, item) * (1 - cut.waist * 25 * bump(levels, 1.06, 0.10))
    flare = item.flare * 0.35 * ramp((1.12 - levels) / 0.2)
    if item.kind == "coat":
        flare = flare + 0.06 * ramp((1.0 - levels) / 0.2)
    tube = drape(fitting.body, ease, np.clip(hang, 0, 1), flare, fitting.tall(ARMPIT_HEIGHT - 0.01))
    radius = tube.radius
    if cut.cinch:
        # A ribbed band holds the hem to the hips; the cloth above it blouses a little.
        tight = radii(fitting.body.reach + (0.5 * ease + 0.006)[:, None])
        share = cut.cinch * ramp((hem + 0.10 - levels) / 0.06)[:, None]
        radius = radius + share * np.minimum(tight - radius, 0.0)
        radius = radius + (0.006 + 0.010 * item.fit) * bump(levels, hem + 0.10, 0.035)[:, None]
    angle = np.linspace(0, 2 * np.pi, radius.shape[1], endpoint=False)
    angles, rows = np.tile(angle, len(levels)), np.repeat(levels, radius.shape[1])
    signed = (angles + np.pi) % (2 * np.pi) - np.pi
    height = cut.folds * (0.6 + 0.8 * item.fit)
    wrinkles = folds.ridges(rows, 0.15 * signed, rng, 16, (max(hem, 0.95), 1.2), (0.05, 0.12), 0.014, 0.9)
    loose = at_fit(cut.hang, item) * ramp((1.15 - rows) / 0.25) * ramp((rows - hem + 0.3) / 0.3)
    falling = folds.waves(angles, loose, rng, int(rng.integers(7, 11)))
    displaced = height * (wrinkles + 0.9 * falling) * ramp((ARMPIT_HEIGHT + 0.02 - rows) / 0.08)
    radius = radius + displaced.reshape(radius.shape)
    for under in below:
        if under.tucked:
            share = ramp((under.top + 0.05 - levels) / 0.05)[:, None]
            radius = radius + share * np.minimum(under.tube.radius - 0.004 - radius, 0.0)
        else:
            share = ramp((under.top + 0.03 - levels) / 0.03)[:, None]
            radius = radius + share * np.maximum(under.tube.radius + 0.007 - radius, 0.0)
    return Tube(tube.heights, tube.centre, radius)


def top_shell_points(fitting: Fitting, item: Item, tube: Tube, layer: float) -> np.ndarray:
    """(n, 3) positions of the whole top shell as this garment's shoulders, neck and sleeves."""
    cut, shell, rng = CUTS[item.kind], fitting.top, fitting.rng
    points, normals = fitting.top_points
    field = shell.fields
    arm, angle = field["arm"], field["arm_angle"]
    ease = at_fit(cut.ease, item)
    on_arm = ramp((arm + 0.02) / 0.10)
    # Cloth lies on the shoulders, whatever its width below.
    near_body = np.minimum(ease, 0.010 + 0.35 * ease)
    snug = near_body + (ease - near_body) * ramp((1.31 - field["height"]) / 0.05)
    lying = ramp((normals[:, 1] - 0.1) / 0.6) * ramp((field["height"] - 1.28) / 0.06)
    snug = snug + lying * (np.minimum(snug, 0.005 + 0.15 * ease) - snug)
    snug = snug * (1 - (0.5 + 0.3 * cut.cuff * ramp((arm - sleeve_end(item) + 0.09) / 0.06)) * on_arm)
    snug = snug + layer * (1 - 0.4 * on_arm)
    position = points + normals * np.maximum(snug, 0.003)[:, None]
    end = sleeve_end(item)
    wide = at_fit(cut.sleeve, item) * ramp((arm + 0.01) / min(0.26, max(0.8 * end, 0.1)))
    if cut.cuff and item.sleeve > 0.4:
        wide = wide * (1 - cut.cuff * ramp((arm - end + 0.075) / 0.05))
        wide = wide + 0.15 * at_fit(cut.sleeve, item) * bump(arm, end - 0.08, 0.035)
    # Near the shoulder a sleeve rests on the arm and its width hangs below.
    wide = wide * (1 - 0.75 * np.cos(angle) * (1 - ramp(arm / 0.28)))
    depth = cut.folds * (0.7 + 0.6 * item.fit)
    creased = folds.rings(arm, angle, rng, 0.235, 0.085) * 0.8 * ramp(arm / 0.1)
    creased += folds.ridges(arm, 0.05 * angle, rng, 8, (0.08, 0.45), (0.05, 0.10), 0.013, 1.4) * (
        ramp((arm - 0.04) / 0.08) * ramp((2.6 - np.abs(angle)) / 0.5)
    )
    outward = normals.copy()
    sleeve = arm > 0
    off = points[sleeve] - fitting.arm_axis[sleeve]
    off /= np.maximum(np.linalg.norm(off, axis=1, keepdims=True), 1e-6)
    position[sleeve] += off * wide[sleeve, None]
    outward[sleeve] = off
    # The torso of the shell follows the tube near the join.
    share = ramp((ARMPIT_HEIGHT + 0.035 - field["height"]) / 0.05) * (1 - ramp((arm + 0.03) / 0.03))
    near = share > 0
    rows: np.ndarray = position[near, 1]
    row_centre = np.interp(rows, tube.heights, tube.centre)
    around = np.arctan2(position[near, 0], position[near, 2] - row_centre)
    position[near] += share[near, None] * (tube.at(position[near, 1], around) - position[near])
    position = smooth(position, shell.neighbours, shell.weld, 0.5 * (1 - share), 2 if ease < 0.012 else 4)
    chest = folds.ridges(field["height"], 0.145 * field["angle"], rng, 10, (1.18, 1.36), (0.04, 0.09), 0.013, 1.3)
    creased += 0.7 * chest * (1 - share) * (1 - ramp((arm + 0.03) / 0.05)) * ramp((2.6 - np.abs(field["angle"])) / 0.5)
    return position + outward * (depth * creased)[:, None]


def _continued_pattern(fitting: Fitting, sheet: Sheet, tube: Tube) -> np.ndarray:
    """Pattern coordinates (n, 2) of the shell that run into those of the tube at the join."""
    position, arm = sheet.position, sheet.fields["arm"]
    share = ramp((JOIN + 0.10 - sheet.fields["height"]) / 0.09) * (arm < 0.0)
    centre = np.interp(position[:, 1], tube.heights, tube.centre)
    whole = 2 * np.pi * AROUND
    u = AROUND * np.arctan2(position[:, 0], position[:, 2] - centre)
    u += whole * np.rint((sheet.uv[:, 0] - u) / whole)  # the same side of the seam at the back
    v = template_height(fitting.template, fitting.person, position[:, 1])
    return sheet.uv + share[:, None] * (np.stack([u, v], 1) - sheet.uv)


def sleeve_end(item: Item) -> float:
    """`arm` coordinate of the sleeve's end."""
    return item.sleeve * ARM_LENGTH + 0.028 * float(ramp((item.sleeve - 0.85) / 0.1))


def neck_field(item: Item, field: dict[str, np.ndarray]) -> np.ndarray:
    """(n,) metres below the neckline, negative where skin shows, on the template."""
    x, y, z = np.abs(field["x"]), field["height"], field["z"]
    front = ramp((z - 0.0) / 0.03)
    crew = 1.386 + 0.29 * (0.092 - z) + 0.022 * bump(z, 0.02, 0.05) - y
    if item.neckline == "turtle":
        return 1.452 - y
    if item.neckline in ("collar", "hood"):
        return crew + 0.008
    if item.neckline == "boat":
        return 1.398 - y
    if item.neckline in ("scoop", "strap"):
        deep = 0.115 if item.neckline == "scoop" else 0.13
        oval = (np.sqrt((x / 0.088) ** 2 + ((y - 1.41) / deep) ** 2) - 1) * 0.08
        back = (np.sqrt((x / 0.085) ** 2 + ((y - 1.43) / 0.07) ** 2) - 1) * 0.06
        return np.minimum(crew - 0.012, front * oval + (1 - front) * np.minimum(back, 0.05))
    if item.neckline == "v":
        low = V_DEPTHS.get(item.kind, V_DEPTH)
        slope = 0.062 / (1.40 - low)
        vee = (x - slope * (y - low)) / np.sqrt(1 + slope**2)
        return np.minimum(crew, np.where(front > 0, vee + (1 - front) * 0.2, 0.2))
    return crew


def armhole_field(item: Item, field: dict[str, np.ndarray]) -> np.ndarray:
    """(n,) metres inside the sleeve's end or the armhole."""
    if item.sleeve > 0.04:
        return np.maximum(sleeve_end(item), 0.05) - field["arm"]
    inset = {"tank": 0.022, "crop_top": 0.020}.get(item.kind, 0.014)
    if item.neckline == "strap":
        inset = 0.026
    # Above the underarm point the edge stands upright; below it the side seam is whole.
    return np.maximum(-inset - field["arm"], np.minimum(1.226 - field["height"], 0.012 - field["arm"]))


def strap_field(field: dict[str, np.ndarray]) -> np.ndarray:
    """(n,) metres inside a bodice that is held by two thin straps."""
    x, y = np.abs(field["x"]), field["height"]
    strap = 0.011 - np.abs(x - 0.088)
    return np.maximum(1.292 + 0.02 * bump(x, 0.085, 0.04) - y, strap)


def opening_gap(item: Item, height: np.ndarray) -> np.ndarray:
    """(n,) metres from the middle to each edge of the front at template heights; negative where it is closed."""
    if item.opening == "open":
        hem = hem_height(item)
        wide = 0.8 + 0.5 * item.fit
        return wide * np.interp(height, [hem, 1.05, 1.25, 1.36, 1.42], [0.078, 0.050, 0.052, 0.046, 0.036])
    if item.kind in ("blazer", "coat") and item.opening == "buttoned":
        low, middle = hem_height(item), {"blazer": 1.03, "coat": 0.80}[item.kind]
        wide = 0.034 if item.kind == "blazer" else 0.022
        return wide * np.clip((middle - height) / max(middle - low, 0.05), 0, 1) ** 1.3 - 0.001
    return np.full(np.shape(height), -1.0)


def front_field(item: Item, x: np.ndarray, z: np.ndarray, height: np.ndarray) -> np.ndarray:
    """(n,) metres inside the cloth from the front's opening; large at the back and where the front is closed."""
    gap = opening_gap(item, height)
    return np.where((z > 0.0) & (gap > -0.5), np.abs(x) - gap, 1.0)


def top_cover(item: Item, field: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """(n,) metres inside a top's shell at points with template coordinates `field` and the person's x."""
    neck = neck_field(item, field)
    if item.neckline == "strap":
        neck = np.minimum(neck, strap_field(field))
    return np.minimum(np.minimum(neck, armhole_field(item, field)), front_field(item, x, field["z"], field["height"]))


def build_top(
    fitting: Fitting,
    item: Item,
    layer: float,
    below: Sequence[Below] = (),
    hem: float | None = None,
    tube: Tube | None = None,
) -> tuple[list[Sheet], Tube]:
    """Sheets of a top: its tube, its shell, and what is sewn on; and the tube's surface.

    Args:
        layer: extra ease over what lies below.
        below: see `top_tube`.
        hem: template height of the hem; by default the garment's own.
        tube: torso to use (a dress brings its own).
    """
    cut = CUTS[item.kind]
    hem = hem_height(item) if hem is None else hem
    tube = top_tube(fitting, item, layer, hem, below) if tube is None else tube
    shell = fitting.top
    position = top_shell_points(fitting, item, tube, layer)
    sheet = shell.sheet(position)
    sheet.uv = _continued_pattern(fitting, sheet, tube)
    sheet.fields["cover"] = top_cover(item, sheet.fields, position[:, 0])
    sheet.fields["neck"] = neck_field(item, sheet.fields)
    sheet.fields["hole"] = armhole_field(item, sheet.fields)
    join = fitting.tall(JOIN)
    sheet.fields["tall"] = np.where(sheet.fields["arm"] > 0.0, 1.0, position[:, 1] - join)
    low = tube_sheet(fitting.template, fitting.person, tube, fitting.tall(hem), join + 0.004)
    seen = max([hem, *(under.top + 0.004 for under in below if under.tucked)])
    details = sew(fitting, item, low, sheet, seen)
    near = (sheet.fields["cover"] > -0.03) & (sheet.fields["tall"] > -0.03)
    sheet = keep(sheet, corners_in(near, sheet.triangles) > 0)
    sheet = compact(sheet, ("x", "height", "z", "arm", "neck", "hole", "tall"))
    if item.neckline == "strap":
        sheet = trim_to(sheet, np.minimum(sheet.fields["neck"], strap_field(sheet.fields)))
    else:
        sheet = trim_to(sheet, sheet.fields["neck"])
    sheet = trim_to(sheet, sheet.fields["hole"])
    sheet = trim_to(sheet, sheet.fields["tall"], hem=False)
    for part in (low, sheet):
        part.fields["front"] = front_field(item, part.position[:, 0], part.position[:, 2], part.fields["height"])
    if (sheet.fields["front"] < 1.0).any():
        sheet = trim_to(sheet, sheet.fields["front"])
        low = trim_to(low, low.fields["front"])
    neck_band, cuff_band, hem_band = cut.bands
    if neck_band and item.neckline != "turtle":
        sheet = paint(sheet, neck_band - sheet.fields["neck"])
    if cuff_band and item.sleeve > 0.04:
        sheet = paint(sheet, cuff_band - sheet.fields["hole"])
    if hem_band:
        low = paint(low, hem + hem_band - low.fields["height"])
    return [low, sheet, *details], tube
