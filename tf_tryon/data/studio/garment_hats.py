"""Hats: domes, brims and visors round the person's own head; they move with the head bone.

A hat starts from the head's convex outline at the height of the forehead, widened by the room that flat hair needs, so
it fits every head. Rings go from the hat's edge up to its top; the edge is lower at the back.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from tf_tryon.data.studio.garment_drape import directions, radii
from tf_tryon.data.studio.garment_fitting import Fitting, bump
from tf_tryon.data.studio.garment_grid import strips
from tf_tryon.data.studio.garment_limbs import ramp
from tf_tryon.data.studio.garment_surface import MAIN, TRIM, Sheet
from tf_tryon.data.studio.outfit import Item

EYES, CROWN = 1.5674, 1.674  # heights on the template
ROOM = 0.013  # for hair, metres
BRIM = 0.14  # at length 1, metres
# Edge in front and at the back (template heights), top above the head (metres).
LINES: Final = {
    "cap": (1.608, 1.572, 0.024),
    "beanie": (1.602, 1.556, 0.040),
    "fedora": (1.613, 1.590, 0.040),
    "sun_hat": (1.613, 1.588, 0.034),
}
# Rings of the dome: share of the band's radius, share of the height.
DOMES: Final = {
    "cap": (
        (1.0, 0.0), (1.01, 0.15), (1.0, 0.32), (0.96, 0.5), (0.87, 0.68), (0.72, 0.83), (0.5, 0.94), (0.25, 0.99),
        (0.0, 1.0),
    ),
    "beanie": (
        (1.05, 0.0), (1.06, 0.04), (1.05, 0.18), (1.045, 0.30), (1.0, 0.31), (0.99, 0.45), (0.93, 0.62), (0.82, 0.77),
        (0.64, 0.89), (0.38, 0.97), (0.0, 1.0),
    ),
    "fedora": (
        (1.0, 0.0), (0.99, 0.12), (0.985, 0.26), (0.965, 0.27), (0.93, 0.5), (0.88, 0.75), (0.81, 0.92), (0.72, 1.0),
        (0.52, 0.98), (0.3, 0.91), (0.0, 0.88),
    ),
    "sun_hat": (
        (1.0, 0.0), (0.995, 0.12), (0.985, 0.26), (0.975, 0.27), (0.97, 0.45), (0.94, 0.65), (0.85, 0.82),
        (0.68, 0.94), (0.4, 0.99), (0.0, 1.0),
    ),
}  # fmt: skip


def _outline(fitting: Fitting) -> tuple[np.ndarray, float, float, float]:
    """Radius (D,) of the head's outline over the ears, its middle's z, and the heights of eyes and crown."""
    template, person = fitting.template, fitting.person
    body, eyes = template.group["body"], template.group["eyes"]
    points = person.vertices[body].astype(np.float64)
    level = float(person.vertices[eyes, 1].mean())
    top = float(points[:, 1].max())
    skull = points[template.vertices[body, 1] > 1.592]
    middle = 0.5 * (skull[:, 2].max() + skull[:, 2].min())
    reach = ((skull[:, [0, 2]] - [0.0, middle]) @ directions().T).max(0)
    return radii(reach[None])[0], middle, level, top


def _grid(points: np.ndarray, fitting: Fitting, material: np.ndarray, closed: bool) -> Sheet:
    """A sheet of points (r, c, 3), upper side outwards; material (r - 1,) is that of the strips between rows."""
    rows, columns = len(points), len(points[0])
    faces = strips(rows, columns, closed)
    count = rows * columns
    flat = points.reshape(-1, 3)
    return Sheet(
        position=flat,
        triangles=faces.reshape(-1, 3),
        bones=np.tile(np.array([[fitting.template.bone("head"), 0, 0, 0]], np.int32), (count, 1)),
        weights=np.tile(np.array([[1.0, 0.0, 0.0, 0.0]]), (count, 1)),
        uv=np.stack([0.09 * np.arctan2(flat[:, 0], flat[:, 2] - flat[:, 2].mean()), flat[:, 1]], 1),
        weld=np.arange(count, dtype=np.int32),
        material=np.repeat(material, faces.shape[1]).astype(np.uint8),
    )


def build_hat(fitting: Fitting, item: Item) -> tuple[list[Sheet], np.ndarray]:
    """Sheets of a hat, and (V,) bool of the template's vertices that it covers."""
    radius, middle, eyes, top = _outline(fitting)
    front, back, rise = LINES[item.kind]
    scale = (top - eyes) / (CROWN - EYES)
    angle = 2 * np.pi * np.arange(len(radius)) / len(radius)
    line = eyes + scale * (back - EYES + (front - back) * (0.5 + 0.5 * np.cos(angle)))
    radius = radius + ROOM + 0.004 * item.fit
    side = directions()

    def ring(share: np.ndarray | float, height: np.ndarray) -> np.ndarray:
        across = (radius * share)[:, None] * side
        return np.stack([across[:, 0], height, middle + across[:, 1]], 1)

    rings: list[np.ndarray] = []
    for share, climb in DOMES[item.kind]:
        height = line + (top + rise - line) * climb
        wide = np.full(len(angle), share)
        if item.kind == "fedora":
            # The crown is pinched at the front and creased along its top.
            pinch = bump(np.abs(np.angle(np.exp(1j * angle))), 0.5, 0.3) * (share > 0)
            wide = wide - 0.16 * ramp((climb - 0.45) / 0.5) * pinch
            height = height - 0.004 * np.cos(2 * angle) * ramp((climb - 0.8) / 0.2)
        if item.kind == "beanie":
            wide = wide * (1 + 0.004 * np.cos(36 * angle) * (share > 0))
        rings.append(ring(wide, height))
    points = np.stack(rings)
    material = np.full(len(points) - 1, MAIN)
    if item.kind == "beanie":
        material[:4] = TRIM
    if item.kind in ("fedora", "sun_hat"):
        material[:3] = TRIM
    sheets = [_grid(points, fitting, material, closed=True)]
    inside = np.stack([ring(0.93, line + 0.012), ring(1.0, line)])
    sheets.append(_grid(inside, fitting, np.array([MAIN]), closed=True))
    if item.kind == "cap":
        sheets += [_visor(fitting, item, ring, line, angle), _knob(fitting, points[-1].mean(0))]
    elif item.kind in ("fedora", "sun_hat"):
        sheets.append(_brim(fitting, item, radius, line, angle, middle))
    vertices = fitting.template.vertices
    bound = back + (front - back) * np.clip((vertices[:, 2] + 0.05) / 0.2, 0, 1) + 0.012
    return sheets, vertices[:, 1] > bound


def _brim(
    fitting: Fitting, item: Item, radius: np.ndarray, line: np.ndarray, angle: np.ndarray, middle: float
) -> Sheet:
    width = max(BRIM * item.length, 0.03)
    rng = fitting.rng
    droop = 0.10 if item.kind == "fedora" else 0.30
    wave = 0.012 * np.cos(3 * angle + rng.uniform(0, 6)) if item.kind == "sun_hat" else 0.008 * -np.cos(2 * angle)
    # The front is turned down and the back up, as a fedora is worn.
    turn = -0.018 * np.cos(angle) if item.kind == "fedora" else -0.006 * np.cos(angle)
    rows: list[np.ndarray] = []
    for t in (0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 0.5, 0.0):
        under = -0.004 if len(rows) >= 5 else 0.0
        across = (radius + width * t)[:, None] * directions()
        height = line + under - droop * width * t**1.5 + (turn + wave) * t
        rows.append(np.stack([across[:, 0], height, middle + across[:, 1]], 1))
    # From the rim inwards, so that the upper side looks up.
    return _grid(np.stack(rows[::-1]), fitting, np.full(len(rows) - 1, MAIN), closed=True)


def _visor(
    fitting: Fitting, item: Item, ring: Callable[[float, np.ndarray], np.ndarray], line: np.ndarray, angle: np.ndarray
) -> Sheet:
    reach = max(BRIM * item.length, 0.05)
    columns = np.arange(-14, 15)
    a = 2 * np.pi * columns / len(angle)
    base = ring(1.0, line)[columns]
    share = np.cos(np.clip(a / a[-1], -1, 1) * np.pi / 2) ** 0.6
    rows: list[np.ndarray] = []
    for t in (0.0, 0.3, 0.6, 0.85, 1.0, 1.0, 0.5, 0.0):
        under = -0.004 if len(rows) >= 5 else 0.0
        out = base.copy()
        out[:, 2] += reach * share * t
        out[:, 0] *= 1 - 0.12 * t * t
        # A visor is curved: its sides hang lower than its middle.
        out[:, 1] += under + 0.004 - 0.22 * reach * t * share - 0.020 * (a / a[-1]) ** 2 * np.sqrt(t)
        rows.append(out)
    return _grid(np.stack(rows[::-1]), fitting, np.full(len(rows) - 1, TRIM), closed=False)


def _knob(fitting: Fitting, top: np.ndarray) -> Sheet:
    a = 2 * np.pi * np.arange(8) / 8
    rows = [
        top + np.stack([r * np.sin(a), np.full(8, h), r * np.cos(a)], 1)
        for r, h in ((0.008, -0.002), (0.007, 0.004), (0.0, 0.007))
    ]
    return _grid(np.stack(rows), fitting, np.full(2, TRIM), closed=True)
