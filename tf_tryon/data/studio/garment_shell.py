"""The fixed meshes that sleeves, shoulders, trouser legs and shoes are cut from, with limb coordinates on the template.

A `Shell` is a part of the template's `tights`, subdivided once by Loop's scheme. All that depends on the template alone
is made once a process: the stencil that carries a person's vertices over, skin weights, limb coordinates for the cuts,
pattern coordinates, neighbours for smoothing.
Coordinates (metres on the template): `arm` runs from the armhole (0) to the wrist and beyond and is negative on the
torso; `leg` runs from the hip joint (0) down the leg and is negative above; `height` is the template's y.
"""

import functools
from dataclasses import dataclass

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.garment_limbs import arm_field, arm_joints, leg_field, leg_joints, limb_coordinate, ramp
from tf_tryon.data.studio.garment_subdivide import loop, stencil_skin
from tf_tryon.data.studio.garment_surface import Sheet, cut

SEAM_Z = 0.012  # of the seams on the shoulders and under the arms
AROUND = 0.145  # metres of pattern per radian round the torso


@dataclass(frozen=True)
class Shell:
    """n vertices and m triangles.

    Attributes:
        indices, shares: (n, K) stencil into the template's vertices; rows of `shares` sum to 1.
        triangles: (m, 3) int32.
        bones, weights: (n, 4) skin weights.
        uv, weld: see `Sheet`.
        fields: template coordinates, each (n,): x, height, z, arm, arm_angle, leg, leg_angle.
        neighbours: (n, 8) int32 ids of welded neighbours, padded with the vertex itself.
        of_body: (V,) int32, nearest shell vertex of each body vertex of the template, -1 where none is within 3 cm.
    """

    indices: np.ndarray
    shares: np.ndarray
    triangles: np.ndarray
    bones: np.ndarray
    weights: np.ndarray
    uv: np.ndarray
    weld: np.ndarray
    fields: dict[str, np.ndarray]
    neighbours: np.ndarray
    of_body: np.ndarray

    def positions(self, person: Person) -> np.ndarray:
        """(n, 3) float64, this shell on a person's body."""
        return _gather(self.indices, self.shares, person.vertices)

    def sheet(self, position: np.ndarray) -> Sheet:
        """The whole shell as cloth at the given positions (n, 3)."""
        return Sheet(position, self.triangles, self.bones, self.weights, self.uv, self.weld, dict(self.fields))


@compiled
def _gather(indices: np.ndarray, shares: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    out = np.zeros((indices.shape[0], 3))
    for i in range(indices.shape[0]):
        for j in range(indices.shape[1]):
            share = shares[i, j]
            if share != 0.0:
                for axis in range(3):
                    out[i, axis] += share * vertices[indices[i, j], axis]
    return out


@compiled
def smooth(
    positions: np.ndarray, neighbours: np.ndarray, weld: np.ndarray, amount: np.ndarray, rounds: int
) -> np.ndarray:
    """Moves each vertex `amount` (n,) of the way to its neighbours' mean, `rounds` times; seams stay closed."""
    current = positions.copy()
    for _ in range(rounds):
        following = current.copy()
        for i in range(current.shape[0]):
            if amount[i] > 0.0:
                for axis in range(3):
                    total = 0.0
                    for j in range(neighbours.shape[1]):
                        total += current[neighbours[i, j], axis]
                    mean = total / neighbours.shape[1]
                    following[i, axis] += amount[i] * (mean - current[i, axis])
        current = following
    for i in range(current.shape[0]):
        if weld[i] != i:
            for axis in range(3):
                current[i, axis] = current[weld[i], axis]
    return current


@compiled
def _nearest(points: np.ndarray, candidates: np.ndarray, limit: float) -> np.ndarray:
    out = np.full(len(points), -1, np.int32)
    for i in range(len(points)):
        best = limit * limit
        for j in range(len(candidates)):
            d = 0.0
            for axis in range(3):
                d += (points[i, axis] - candidates[j, axis]) ** 2
            if d < best:
                best = d
                out[i] = j
    return out


def _panels(triangles: np.ndarray, panel: np.ndarray, weld: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Doubles the vertices that several panels share: new triangles, the old vertex and the panel of each vertex."""
    keys = weld[triangles].astype(np.int64) * 16 + panel[:, None]
    unique, inverse = np.unique(keys, return_inverse=True)
    return inverse.reshape(-1, 3).astype(np.int32), (unique // 16).astype(np.int32), (unique % 16).astype(np.int32)


def _build(template: Template, triangles: np.ndarray, arms: bool) -> Shell:
    used, local = np.unique(triangles, return_inverse=True)
    ids, shares, finer = loop(local.reshape(-1, 3), len(used))
    points = np.einsum("nk,nkc->nc", shares, template.vertices[used[ids]].astype(np.float64))
    bones, weights = stencil_skin(template, used[ids], shares)
    pairs = np.arange(len(points), dtype=np.int32)
    sheet = Sheet(points, finer.astype(np.int32), bones, weights, np.zeros((len(points), 2)), pairs)
    if arms:  # a straight armhole, where the sleeve's pattern begins
        arm = arm_field(template, points)
        sheet, _ = cut(sheet, np.where(np.abs(arm) < 1e-6, 1e-6, arm))
        extra = len(sheet.position) - len(points)
        if extra:
            ids, shares = _stencil_of_cut(points, arm, finer, ids, shares)
    points = np.einsum("nk,nkc->nc", shares, template.vertices[used[ids]].astype(np.float64))
    bones, weights = stencil_skin(template, used[ids], shares)
    fields = _fields(template, points)
    finer = sheet.triangles
    part = _torso_panels(points, fields, finer) if arms else _leg_panels(points, fields, finer)
    triangles, origin, part = _panels(finer, part, np.arange(len(points), dtype=np.int32))
    fields = {name: values[origin] for name, values in fields.items()}
    first = np.full(len(points), -1, np.int32)
    first[origin[::-1]] = np.arange(len(origin), dtype=np.int32)[::-1]
    weld = first[origin]
    uv = _pattern(fields, part, arms)
    body = template.group["body"]
    of_body = np.full(len(template.vertices), -1, np.int32)
    of_body[body] = _nearest(template.vertices[body].astype(np.float64), points[origin], 0.03)
    return Shell(
        indices=used[ids[origin]].astype(np.int32),
        shares=shares[origin],
        triangles=triangles,
        bones=bones[origin],
        weights=weights[origin],
        uv=uv,
        weld=weld,
        fields=fields,
        neighbours=_neighbours(weld[triangles], len(origin)),
        of_body=of_body,
    )


def _torso_panels(points: np.ndarray, fields: dict[str, np.ndarray], triangles: np.ndarray) -> np.ndarray:
    """(m,) pattern piece of each triangle: 0 front, 9 back (8 beyond its seam), 2, 3 sleeves (6, 7 beyond theirs).

    The two halves of the front meet without a seam: their pattern is continuous.
    """
    centre = points[triangles].mean(1)
    on_arm = fields["arm"][triangles].mean(1) > 0
    wraps = np.ptp(fields["arm_angle"][triangles], axis=1) > np.pi
    sleeve = 2 + np.where(centre[:, 0] > 0, 0, 1) + np.where(wraps, 4, 0)
    wraps = np.ptp(fields["angle"][triangles], axis=1) > np.pi
    return np.where(on_arm, sleeve, np.where(wraps, 8, np.where(centre[:, 2] < SEAM_Z, 9, 0)))


def _leg_panels(points: np.ndarray, fields: dict[str, np.ndarray], triangles: np.ndarray) -> np.ndarray:
    """(m,) pattern piece of each triangle: 0 left leg, 1 right leg, and 4, 5 beyond their seams."""
    wraps = np.ptp(fields["leg_angle"][triangles], axis=1) > np.pi
    return np.where(points[triangles].mean(1)[:, 0] > 0, 0, 1) + np.where(wraps, 4, 0)


def _stencil_of_cut(
    points: np.ndarray, values: np.ndarray, triangles: np.ndarray, ids: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The stencil with the rows of the vertices that `cut` adds, in its order."""
    values = np.where(np.abs(values) < 1e-6, 1e-6, values)
    edges = np.unique(np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)
    low, high = edges[(values[edges[:, 0]] > 0) != (values[edges[:, 1]] > 0)].T
    t = (values[low] / (values[low] - values[high]))[:, None]
    wide_ids = np.concatenate([ids, np.zeros_like(ids)], 1)
    wide_shares = np.concatenate([shares, np.zeros_like(shares)], 1)
    added_ids = np.concatenate([ids[low], ids[high]], 1)
    added_shares = np.concatenate([shares[low] * (1 - t), shares[high] * t], 1)
    return np.concatenate([wide_ids, added_ids]), np.concatenate([wide_shares, added_shares])


def _fields(template: Template, points: np.ndarray) -> dict[str, np.ndarray]:
    side = np.where(points[:, :1] < 0, [-1.0, 1.0, 1.0], 1.0)
    mirrored = points * side
    _, near = limb_coordinate(mirrored, arm_joints(template, template.joints, "L"))
    off = mirrored - near
    # Round the arm from above (0) over the front (pi / 2) to below, where the sleeve's seam lies.
    above = np.array([0.66, 0.75, 0.0])
    arm_angle = np.arctan2(off[:, 2], off @ above)
    _, near = limb_coordinate(mirrored, leg_joints(template, template.joints, "L"))
    off = mirrored - near
    leg_angle = np.arctan2(off[:, 0], off[:, 2])
    leg_angle = np.where(leg_angle < -0.5 * np.pi, leg_angle + 2 * np.pi, leg_angle)  # the seam lies inside
    return {
        "x": points[:, 0],
        "height": points[:, 1],
        "z": points[:, 2],
        "angle": np.arctan2(points[:, 0], points[:, 2] - 0.035),
        "arm": arm_field(template, points),
        "arm_angle": arm_angle,
        "leg": leg_field(template, points),
        "leg_angle": leg_angle,
    }


def _pattern(fields: dict[str, np.ndarray], part: np.ndarray, arms: bool) -> np.ndarray:
    """Pattern coordinates (n, 2) in metres, u growing to the person's left, v upwards."""
    sign = np.where(fields["x"] < 0, -1.0, 1.0)
    if not arms:
        angle = np.where((part >= 4) & (fields["leg_angle"] < 0.5 * np.pi), fields["leg_angle"] + 2 * np.pi, 0)
        angle = np.where(angle == 0, fields["leg_angle"], angle)
        return np.stack([0.085 * sign * angle, fields["height"]], 1)
    torso_angle = fields["angle"]
    torso_angle = np.where((part == 8) & (torso_angle < 0), torso_angle + 2 * np.pi, torso_angle)
    # Below the arms the pattern goes round the body; above, front and back are cut straight and meet at the shoulders.
    straight = 1.25 * fields["x"]
    back = np.where(torso_angle > 0, 1.0, -1.0) * AROUND * np.pi - straight
    share = ramp((fields["height"] - 1.25) / 0.08)
    round_ = AROUND * torso_angle
    u = round_ + share * (np.where((part == 8) | (part == 9), back, straight) - round_)
    torso = np.stack([u, fields["height"]], 1)
    arm_angle = fields["arm_angle"]
    arm_angle = np.where((part >= 4) & (arm_angle < 0), arm_angle + 2 * np.pi, arm_angle)
    sleeve = np.stack([-0.055 * sign * arm_angle, 1.35 - fields["arm"]], 1)
    on_arm = (part == 2) | (part == 3) | (part == 6) | (part == 7)
    return np.where(on_arm[:, None], sleeve, torso)


def _neighbours(triangles: np.ndarray, count: int) -> np.ndarray:
    edges = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    starts = np.searchsorted(edges[:, 0], np.arange(count))
    stops = np.searchsorted(edges[:, 0], np.arange(count), side="right")
    out = np.repeat(np.arange(count, dtype=np.int32)[:, None], 8, axis=1)
    for v in range(count):
        ring = edges[starts[v] : stops[v], 1]
        out[v, : min(len(ring), 8)] = ring[:8]
    return out


@functools.lru_cache(maxsize=1)
def top_shell() -> Shell:
    """Neck, shoulders, chest and arms of the template, down to a little below the bust."""
    template = Template.load()
    triangles = template.triangles["tights"]
    points = template.vertices[triangles].astype(np.float64)
    high = (points[..., 1] > 1.08) | (np.abs(points[..., 0]) > 0.23)
    return _build(template, triangles[high.all(1)], arms=True)


@functools.lru_cache(maxsize=1)
def leg_shell() -> Shell:
    """Hips, legs and feet of the template, up to the waist."""
    template = Template.load()
    triangles = template.triangles["tights"]
    points = template.vertices[triangles]
    low = (points[..., 1] < 1.13) & (np.abs(points[..., 0]) < 0.23 + 0.3 * (points[..., 1] < 0.8))
    return _build(template, triangles[low.all(1)], arms=False)
