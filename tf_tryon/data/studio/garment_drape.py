"""Hanging cloth: the part of a garment that falls round torso and hips as one tube, however the legs stand.

The body's horizontal sections (torso and legs, without arms) are described by their support functions: for each height
and direction, how far the body reaches. The section's convex hull is what taut cloth touches; cloth that hangs keeps
the largest reach above it and widens by its flare. So a skirt cannot follow each leg, and cannot cut into a hip.

Units are metres; angles are round the vertical, 0 in front, growing to the person's left.
"""

import functools
from dataclasses import dataclass

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.garment_limbs import arm_field
from tf_tryon.data.studio.garment_shell import AROUND
from tf_tryon.data.studio.garment_surface import Sheet, blend_skin

DIRECTIONS = 72
STEP = 0.02  # between the rows of `Silhouette`
JOINTS = ("foot.L", "lowerleg01.L", "upperleg01.L", "spine04", "spine03", "spine02", "spine01", "neck01", "head")


@dataclass(frozen=True)
class Silhouette:
    """A person's horizontal hulls.

    Attributes:
        heights: (R,) float64, increasing by STEP.
        centre: (R,) float64, z of each section's middle.
        reach: (R, DIRECTIONS) float64, support function about (0, centre).
    """

    heights: np.ndarray
    centre: np.ndarray
    reach: np.ndarray


@functools.lru_cache(maxsize=1)
def directions() -> np.ndarray:
    """(DIRECTIONS, 2) unit vectors (x, z), from the front (0, 1) towards the person's left."""
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    return np.stack([np.sin(angle), np.cos(angle)], 1)


@functools.lru_cache(maxsize=1)
def _trunk_edges() -> np.ndarray:
    template = Template.load()
    triangles = template.triangles["tights"]
    points = template.vertices.astype(np.float64)
    arm = np.full(len(points), 1.0)
    ids = template.group["tights"]
    arm[ids] = arm_field(template, points[ids])
    # Hands hang at hip height: what is far out sideways there belongs to the arm.
    arm[np.abs(points[:, 0]) > 0.235] = 1.0
    trunk = triangles[(arm[triangles] < 0.015).all(1)]
    edges = np.sort(trunk[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    return np.unique(edges, axis=0).astype(np.int32)


@compiled
def _support(vertices: np.ndarray, edges: np.ndarray, heights: np.ndarray, step: float, dirs: np.ndarray) -> np.ndarray:
    reach = np.full((len(heights), len(dirs)), -1e3)
    for e in range(len(edges)):
        a = vertices[edges[e, 0]]
        b = vertices[edges[e, 1]]
        low, high = (a[1], b[1]) if a[1] < b[1] else (b[1], a[1])
        first = max(0, int(np.ceil((low - heights[0]) / step)))
        last = min(len(heights) - 1, int(np.floor((high - heights[0]) / step)))
        for row in range(first, last + 1):
            span = b[1] - a[1]
            t = (heights[row] - a[1]) / span if abs(span) > 1e-9 else 0.5
            x = a[0] + t * (b[0] - a[0])
            z = a[2] + t * (b[2] - a[2])
            for d in range(len(dirs)):
                h = x * dirs[d, 0] + z * dirs[d, 1]
                if h > reach[row, d]:
                    reach[row, d] = h
    return reach


@compiled
def _widen(
    reach: np.ndarray, points: np.ndarray, first: float, step: float, centre: np.ndarray, dirs: np.ndarray
) -> np.ndarray:
    out = reach.copy()
    for i in range(len(points)):
        middle = int(np.rint((points[i, 1] - first) / step))
        for row in range(max(middle - 1, 0), min(middle + 2, len(out))):
            for d in range(len(dirs)):
                h = points[i, 0] * dirs[d, 0] + (points[i, 2] - centre[row]) * dirs[d, 1]
                if h > out[row, d]:
                    out[row, d] = h
    return out


@compiled
def radii(reach: np.ndarray) -> np.ndarray:
    """Radius (R, D) of the convex sections with support function `reach` (R, D), in the same directions."""
    rows, count = reach.shape
    span = count // 5
    out = np.full((rows, count), 1e3)
    for k in range(-span, span + 1):
        scale = 1.0 / np.cos(2 * np.pi * k / count)
        for row in range(rows):
            for d in range(count):
                r = reach[row, (d + k) % count] * scale
                if r < out[row, d]:
                    out[row, d] = r
    return out


def person_height(template: Template, person: Person, height: np.ndarray) -> np.ndarray:
    """The person's height (metres) of what is at `height` on the template, between ankles and head."""
    bones = [template.bone(name) for name in JOINTS]
    return np.interp(
        height,
        np.array([0.0, *template.joints[bones, 1], 1.75]),
        np.array([0.0, *person.joints[bones, 1], person.joints[bones[-1], 1] + 0.2]),
    )


def template_height(template: Template, person: Person, height: np.ndarray) -> np.ndarray:
    """Inverse of `person_height`."""
    bones = [template.bone(name) for name in JOINTS]
    return np.interp(
        height,
        np.array([0.0, *person.joints[bones, 1], person.joints[bones[-1], 1] + 0.2]),
        np.array([0.0, *template.joints[bones, 1], 1.75]),
    )


def silhouette(template: Template, person: Person) -> Silhouette:
    """The hulls of torso and legs of a person, from the ankles to the base of the neck."""
    top = float(person_height(template, person, np.array([1.40]))[0])
    heights = np.arange(0.04, top, STEP)
    reach = _support(person.vertices, _trunk_edges(), heights, STEP, directions())
    front, back = reach[:, 0], -reach[:, DIRECTIONS // 2]
    centre = 0.5 * (front + back)
    kernel = np.array([1, 2, 3, 2, 1]) / 9
    centre = np.convolve(np.pad(centre, 2, mode="edge"), kernel, mode="valid")
    return Silhouette(heights, centre, reach - centre[:, None] * directions()[None, :, 1])


@dataclass(frozen=True)
class Tube:
    """A garment's surface as radius over (height, angle).

    Attributes:
        heights: (R,) increasing.
        centre: (R,) z of the axis.
        radius: (R, DIRECTIONS).
    """

    heights: np.ndarray
    centre: np.ndarray
    radius: np.ndarray

    def at(self, height: np.ndarray, angle: np.ndarray) -> np.ndarray:
        """(k, 3) points of the surface at heights (k,) and angles (k,)."""
        row = np.clip((height - self.heights[0]) / STEP, 0, len(self.heights) - 1.001)
        r0 = row.astype(np.int64)
        tr = row - r0
        column = (angle / (2 * np.pi) * DIRECTIONS) % DIRECTIONS
        c0 = column.astype(np.int64) % DIRECTIONS
        c1 = (c0 + 1) % DIRECTIONS
        tc = column - np.floor(column)
        low = self.radius[r0, c0] * (1 - tc) + self.radius[r0, c1] * tc
        high = self.radius[r0 + 1, c0] * (1 - tc) + self.radius[r0 + 1, c1] * tc
        radius = low * (1 - tr) + high * tr
        centre = self.centre[r0] * (1 - tr) + self.centre[r0 + 1] * tr
        return np.stack([radius * np.sin(angle), height, centre + radius * np.cos(angle)], 1)


def tube_around(body: Silhouette, ease: float, points: np.ndarray) -> Tube:
    """The taut surface round a body with some ease (metres) and round the points (k, 3) of other cloth."""
    reach = _widen(body.reach + ease, points, body.heights[0], STEP, body.centre, directions())
    return Tube(body.heights, body.centre, radii(reach))


def drape(
    body: Silhouette, ease: np.ndarray, hang: np.ndarray, flare: np.ndarray, start: float, smoothing: int = 2
) -> Tube:
    """Lets cloth fall from the height `start` over a body.

    Args:
        ease: (R,) metres between body and cloth on each row of the silhouette.
        hang: (R,) in [0, 1]: 0 follows the body, 1 falls straight from the widest row above.
        flare: (R,) metres of widening per metre of fall.
        start: where hanging begins; above it the cloth follows the body.
        smoothing: rounds of smoothing along the height.
    """
    wanted = body.reach + ease[:, None]
    cloth = wanted.copy()
    for row in range(len(body.heights) - 2, -1, -1):
        if body.heights[row] < start:
            shift = (body.centre[row + 1] - body.centre[row]) * directions()[:, 1]
            fall = cloth[row + 1] + shift + flare[row] * STEP
            over = np.maximum(fall - wanted[row], 0.0)
            cloth[row] = wanted[row] + hang[row] * over
    for _ in range(smoothing):
        cloth[1:-1] = 0.25 * cloth[:-2] + 0.5 * cloth[1:-1] + 0.25 * cloth[2:]
    return Tube(body.heights, body.centre, radii(cloth))


@functools.lru_cache(maxsize=1)
def _skin_table() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Skin of hanging cloth over template height and angle: heights (H,), bones (H, A, 4), weights (H, A, 4)."""
    template = Template.load()
    ids = np.unique(_trunk_edges())
    points = template.vertices[ids].astype(np.float64)
    arm = arm_field(template, points)
    chosen = (points[:, 1] > 0.84) & (arm < 0.0)
    ids, points = ids[chosen], points[chosen]
    dense = np.zeros((len(ids), len(template.bone_names)))
    for j in range(4):
        np.add.at(dense, (np.arange(len(ids)), template.bones[ids, j]), template.weights[ids, j])
    own_angle = np.arctan2(points[:, 0], points[:, 2] - 0.03)
    heights = np.arange(0.02, 1.44, 0.02)
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    table = np.zeros((len(heights), DIRECTIONS, dense.shape[1]))
    for row, height in enumerate(heights):
        apart = np.angle(np.exp(1j * (angles[:, None] - own_angle[None])))
        distance = (apart * 0.15) ** 2 + (max(height, 0.90) - points[None, :, 1]) ** 2
        share = np.exp(-distance / (2 * 0.02**2)) + 1e-12
        table[row] = (share @ dense) / share.sum(1, keepdims=True)
    # Below the hips: pelvis, then thighs, then shins, left and right mixed smoothly across the body.
    thigh = _ramp((0.93 - heights) / 0.36)[:, None, None]
    shin = (0.6 * _ramp((0.50 - heights) / 0.3))[:, None, None]
    left = _ramp(0.5 + 0.75 * np.sin(angles))[None, :, None]

    def only(name: str) -> np.ndarray:
        return np.eye(len(template.bone_names))[template.bone(name)][None, None]

    legs = (1 - shin) * (left * only("upperleg02.L") + (1 - left) * only("upperleg02.R"))
    legs = legs + shin * (left * only("lowerleg01.L") + (1 - left) * only("lowerleg01.R"))
    table = (1 - thigh) * table + thigh * legs
    bones = np.argsort(-table, axis=2, kind="stable")[..., :4].astype(np.int32)
    weights = np.take_along_axis(table, bones, 2)
    return heights, bones, weights / weights.sum(2, keepdims=True)


def _ramp(x: np.ndarray) -> np.ndarray:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


def tube_skin(height: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bones (k, 4) and weights (k, 4) of hanging cloth at template heights (k,) and angles (k,)."""
    heights, bones, weights = _skin_table()
    row = np.clip((height - heights[0]) / 0.02, 0, len(heights) - 1.001)
    r0 = row.astype(np.int64)
    column = np.rint(angle / (2 * np.pi) * DIRECTIONS).astype(np.int64) % DIRECTIONS
    return blend_skin(bones[r0, column], weights[r0, column], bones[r0 + 1, column], weights[r0 + 1, column], row - r0)


def tube_sheet(
    template: Template, person: Person, tube: Tube, bottom: float, top: float, columns: int = 72, row_step: float = 0.02
) -> Sheet:
    """The cloth of a tube between two heights of the person, with its lower edge as a hem.

    Fields: angle in [-pi, pi], height (the template's), tall (the person's). The seam is at the centre back.
    """
    rows = max(int(np.ceil((top - bottom) / row_step)), 2)
    tall = np.linspace(bottom, top, rows + 1)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    heights, angles = np.repeat(tall, columns + 1), np.tile(angle, rows + 1)
    position = tube.at(heights, angles)
    low = template_height(template, person, heights)
    bones, weights = tube_skin(low, angles)
    index = np.arange(len(position)).reshape(rows + 1, columns + 1)
    a, b, c, d = (i.ravel() for i in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    weld = index.copy()
    weld[:, -1] = index[:, 0]
    sheet = Sheet(
        position=position,
        triangles=triangles,
        bones=bones,
        weights=weights,
        uv=np.stack([AROUND * angles, low], 1),
        weld=weld.ravel().astype(np.int32),
        fields={"angle": angles, "height": low, "tall": heights, "x": position[:, 0]},
    )
    sheet.hem = np.stack([index[0, :-1], index[0, 1:]], 1).astype(np.int32)
    return sheet
