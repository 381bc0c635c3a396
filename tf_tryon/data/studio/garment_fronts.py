"""What is sewn onto a garment: plackets, buttons, zips, lapels and pockets, as small patches that lie on its surface.

A patch is a grid of (x, y) points that is dropped onto the garment along z, so it follows every fold, and takes its
skin weights from the place where it lands.
"""

from dataclasses import dataclass

import numpy as np

from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.garment_surface import MAIN, TRIM, Sheet, blend_skin


@compiled
def _drop(points: np.ndarray, triangles: np.ndarray, xy: np.ndarray, sign: float) -> tuple[np.ndarray, np.ndarray]:
    """First triangle that a ray along -sign * z through each xy meets (-1 for none), and its barycentrics."""
    hit = np.full(len(xy), -1, np.int64)
    share = np.zeros((len(xy), 3))
    depth = np.full(len(xy), -1e9)
    left, right = xy[:, 0].min(), xy[:, 0].max()
    bottom, top = xy[:, 1].min(), xy[:, 1].max()
    for t in range(len(triangles)):
        a = points[triangles[t, 0]]
        b = points[triangles[t, 1]]
        c = points[triangles[t, 2]]
        if max(a[0], b[0], c[0]) < left or min(a[0], b[0], c[0]) > right:
            continue
        if max(a[1], b[1], c[1]) < bottom or min(a[1], b[1], c[1]) > top:
            continue
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if area * sign < 1e-9:
            continue
        low_x, high_x = min(a[0], b[0], c[0]), max(a[0], b[0], c[0])
        low_y, high_y = min(a[1], b[1], c[1]), max(a[1], b[1], c[1])
        for i in range(len(xy)):
            x, y = xy[i, 0], xy[i, 1]
            if x < low_x or x > high_x or y < low_y or y > high_y:
                continue
            v = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area
            w = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area
            u = 1.0 - v - w
            if u < -1e-6 or v < -1e-6 or w < -1e-6:
                continue
            z = sign * (u * a[2] + v * b[2] + w * c[2])
            if z > depth[i]:
                depth[i] = z
                hit[i] = t
                share[i, 0], share[i, 1], share[i, 2] = u, v, w
    return hit, share


@dataclass(frozen=True)
class Face:
    """The front (sign 1) or back (sign -1) of a garment before its openings are cut.

    Attributes:
        position, normals: (n, 3).
        triangles: (m, 3).
        bones, weights: (n, 4).
        uv: (n, 2), the garment's pattern coordinates.
        sign: 1 to drop from the front, -1 from the back.
    """

    position: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    bones: np.ndarray
    weights: np.ndarray
    uv: np.ndarray
    sign: float

    def patch(self, grid: np.ndarray, lift: float | np.ndarray, material: int = TRIM, wall: bool = True) -> list[Sheet]:
        """A patch on the surface; none where the grid misses it.

        Args:
            grid: (r, c, 2) x and y, rows upwards and columns towards the person's left (or all reversed).
            lift: metres above the surface, scalar or (r, c).
            material: MAIN or TRIM.
            wall: close the sides down to the surface.
        """
        raised = np.broadcast_to(np.asarray(lift, np.float64), grid.shape[:2])
        if wall:
            grid = np.pad(grid, ((1, 1), (1, 1), (0, 0)), mode="edge")
            raised = np.pad(raised, 1, constant_values=-0.003)
        rows, columns = len(grid), len(grid[0])
        hit, share = _drop(self.position, self.triangles, grid.reshape(-1, 2), self.sign)
        if (hit < 0).any():
            return []
        a, b, c = self.triangles[hit].T
        point = np.einsum("ik,ikd->id", share, self.position[self.triangles[hit]])
        uv = np.einsum("ik,ikd->id", share, self.uv[self.triangles[hit]])
        normal = np.einsum("ik,ikd->id", share, self.normals[self.triangles[hit]])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        first = share[:, 1] / np.maximum(share[:, 0] + share[:, 1], 1e-9)
        first, last = np.clip(first, 0, 1), np.clip(share[:, 2], 0, 1)
        bones, weights = blend_skin(self.bones[a], self.weights[a], self.bones[b], self.weights[b], first)
        bones, weights = blend_skin(bones, weights, self.bones[c], self.weights[c], last)
        index = np.arange(rows * columns).reshape(rows, columns)
        i, j, k, m = (p.ravel() for p in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
        faces = np.concatenate([np.stack([i, j, k], 1), np.stack([i, k, m], 1)]).astype(np.int32)
        return [
            Sheet(
                position=point + raised.reshape(-1, 1) * normal,
                triangles=faces,
                bones=bones,
                weights=weights,
                uv=uv,
                weld=np.arange(rows * columns, dtype=np.int32),
                material=np.full(len(faces), material, np.uint8),
            )
        ]


def strip(face: Face, line: np.ndarray, half: float, lift: float, material: int = TRIM) -> list[Sheet]:
    """A band of width 2 * half along a polyline (k, 2) of x and y."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.stack([along[:, 1], -along[:, 0]], 1) * half
    return face.patch(np.stack([line - side, line, line + side], 1), lift, material)


def button(face: Face, x: float, y: float, radius: float, lift: float) -> list[Sheet]:
    """A small round button."""
    a = 2 * np.pi * np.arange(9) / 8
    rings = np.stack([np.stack([x + r * np.sin(a), y + r * np.cos(a)], 1) for r in (radius, radius, 0.6 * radius, 0.0)])
    height = np.array([-0.001, lift, lift + 0.002, lift + 0.001])[:, None] * np.ones((1, 9))
    made = face.patch(rings, height, TRIM, wall=False)
    for sheet in made:
        sheet.triangles = sheet.triangles[:, ::-1].copy()
    return made


def pocket(
    face: Face, x: tuple[float, float], y: tuple[float, float], lift: float, material: int = MAIN, point: float = 0.0
) -> list[Sheet]:
    """A patch pocket between x[0] < x[1] and y[0] < y[1]; `point` lowers the middle of its bottom, metres."""
    columns, rows = np.linspace(*x, 5), np.linspace(*y, 5)
    grid = np.stack(np.meshgrid(columns, rows), -1)
    middle = 1 - np.abs(np.linspace(-1, 1, 5))
    grid[:, :, 1] -= point * middle * (1 - np.linspace(0, 1, 5))[:, None]
    return face.patch(grid, lift, material)


def lapel(face: Face, edge: np.ndarray, width: float, sign: float, notch: float, lift: float) -> list[Sheet]:
    """A lapel that folds outwards from an opening's edge.

    Args:
        edge: (k, 2) x >= 0 and y of the edge, from the break point up to the neck.
        width: greatest width, metres.
        sign: 1 for the person's left side, -1 for the right.
        notch: where along the edge the lapel ends and the collar begins, 0..1.
        lift: metres above the cloth.
    """
    t = np.linspace(0, 1, len(edge))
    shape = np.interp(t, [0.0, 0.35, notch - 0.03, notch, 1.0], [0.12, 0.62, 1.0, 0.62, 0.62])
    across = np.linspace(0.0, 1.0, 5)
    x = edge[:, :1] + width * shape[:, None] * across
    y = edge[:, 1:] + (0.010 * across * (t[:, None] > 0.3)) - 0.012 * across * (t[:, None] >= notch)
    raised = lift * (0.4 + 0.6 * across)[None] * np.ones((len(edge), 1))
    grid = np.stack([sign * x, y], -1)
    if sign < 0:
        grid, raised = grid[:, ::-1], raised[:, ::-1]
    return face.patch(grid, raised, TRIM)
