"""Creases of worn cloth as relief: fine ridges where limbs bend and cloth is caught, and a soft unevenness everywhere.

The garments' own folds are geometry; these are too fine for the meshes and only tilt the normals. All is a function of
the rest position, so a crease stays on its place of the cloth.
"""

from typing import Final

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.motif import noise

UPPER, DRESS, COAT, TROUSERS, SKIRT = 5, 6, 7, 9, 12
CLOTH: Final = (UPPER, DRESS, COAT, TROUSERS, SKIRT)
# Joint, the joint that its limb comes from, reach of the creases (m), height (m), classes that crease there.
BENDS: Final = (
    ("lowerarm01", "upperarm01", 0.085, 0.006, (UPPER, DRESS, COAT)),
    ("upperarm01", "clavicle", 0.075, 0.005, (UPPER, DRESS, COAT)),
    ("wrist", "lowerarm01", 0.085, 0.004, (UPPER, DRESS, COAT)),
    ("lowerleg01", "upperleg01", 0.105, 0.006, (TROUSERS,)),
    ("foot", "lowerleg01", 0.13, 0.0055, (TROUSERS,)),
)
WAIST, CROTCH = ("spine04", 0.085, 0.0048), (0.13, 0.005)
PERIOD: Final = 0.036  # between two creases, metres


def wrinkle_height(
    rest: np.ndarray, label: np.ndarray, template: Template, person: Person, seed: int, footprint: float
) -> np.ndarray:
    """Relief (k,) float32 in metres of k seen points.

    Args:
        rest: (k, 3) float32 rest positions on the person.
        label: (k,) uint8 CIHP-20 classes; only cloth creases.
        template: the template, for the names of bones.
        person: whose joints say where cloth bends.
        seed: of the creases.
        footprint: metres per pixel; creases that pixels cannot resolve fade out.
    """
    height = np.zeros(len(rest), np.float32)
    cloth = np.flatnonzero(np.isin(label, CLOTH))
    if not len(cloth):
        return height
    points, worn = rest[cloth], label[cloth]
    total = 0.007 * noise(np.ascontiguousarray(points[:, :2] * [1.0, 0.6], np.float32), 0.07, seed)
    sharp = float(np.clip(PERIOD / (3 * footprint) - 0.5, 0, 1))
    for number, (joint, origin, reach, depth, classes) in enumerate(BENDS):
        here = np.isin(worn, classes)
        for side in "LR":
            centre = person.joints[template.bone(f"{joint}.{side}")]
            along = centre - person.joints[template.bone(f"{origin}.{side}")]
            _add(total, points, here, centre, along, reach, sharp * depth, seed + 7 * number + ord(side))
    waist, reach, depth = WAIST
    centre = person.joints[template.bone(waist)]
    up = np.array([0.0, 1.0, 0.0], np.float32)
    trunk = np.isin(worn, (UPPER, DRESS))
    flat = np.abs(points[:, 1] - centre[1]) < 2 * reach
    share = np.exp(-np.square((points[:, 1] - centre[1]) / reach)) * trunk
    _ridges(total, points, np.flatnonzero(trunk & flat), centre, up, share, sharp * depth, seed + 91)
    # whiskers spread from the crotch over the thighs
    reach, depth = CROTCH
    hips = (person.joints[template.bone("upperleg01.L")] + person.joints[template.bone("upperleg01.R")]) / 2
    low = hips - np.array([0, 0.06, 0], np.float32)
    offset = points - low
    radius = np.hypot(offset[:, 0], offset[:, 1])
    fan = np.flatnonzero((worn == TROUSERS) & (radius < 2 * reach))
    turn = np.arctan2(offset[fan, 1], np.abs(offset[fan, 0]) + 0.01)
    lines = noise(np.stack([0.14 * turn, 0.15 * radius[fan]], 1).astype(np.float32), 0.022, seed + 55)
    total[fan] += sharp * depth * np.exp(-np.square(radius[fan] / reach)) * (1 - np.abs(lines)) ** 2
    height[cloth] = total
    return height


def _add(
    total: np.ndarray, points: np.ndarray, here: np.ndarray, centre: np.ndarray, along: np.ndarray, reach: float,
    depth: float, seed: int,
) -> None:  # fmt: skip
    """Adds creases across a limb around one joint."""
    gap = points - centre
    distance = np.einsum("ki,ki->k", gap, gap)
    near = np.flatnonzero(here & (distance < (2 * reach) ** 2))
    share = np.exp(-distance / reach**2)
    _ridges(total, points, near, centre, along / np.linalg.norm(along), share, depth, seed)


def _ridges(
    total: np.ndarray, points: np.ndarray, near: np.ndarray, centre: np.ndarray, axis: np.ndarray, share: np.ndarray,
    depth: float, seed: int,
) -> None:  # fmt: skip
    """Adds ridges, long across `axis` and short along it, to the points `near`."""
    gap = points[near] - centre
    along = gap @ axis
    across = gap - along[:, None] * axis
    # around the limb: front and side both count, so that creases wander over the turn
    around = across[:, 0] * 0.5 + across[:, 2] * 0.5 + across[:, 1] * 0.3
    lattice = np.stack([0.6 * around, along + 0.45 * around], 1).astype(np.float32)
    lines = noise(np.ascontiguousarray(lattice), PERIOD, seed)
    total[near] += (depth * share[near] * (1 - np.abs(lines)) ** 2).astype(np.float32)
