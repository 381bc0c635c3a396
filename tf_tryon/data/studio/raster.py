"""A z-buffer rasteriser: which triangle each pixel sees, where on it, and at what depth.

Both sides of a triangle are drawn. Barycentric coordinates are perspective-correct. Pixel (row, column) is sampled at
its centre, (column + 0.5, row + 0.5). A sample exactly on an edge shared by two triangles goes to the nearer or, at
equal depth, to the first.

Not OpenGL: it needs a driver or a display, and draws other bytes on another machine.
"""

from dataclasses import dataclass

import numpy as np

from tf_tryon.data.studio.compiled import compiled, compiled_fast


@dataclass(frozen=True)
class Raster:
    """What the pixels of an H x W picture see.

    Attributes:
        triangle: (H, W) int32, index of the nearest triangle, -1 for none.
        bary: (H, W, 3) float32, weights of its three corners, zero where there is none.
        depth: (H, W) float32, distance along the viewing direction in metres, infinity where there is none.
    """

    triangle: np.ndarray
    bary: np.ndarray
    depth: np.ndarray


@compiled_fast
def _fill(
    points: np.ndarray, triangles: np.ndarray, height: int, width: int, near: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    owner = np.full((height, width), -1, np.int32)
    bary = np.zeros((height, width, 3), np.float32)
    inverse = np.zeros((height, width), np.float32)  # 1 / depth, so that larger is nearer
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        za, zb, zc = points[a, 2], points[b, 2], points[c, 2]
        if za < near or zb < near or zc < near:
            continue
        ax, ay = points[a, 0], points[a, 1]
        bx, by = points[b, 0], points[b, 1]
        cx, cy = points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        left = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
        right = min(int(np.floor(max(ax, bx, cx) - 0.5)), width - 1)
        top = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
        bottom = min(int(np.floor(max(ay, by, cy) - 0.5)), height - 1)
        if left > right or top > bottom:
            continue
        scale = 1 / area
        ia, ib, ic = 1 / za, 1 / zb, 1 / zc
        # edge functions are affine in x and y: step instead of multiplying
        wb_x, wb_y = (cy - ay) * scale, -(cx - ax) * scale
        wc_x, wc_y = -(by - ay) * scale, (bx - ax) * scale
        for row in range(top, bottom + 1):
            dx, dy = left + 0.5 - ax, row + 0.5 - ay
            wb = dx * wb_x + dy * wb_y
            wc = dx * wc_x + dy * wc_y
            for column in range(left, right + 1):
                wa = 1 - wb - wc
                if wa >= 0 and wb >= 0 and wc >= 0:
                    closeness = wa * ia + wb * ib + wc * ic
                    if closeness > inverse[row, column]:
                        inverse[row, column] = closeness
                        owner[row, column] = t
                        z = 1 / closeness
                        bary[row, column, 0] = wa * ia * z
                        bary[row, column, 1] = wb * ib * z
                        bary[row, column, 2] = wc * ic * z
                wb += wb_x
                wc += wc_x
    return owner, bary, inverse


def rasterise(points: np.ndarray, triangles: np.ndarray, height: int, width: int, near: float = 0.05) -> Raster:
    """Draws triangles.

    Args:
        points: (n, 3) float32, pixel x, pixel y and depth in metres.
        triangles: (m, 3) int32.
        height: rows.
        width: columns.
        near: triangles with a corner nearer than this are left out.
    """
    owner, bary, inverse = _fill(
        np.ascontiguousarray(points, np.float32), np.ascontiguousarray(triangles, np.int32), height, width, near
    )
    with np.errstate(divide="ignore"):
        depth = 1 / inverse
    return Raster(owner, bary, depth)


@compiled
def _gather(
    owner: np.ndarray, bary: np.ndarray, triangles: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    height, width = owner.shape
    count = values.shape[1]
    place = np.full((height, width), -1, np.int32)
    total = 0
    for row in range(height):
        for column in range(width):
            if owner[row, column] >= 0:
                place[row, column] = total
                total += 1
    out = np.zeros((total, count), np.float32)
    for row in range(height):
        for column in range(width):
            i = place[row, column]
            if i >= 0:
                t = owner[row, column]
                for corner in range(3):
                    w = bary[row, column, corner]
                    v = triangles[t, corner]
                    for k in range(count):
                        out[i, k] += w * values[v, k]
    return place, out


def gather(raster: Raster, triangles: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertex values (n, c) float32 interpolated at the k pixels that see a triangle, in reading order.

    Returns:
        (H, W) int32, the row of each pixel in the second array, -1 where there is no triangle; and (k, c) float32.
    """
    return _gather(raster.triangle, raster.bary, triangles, np.ascontiguousarray(values, np.float32))


@compiled
def _normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:  # pragma: no cover - compiled
    out = np.zeros_like(vertices)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = (vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2])
        vx, vy, vz = (vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2])
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for i in (a, b, c):
            out[i, 0] += x
            out[i, 1] += y
            out[i, 2] += z
    for i in range(out.shape[0]):
        length = np.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2)
        if length > 0:
            out[i] /= length
    return out


def smooth_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted unit vertex normals (n, 3) float32; the compiled twin of `mesh.vertex_normals`."""
    return _normals(np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(triangles, np.int32))
