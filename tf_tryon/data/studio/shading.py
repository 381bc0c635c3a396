"""Light on surfaces: the key's shadows, ambient occlusion, relief, gloss; and the film that turns light into a photo.

All light is linear RGB until `develop`. k counts the raster's samples that see the person.

(1) J. Blinn, Models of light reflection for computer synthesized pictures, 1977 (the gloss).
(2) M. Mikkelsen, Bump mapping unparametrized surfaces on the GPU, 2010 (relief from screen-space derivatives).
"""

import numpy as np

from tf_tryon.data.studio.compiled import compiled, compiled_fast
from tf_tryon.data.studio.lighting import Studio
from tf_tryon.data.studio.raster import rasterise

SHADOW_SIZE = 320


def light_view(points: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, float]:
    """Orthographic view of the points (n, 3) from a light: pixel x, y and distance (n, 3), and metres per pixel."""
    z = -direction.astype(np.float32)
    x = np.array([z[2], 0, -z[0]], np.float32)
    x /= np.linalg.norm(x)
    seen = points @ np.stack([x, np.cross(z, x), z], axis=1)
    low, high = seen.min(0), seen.max(0)
    metres = float((high[:2] - low[:2]).max()) / (SHADOW_SIZE - 8)
    seen[:, :2] = (seen[:, :2] - low[:2]) / metres + 4
    seen[:, 2] += 1 - low[2]
    return seen.astype(np.float32), metres


@compiled
def _lit(view: np.ndarray, shadow_depth: np.ndarray, bias: np.float32) -> np.ndarray:  # pragma: no cover - compiled
    """Share of a 3 x 3 neighbourhood of the shadow map that does not hide each point (k,)."""
    count = view.shape[0]
    size = shadow_depth.shape[0]
    out = np.empty(count, np.float32)
    for i in range(count):
        x, y = view[i, 0] - 0.5, view[i, 1] - 0.5
        column, row = int(np.floor(x)), int(np.floor(y))
        fx, fy = x - column, y - row
        total = np.float32(0)
        for dy in range(-1, 3):
            for dx in range(-1, 3):
                wx = (1 - fx) if dx == -1 else (fx if dx == 2 else 1.0)
                wy = (1 - fy) if dy == -1 else (fy if dy == 2 else 1.0)
                r, c = row + dy, column + dx
                free = 1.0
                if 0 <= r < size and 0 <= c < size:
                    gap = view[i, 2] - bias - shadow_depth[r, c]
                    if gap > 0:
                        free = 0.0
                total += wx * wy * free
        out[i] = total / 9
    return out


def key_visibility(posed: np.ndarray, triangles: np.ndarray, seen: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """How much of the key light reaches each seen point: (k,) float32 in [0, 1].

    Args:
        posed: (n, 3) float32 vertices in the world.
        triangles: (m, 3) int32.
        seen: (k, 3) float32 world positions of the pixels, moved a little along their normals.
        direction: (3,) towards the light.
    """
    both, metres = light_view(np.concatenate([posed, seen]), direction)
    shadow = rasterise(both[: len(posed)], triangles, SHADOW_SIZE, SHADOW_SIZE)
    return _lit(both[len(posed) :], shadow.depth, np.float32(1.2 * metres + 0.006))


@compiled
def _occlusion(
    depth: np.ndarray, reach: float, metres: float, strength: float
) -> np.ndarray:  # pragma: no cover - compiled
    height, width = depth.shape
    out = np.ones((height, width), np.float32)
    offsets = np.array(
        [(1.0, 0.0), (0.7, 0.7), (0.0, 1.0), (-0.7, 0.7), (-1.0, 0.0), (-0.7, -0.7), (0.0, -1.0), (0.7, -0.7)]
    )
    for row in range(height):
        for column in range(width):
            here = depth[row, column]
            if not np.isfinite(here):
                continue
            hidden = 0.0
            for k in range(8):
                # two rings of taps; a pair of opposite taps cancels the surface's own slope
                for ring in range(1, 3):
                    r = row + int(offsets[k, 1] * reach * ring / 2)
                    c = column + int(offsets[k, 0] * reach * ring / 2)
                    o_r = row - int(offsets[k, 1] * reach * ring / 2)
                    o_c = column - int(offsets[k, 0] * reach * ring / 2)
                    if 0 <= r < height and 0 <= c < width and 0 <= o_r < height and 0 <= o_c < width:
                        first, second = depth[r, c], depth[o_r, o_c]
                        if not (np.isfinite(first) and np.isfinite(second)):
                            continue  # a silhouette is no crease
                        first = min(max(here - first, -0.06), 0.06)
                        second = min(max(here - second, -0.06), 0.06)
                        rise = 0.5 * (first + second) / (metres * reach * ring / 2)
                        if rise > 0:
                            hidden += min(rise, 1.0)
            out[row, column] = 1 - strength * min(hidden / 8.0, 1.0)
    return out


def occlusion(depth: np.ndarray, reach: float, metres: float, strength: float = 0.75) -> np.ndarray:
    """Ambient light that reaches each pixel (H, W) in [0, 1], from concavities of the depth picture.

    Args:
        depth: (H, W) float32, infinity on the background.
        reach: radius of the taps in pixels.
        metres: metres per pixel at the person's distance.
        strength: darkening of the deepest creases.
    """
    return _occlusion(depth, reach, metres, strength)


@compiled
def _relief(
    place: np.ndarray, group: np.ndarray, position: np.ndarray, normal: np.ndarray, height: np.ndarray, out: np.ndarray
) -> None:  # pragma: no cover - compiled
    rows, columns = place.shape
    for row in range(rows - 1):
        for column in range(columns - 1):
            i = place[row, column]
            if i < 0:
                continue
            right, below = place[row, column + 1], place[row + 1, column]
            if right < 0 or below < 0 or group[right] != group[i] or group[below] != group[i]:
                continue
            dx, dy = height[right] - height[i], height[below] - height[i]
            ax, ay, az = (
                position[right, 0] - position[i, 0],
                position[right, 1] - position[i, 1],
                position[right, 2] - position[i, 2],
            )
            bx, by, bz = (
                position[below, 0] - position[i, 0],
                position[below, 1] - position[i, 1],
                position[below, 2] - position[i, 2],
            )
            nx, ny, nz = normal[i]
            px, py, pz = by * nz - bz * ny, bz * nx - bx * nz, bx * ny - by * nx
            qx, qy, qz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
            det = ax * px + ay * py + az * pz
            if abs(det) < 1e-12:
                continue
            sign = 1.0 if det > 0 else -1.0
            det = abs(det)
            tx = det * nx - sign * (dx * px + dy * qx)
            ty = det * ny - sign * (dx * py + dy * qy)
            tz = det * nz - sign * (dx * pz + dy * qz)
            length = np.sqrt(tx * tx + ty * ty + tz * tz)
            if length > 0:
                out[i, 0], out[i, 1], out[i, 2] = tx / length, ty / length, tz / length


def relief(
    place: np.ndarray, group: np.ndarray, position: np.ndarray, normal: np.ndarray, height: np.ndarray
) -> np.ndarray:
    """Normals (k, 3) tilted by the screen-space slope of a height field (k,) in metres, within each material (2).

    Args:
        place: (H, W) int32, row of each pixel in the other arrays, -1 for none (see `raster.gather`).
        group: (k,) uint8 material.
        position: (k, 3) float32 world positions.
        normal: (k, 3) float32 unit normals.
        height: (k,) float32.
    """
    out = normal.copy()
    _relief(place, group, position, normal, height, out)
    return out


@compiled_fast
def _shade(
    albedo: np.ndarray,
    normal: np.ndarray,
    toward_eye: np.ndarray,
    roughness: np.ndarray,
    lit: np.ndarray,
    ambient: np.ndarray,
    key: np.ndarray,
    fill: np.ndarray,
    kc: np.ndarray,
    fc: np.ndarray,
    sky: np.ndarray,
    floor: np.ndarray,
) -> np.ndarray:  # pragma: no cover
    out = np.empty_like(albedo)
    for i in range(albedo.shape[0]):
        nx, ny, nz = normal[i]
        ex, ey, ez = toward_eye[i]
        facing = nx * ex + ny * ey + nz * ez
        if facing < 0:  # cloth seen from its inner side
            nx, ny, nz, facing = -nx, -ny, -nz, -facing
        k = nx * key[0] + ny * key[1] + nz * key[2]
        f = nx * fill[0] + ny * fill[1] + nz * fill[2]
        rough = roughness[i]
        wrap = 0.18
        diffuse = max((k + wrap) / (1 + wrap), 0.0)
        # in a cast shadow the wrapped light goes as well, but a large softbox never leaves it black
        diffuse *= 0.22 + 0.78 * lit[i]
        soft = max((f + 0.4) / 1.4, 0.0)
        up = 0.5 + 0.5 * ny
        hx, hy, hz = key[0] + ex, key[1] + ey, key[2] + ez
        half = max((nx * hx + ny * hy + nz * hz) / np.sqrt(hx * hx + hy * hy + hz * hz), 0.0)
        power = 2.0 / max(rough**4, 1e-3) - 1.0
        power = min(max(power, 2.0), 200.0)
        gloss = (1 - rough) ** 1.5 * 0.35 * half**power * (k > 0) * lit[i]
        rim = (1 - facing) ** 4 * 0.08 * (1 - 0.5 * rough)
        for c in range(3):
            light = kc[c] * diffuse + (fc[c] * soft + (sky[c] * up + floor[c] * (1 - up))) * ambient[i]
            out[i, c] = albedo[i, c] * light + gloss * kc[c] + rim * sky[c] * ambient[i]
    return out


def shade(
    studio: Studio,
    albedo: np.ndarray,
    normal: np.ndarray,
    toward_eye: np.ndarray,
    roughness: np.ndarray,
    lit: np.ndarray,
    ambient: np.ndarray,
) -> np.ndarray:
    """Light that k seen points send to the camera: (k, 3) float32 linear.

    Args:
        studio: the lights.
        albedo: (k, 3) linear RGB.
        normal: (k, 3) unit, either side.
        toward_eye: (k, 3) unit.
        roughness: (k,) 0 glossy to 1 matt.
        lit: (k,) share of the key light.
        ambient: (k,) share of the ambient light.
    """
    return _shade(
        albedo, normal, toward_eye, roughness, lit, ambient,
        studio.key, studio.fill, studio.key_colour, studio.fill_colour, studio.sky_colour, studio.floor_colour,
    )  # fmt: skip


@compiled
def _compose(place: np.ndarray, colours: np.ndarray, room: np.ndarray) -> np.ndarray:  # pragma: no cover - compiled
    size = room.shape[0]
    out = np.empty_like(room)
    for row in range(size):
        for column in range(size):
            for c in range(3):
                total = np.float32(0)
                for k in range(4):
                    i = place[2 * row + k // 2, 2 * column + k % 2]
                    total += colours[i, c] if i >= 0 else room[row, column, c]
                out[row, column, c] = 0.25 * total
    return out


def compose(place: np.ndarray, colours: np.ndarray, room: np.ndarray) -> np.ndarray:
    """The person before the room: (S, S, 3) float32, each pixel the mean of its 2 x 2 samples.

    Args:
        place: (2S, 2S) int32, row of each sample in `colours`, -1 where the room shows.
        colours: (k, 3) float32.
        room: (S, S, 3) float32.
    """
    return _compose(place, colours, room)


def develop(light: np.ndarray, studio: Studio) -> np.ndarray:
    """Linear light (S, S, 3) to an sRGB photo uint8, with a slight shoulder, toe and grain."""
    x = np.maximum(light, 0)
    x = np.where(x > 0.72, 1 - 0.28 * np.exp(-(x - 0.72) / 0.28), x)  # highlights roll off instead of clipping
    srgb = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-8), 1 / 2.4) - 0.055)
    srgb = srgb + 0.06 * (srgb - srgb * srgb) * (2 * srgb - 1)
    noise = np.random.Generator(np.random.PCG64(studio.seed)).standard_normal(light.shape[:2], np.float32)
    srgb = srgb + studio.grain * noise[:, :, None]
    return np.clip(np.round(srgb * 255), 0, 255).astype(np.uint8)
