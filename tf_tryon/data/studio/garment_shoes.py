"""Shoes: uppers and shafts cut from the leg shell's feet and thickened, on soles and heels built under them.

Heights are metres above the sole of the bare foot; soles reach below it, so a shod person stands higher.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tf_tryon.data.studio import garment_folds as folds
from tf_tryon.data.studio.garment_drape import directions, radii
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_grid import strips
from tf_tryon.data.studio.garment_limbs import ramp
from tf_tryon.data.studio.garment_shell import smooth
from tf_tryon.data.studio.garment_surface import TRIM, Sheet, compact, corners_in, keep, paint, trim_to
from tf_tryon.data.studio.outfit import Item

TOES = 0.152  # z of the toes' joint on the template
PITCH = 0.42  # of feet in heels, radians, as posed


@dataclass(frozen=True)
class Last:
    """How a kind of shoe is made, metres.

    Attributes:
        ease: thickness of the upper over the foot.
        sole: thickness of the sole below the foot.
        heel: additional thickness under the heel.
        welt: how far the sole stands out beyond the upper.
        wall: height of the sole's rim over the foot's sole.
        toe: how much longer than the foot the shoe is.
        shaft: lowest height of the shaft's edge.
    """

    ease: float
    sole: float
    heel: float
    welt: float
    wall: float
    toe: float
    shaft: float


LASTS: Final = {
    "sneakers": Last(0.010, 0.020, 0.006, 0.006, 0.014, 0.008, 0.078),
    "boots": Last(0.011, 0.018, 0.018, 0.005, 0.008, 0.008, 0.13),
    "ankle_boots": Last(0.010, 0.014, 0.026, 0.003, 0.006, 0.012, 0.13),
    "loafers": Last(0.007, 0.008, 0.012, 0.003, 0.005, 0.014, 0.06),
    "heels": Last(0.005, 0.004, 0.0, 0.001, 0.003, 0.020, 0.05),
    "sandals": Last(0.004, 0.012, 0.006, 0.004, 0.003, 0.002, 0.0),
}


def shaft_height(item: Item) -> float:
    """Height of the shaft's edge on the template's leg."""
    return max(LASTS[item.kind].shaft, float(np.interp(item.length, [0.0, 1.0], [0.060, 0.465])))


def upper_field(item: Item, field: dict[str, np.ndarray]) -> np.ndarray:
    """(n,) metres inside the upper, on the template."""
    y, z = field["height"], field["z"]
    if item.kind in ("boots", "ankle_boots"):
        return shaft_height(item) - y
    if item.kind == "sneakers":
        # The collar dips under the ankle bones and the tongue stands up in front.
        return shaft_height(item) + 0.010 * ramp((z - 0.05) / 0.03) + 0.006 * ramp((0.0 - z) / 0.02) - y
    if item.kind == "loafers":
        line = 0.052 + 0.010 * ramp((-0.005 - z) / 0.02) - 0.006 * ramp((z - 0.02) / 0.05)
        return np.maximum(line + 0.16 * ramp((z - 0.085) / 0.02) - y, -0.05)
    if item.kind == "heels":
        line = 0.046 + 0.012 * ramp((-0.005 - z) / 0.02) - 0.022 * ramp((z - 0.01) / 0.05)
        return line + 0.16 * ramp((z - 0.135) / 0.02) - y
    toe_strap = 0.017 - np.abs(z - 0.135 - 0.2 * y)
    ankle_strap = np.minimum(0.009 - np.abs(y - 0.082 + 0.1 * (z - 0.02)), 0.2)
    heel_strap = np.minimum(0.008 - np.abs(z - 0.012), 0.082 - y)
    return np.maximum(np.maximum(toe_strap, ankle_strap), heel_strap)


def build_shoes(
    fitting: Fitting, item: Item, hem: float, tucked: np.ndarray | None
) -> tuple[list[list[Sheet]], np.ndarray]:
    """Sheets of the left and of the right shoe, and the cover (n,) of the leg shell's vertices, metres inside.

    Args:
        hem: `leg` coordinate above which trousers hide the shoe.
        tucked: (n, 3) places of trousers that the shaft goes over.
    """
    last, shell = LASTS[item.kind], fitting.legs
    points, normals = fitting.leg_points
    field = shell.fields
    top = shaft_height(item)
    inside = np.minimum(upper_field(item, field), field["leg"] - hem + 0.02)
    cover = np.full(len(inside), -1.0) if item.kind == "sandals" else inside
    ease = last.ease + 0.004 * ramp((field["height"] - 0.09) / 0.05)
    position = points + normals * ease[:, None]
    near = field["height"] < top + 0.12
    if item.kind in ("boots", "ankle_boots"):
        for sign in (1.0, -1.0):
            mine = near & (np.sign(field["x"]) == sign)
            off = points[mine] - fitting.leg_axis[mine]
            off[:, 1] = 0.0
            radius = np.maximum(np.linalg.norm(off, axis=1), 1e-6)
            wanted = 0.046 + 0.010 * item.fit + 0.010 * ramp((field["height"][mine] - 0.16) / 0.12)
            if tucked is not None:
                legs = tucked[mine] - fitting.leg_axis[mine]
                room = np.linalg.norm(legs[:, [0, 2]], axis=1) + 0.005
                wanted = np.maximum(wanted, room * ramp((field["height"][mine] - 0.09) / 0.03))
            more = np.maximum(wanted - radius - last.ease, 0.0) * ramp((field["height"][mine] - 0.085) / 0.05)
            crease = folds.rings(field["height"][mine], field["leg_angle"][mine], fitting.rng, 0.13, 0.05)
            more = more + 0.0035 * crease * ramp((field["height"][mine] - 0.08) / 0.03)
            position[mine] += off / radius[:, None] * more[:, None]
    # A shoe is longer than the foot and has a firm toe box.
    length = ramp((field["z"] - 0.10) / 0.10)
    position[:, 2] += last.toe * length
    position[:, 1] += (0.006 if item.kind == "sneakers" else 0.002) * length * ramp(field["height"] / 0.03)
    if item.kind in ("heels", "loafers", "ankle_boots"):
        for sign in (1.0, -1.0):
            mine = np.sign(field["x"]) == sign
            middle = float(position[mine & (field["height"] < 0.06), 0].mean())
            narrow = 1 - (0.34 if item.kind == "heels" else 0.18) * ramp((field["z"][mine] - 0.14) / 0.08)
            position[mine, 0] = middle + (position[mine, 0] - middle) * narrow
    position = smooth(position, shell.neighbours, shell.weld, np.where(near, 0.5, 0.0), 3)
    # The inner sole is flat.
    floor = float(fitting.person.vertices[fitting.template.group["body"], 1].min())
    position[:, 1] = np.maximum(position[:, 1], floor - 0.002)
    shoes: list[list[Sheet]] = []
    for sign in (1.0, -1.0):
        mine = near & (np.sign(field["x"]) == sign)
        sheet = shell.sheet(position)
        sheet.fields["inside"] = inside
        sheet = keep(sheet, corners_in(mine & (inside > -0.04), sheet.triangles) == 3)
        sheet = compact(sheet, ("height", "z", "inside"))
        sheet = trim_to(sheet, sheet.fields["inside"])
        if item.kind == "sneakers":
            stripe = sheet.fields["height"] - 0.30 * (0.20 - sheet.fields["z"]) - 0.022
            sheet = paint(sheet, 0.03 - 4.5 * np.abs(stripe))
        foot = mine & (field["height"] < 0.07)
        shoes.append([sheet, *_sole(fitting, item, position[foot], shell.bones[foot], field["z"][foot], floor)])
    return shoes, cover


def _sole(
    fitting: Fitting, item: Item, foot: np.ndarray, bones: np.ndarray, depth: np.ndarray, floor: float
) -> list[Sheet]:
    """The sole under one foot (k, 3), and a slender heel if the shoe has one."""
    last = LASTS[item.kind]
    low = foot[foot[:, 1] < floor + 0.035]
    middle = np.array([0.5 * (low[:, 0].min() + low[:, 0].max()), 0.5 * (low[:, 2].min() + low[:, 2].max())])
    reach = ((low[:, [0, 2]] - middle) @ directions().T).max(0) + last.welt
    radius = radii(reach[None])[0]
    across = directions() * radius[:, None]
    toe, heel = float(low[:, 2].max()), float(low[:, 2].min())
    z = middle[1] + across[:, 1]
    # The waist of the sole is narrower than heel and ball.
    share = np.clip((z - heel) / (toe - heel), 0, 1)
    across[:, 0] *= 1 - 0.16 * np.exp(-(((share - 0.42) / 0.16) ** 2)) - 0.10 * ramp((0.3 - share) / 0.3)
    under_heel = ramp((0.34 - share) / 0.05)
    bottom = floor - last.sole - last.heel * under_heel
    spring = 0.010 * ramp((share - 0.72) / 0.28) ** 2  # the toe is turned up a little
    rows = [
        (1.0, np.full(len(z), floor + last.wall) + spring, TRIM),
        (1.015, 0.5 * (floor + last.wall + bottom) + spring, TRIM),
        (0.985, bottom + spring, TRIM),
        (0.0, np.full(len(z), bottom.mean()), TRIM),
    ]
    points = np.stack(
        [np.stack([middle[0] + across[:, 0] * s, h, middle[1] + across[:, 1] * s], 1) for s, h, _ in rows[::-1]]
    )
    inside = middle + 0.9 * across
    inner = np.stack([inside[:, 0], floor + 0.001 + spring, inside[:, 1]], 1)
    centre = np.broadcast_to([middle[0], floor + 0.001, middle[1]], inner.shape)
    points = np.concatenate([points, inner[None], centre[None]])
    sheets = [_block(fitting, points, bool(middle[0] > 0))]
    if item.kind == "heels":
        sheets.append(_stiletto(fitting, middle[0], heel, floor))
    return sheets


def _stiletto(fitting: Fitting, x: float, heel: float, floor: float) -> Sheet:
    """A slender heel that stands upright once the foot is pitched; at rest it slants forwards."""
    a = 2 * np.pi * np.arange(10) / 10
    c, s = np.cos(PITCH), np.sin(PITCH)
    top = np.array([x, floor + 0.004, heel + 0.028])
    side = "L" if x > 0 else "R"
    toes = fitting.person.joints[fitting.template.bone(f"toes.{side}")].astype(np.float64)
    # Height over the toes' sole after pitching about the toes' joint.
    over = c * (top[1] - toes[1]) - s * (top[2] - toes[2]) + toes[1] - floor + LASTS["heels"].sole
    down = np.array([0.0, -c, s])
    rows: list[np.ndarray] = []
    for t, r in ((1.0, 0.0), (1.0, 0.006), (0.6, 0.006), (0.25, 0.012), (0.0, 0.024)):
        ring = np.stack([r * np.sin(a), 0 * a, r * np.cos(a)], 1)
        rows.append(top + down * over * t + ring)
    return _block(fitting, np.stack(rows), x > 0, rigid=True)


def _block(fitting: Fitting, points: np.ndarray, left: bool, rigid: bool = False) -> Sheet:
    """A closed block of rings (r, c, 3) from its underside up, moving with foot and toes."""
    template = fitting.template
    rows, columns = len(points), len(points[0])
    faces = strips(rows, columns, closed=True).reshape(-1, 3)
    flat = points.reshape(-1, 3)
    side = "L" if left else "R"
    joint = fitting.person.joints[template.bone(f"toes.{side}")]
    toes = np.zeros(len(flat)) if rigid else ramp((flat[:, 2] - joint[2] + 0.012) / 0.024)
    bones = np.zeros((len(flat), 4), np.int32)
    bones[:, 0], bones[:, 1] = template.bone(f"foot.{side}"), template.bone(f"toes.{side}")
    weights = np.zeros((len(flat), 4))
    weights[:, 0], weights[:, 1] = 1 - toes, toes
    return Sheet(
        position=flat,
        triangles=faces,
        bones=bones,
        weights=weights,
        uv=flat[:, [2, 0]].copy(),
        weld=np.arange(len(flat), dtype=np.int32),
        material=np.full(len(faces), TRIM, np.uint8),
    )
