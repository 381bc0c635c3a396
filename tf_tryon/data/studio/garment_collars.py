"""Collars, roll necks and hoods: bands round the person's neck."""

import numpy as np

from tf_tryon.data.studio.garment_drape import directions, person_height, radii
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_grid import strips
from tf_tryon.data.studio.garment_limbs import ramp
from tf_tryon.data.studio.garment_surface import MAIN, TRIM, Sheet

NECK = (1.425, 1.462)  # template heights between which the neck is a column


def _neck(fitting: Fitting) -> tuple[np.ndarray, np.ndarray]:
    """Radius (D,) of the neck in each direction, and (2,) x and z of its middle."""
    template, person = fitting.template, fitting.person
    ids = template.group["tights"]
    rest = template.vertices[ids]
    column = ids[(rest[:, 1] > NECK[0]) & (rest[:, 1] < NECK[1]) & (np.abs(rest[:, 0]) < 0.075)]
    points = person.vertices[column][:, [0, 2]].astype(np.float64)
    middle = np.array([0.0, 0.5 * (points[:, 1].min() + points[:, 1].max())])
    reach = ((points - middle) @ directions().T).max(0)
    return radii(reach[None])[0], middle


def _base(fitting: Fitting, z: np.ndarray) -> np.ndarray:
    """Height of the neck's base at depth z (on the person), lower in front."""
    front = 1.392 + 0.30 * (0.092 - z) + 0.020 * np.exp(-(((z - 0.02) / 0.05) ** 2))
    return person_height(fitting.template, fitting.person, front)


def _band(fitting: Fitting, rows: list[np.ndarray], material: np.ndarray, share: np.ndarray, closed: bool) -> Sheet:
    """A sheet of rows (c, 3), from the inside up and outwards, that moves with chest and neck.

    Args:
        share: (r,) of the neck bone's weight on each row.
    """
    points = np.stack(rows)
    count, columns = len(points), len(points[0])
    # Rows climb on the inside: seen from outside the fold, their order is reversed.
    faces = strips(count, columns, closed)[..., [0, 2, 1]]
    flat = points.reshape(-1, 3)
    bones = np.zeros((len(flat), 4), np.int32)
    bones[:, 0] = fitting.template.bone("spine01")
    bones[:, 1] = fitting.template.bone("neck01")
    weights = np.zeros((len(flat), 4))
    weights[:, 1] = np.repeat(share, columns)
    weights[:, 0] = 1 - weights[:, 1]
    around = np.arctan2(flat[:, 0], flat[:, 2] - flat[:, 2].mean())
    return Sheet(
        position=flat,
        triangles=faces.reshape(-1, 3),
        bones=bones,
        weights=weights,
        uv=np.stack([0.07 * around, np.repeat(np.arange(count) * 0.015, columns)], 1),
        weld=np.arange(len(flat), dtype=np.int32),
        material=np.repeat(material, faces.shape[1]).astype(np.uint8),
    )


def collar(fitting: Fitting, ease: float, gap: float, stand: float, fall: float, spread: float) -> Sheet:
    """A turned-down collar.

    Args:
        ease: between neck and stand, metres.
        gap: half angle of the opening in front, radians.
        stand: height of the stand, metres.
        fall: length of the turned-down part at the back, metres; its points in front are longer.
        spread: how far the turned-down part stands off, metres.
    """
    radius, middle = _neck(fitting)
    angle = np.linspace(gap, 2 * np.pi - gap, 49)
    column = angle / (2 * np.pi) * len(radius)
    r = np.interp(column, np.arange(len(radius) + 1), np.append(radius, radius[0])) + ease
    side = np.stack([np.sin(angle), np.cos(angle)], 1)
    front = ramp(np.cos(angle) * 0.9 + 0.1)
    base = _base(fitting, middle[1] + (r - ease) * side[:, 1])

    def ring(out: np.ndarray | float, up: np.ndarray | float) -> np.ndarray:
        across = middle + (r + out)[:, None] * side
        return np.stack([across[:, 0], base + up, across[:, 1]], 1)

    near = np.exp(-(((np.minimum(angle, 2 * np.pi - angle) - gap) / 0.35) ** 2))
    low = fall * (1 + 0.15 * front + 0.55 * near)
    rows = [
        ring(0.0, -0.012),
        ring(-0.002, 0.6 * stand),
        ring(0.0, stand * (1 - 0.45 * near)),
        ring(0.35 * spread, stand * (1 - 0.45 * near) + 0.002),
        ring(0.75 * spread, stand - 0.45 * low),
        ring(spread * (1 + 0.9 * front + 0.5 * near), stand - low),
        ring(spread * (0.8 + 0.9 * front + 0.5 * near) - 0.004, stand - low + 0.002),
    ]
    return _band(fitting, rows, np.full(6, TRIM), np.array([0.1, 0.35, 0.5, 0.5, 0.3, 0.12, 0.12]), closed=False)


def roll_neck(fitting: Fitting, ease: float) -> Sheet:
    """A turned-over knitted neck."""
    radius, middle = _neck(fitting)
    side = directions()
    r = radius + ease
    base = _base(fitting, middle[1] + radius * side[:, 1])
    rows: list[np.ndarray] = []
    inside = ((0.0, -0.01), (-0.001, 0.03), (0.001, 0.048), (0.006, 0.052))
    outside = ((0.011, 0.046), (0.013, 0.02), (0.016, 0.006), (0.006, 0.002))
    for out, up in inside + outside:
        across = middle + (r + out)[:, None] * side
        rows.append(np.stack([across[:, 0], base + up, across[:, 1]], 1))
    return _band(fitting, rows, np.full(7, TRIM), np.array([0.1, 0.6, 0.8, 0.8, 0.7, 0.4, 0.2, 0.2]), closed=True)


def hood(fitting: Fitting, ease: float) -> Sheet:
    """A hood that lies on the back: a roll round the neck that swells behind."""
    radius, middle = _neck(fitting)
    angle = np.linspace(0.42, 2 * np.pi - 0.42, 41)
    r = np.interp(angle / (2 * np.pi) * len(radius), np.arange(len(radius) + 1), np.append(radius, radius[0]))
    side = np.stack([np.sin(angle), np.cos(angle)], 1)
    behind = ramp(0.5 - 0.5 * np.cos(angle))
    base = _base(fitting, middle[1] + r * side[:, 1])
    wide = 0.012 + 0.036 * behind**1.5
    tall = 0.020 + 0.034 * behind
    away = r + ease + 0.8 * wide
    height = base + 0.012 + 0.004 * behind
    rows: list[np.ndarray] = []
    for turn in np.linspace(0, 2 * np.pi, 15):
        # From the neck's side over the top and down the back; the outer side hangs.
        out = -np.cos(turn) * wide
        up = np.sin(turn) * tall - 0.035 * behind * (0.5 - 0.5 * np.cos(turn)) * (np.sin(turn) < 0.2)
        across = middle + (away + out)[:, None] * side
        rows.append(np.stack([across[:, 0], height + up, across[:, 1]], 1))
    return _band(fitting, rows, np.full(14, MAIN), np.full(15, 0.2), closed=False)
