"""A photo studio: key, fill and ambient light with soft shadows, paper background, tone curve.

All light is linear RGB until `develop`. Directions are unit vectors in world space that point towards the light.

(1) J. Blinn, Models of light reflection for computer synthesized pictures, 1977 (the gloss).
(2) M. Mikkelsen, Bump mapping unparametrized surfaces on the GPU, 2010 (relief from screen-space derivatives).
"""

from dataclasses import dataclass

import numpy as np

from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.raster import rasterise

SHADOW_SIZE = 320


@dataclass(frozen=True)
class Studio:
    """Light and background of one picture.

    Attributes:
        key, fill: (3,) float32 directions.
        key_colour, fill_colour, sky_colour, floor_colour: (3,) float32 intensities.
        paper: (2, 3) float32, background at the top and at the floor.
        horizon: row of the paper's bend as a share of the height.
        vignette: darkening of the corners.
        contact: strength of the shadow on the floor.
        grain: standard deviation of the sensor's noise in sRGB units.
        seed: seed of the grain.
    """

    key: np.ndarray
    fill: np.ndarray
    key_colour: np.ndarray
    fill_colour: np.ndarray
    sky_colour: np.ndarray
    floor_colour: np.ndarray
    paper: np.ndarray
    horizon: float
    vignette: float
    contact: float
    grain: float
    seed: int


def sample_studio(rng: np.random.Generator) -> Studio:
    """A random studio: key from the upper left or right, softer fill from the other side, pale paper."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def towards(azimuth: float, elevation: float) -> np.ndarray:
        c = np.cos(elevation)
        return np.array([c * np.sin(azimuth), np.sin(elevation), c * np.cos(azimuth)], np.float32)

    warmth = rng.normal(0, 0.035)
    warm = np.array([1 + warmth, 1.0, 1 - warmth], np.float32)
    cool = np.array([1 - 0.5 * warmth, 1.0, 1 + 0.5 * warmth], np.float32)
    contrast = rng.uniform(0.75, 1.15)
    tone = rng.random()
    if tone < 0.5:
        level, tint = rng.uniform(0.84, 0.97), 0.012  # nearly white
    elif tone < 0.8:
        level, tint = rng.uniform(0.5, 0.8), 0.02  # grey
    else:
        level, tint = rng.uniform(0.6, 0.82), 0.09  # pastel
    paper = level * (1 + tint * rng.standard_normal(3))
    floor = paper * rng.uniform(0.93, 1.02)
    return Studio(
        key=towards(side * rng.uniform(0.25, 0.95), rng.uniform(0.55, 0.95)),
        fill=towards(-side * rng.uniform(0.5, 1.1), rng.uniform(0.1, 0.5)),
        key_colour=(0.82 * contrast * warm).astype(np.float32),
        fill_colour=(rng.uniform(0.16, 0.34) * cool).astype(np.float32),
        sky_colour=(rng.uniform(0.42, 0.54) * cool).astype(np.float32),
        floor_colour=(rng.uniform(0.2, 0.32) * np.clip(paper, 0, 1) / level).astype(np.float32),
        paper=np.clip(np.stack([paper, floor]), 0.02, 0.98).astype(np.float32),
        horizon=float(rng.uniform(0.78, 0.88)),
        vignette=float(rng.uniform(0.02, 0.14)),
        contact=float(rng.uniform(0.35, 0.65)),
        grain=float(rng.uniform(0.002, 0.007)),
        seed=int(rng.integers(2**31)),
    )


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
def _lit(view, shadow_depth, bias):  # pragma: no cover - compiled
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
def _blur(image, radius):  # pragma: no cover - compiled
    """Mean over a square window of 2 * radius + 1, edges repeated, by running sums."""
    height, width = image.shape
    middle = np.empty_like(image)
    out = np.empty_like(image)
    scale = 1.0 / (2 * radius + 1)
    for row in range(height):
        total = 0.0
        for k in range(-radius, radius + 1):
            total += image[row, min(max(k, 0), width - 1)]
        for column in range(width):
            middle[row, column] = total * scale
            total += image[row, min(column + radius + 1, width - 1)] - image[row, max(column - radius, 0)]
    for column in range(width):
        total = 0.0
        for k in range(-radius, radius + 1):
            total += middle[min(max(k, 0), height - 1), column]
        for row in range(height):
            out[row, column] = total * scale
            total += middle[min(row + radius + 1, height - 1), column] - middle[max(row - radius, 0), column]
    return out


def blur(image: np.ndarray, radius: int, times: int = 2) -> np.ndarray:
    """(H, W) float32 smoothed by `times` box filters."""
    for _ in range(times):
        image = _blur(np.ascontiguousarray(image, np.float32), radius)
    return image


@compiled
def _occlusion(depth, reach, metres, strength):  # pragma: no cover - compiled
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
def _relief(owner, group, position, normal, height_map, out):  # pragma: no cover - compiled
    """Tilts normals by the screen-space slope of a height field, within one material (2)."""
    rows, columns = owner.shape
    for row in range(rows - 1):
        for column in range(columns - 1):
            if owner[row, column] < 0:
                continue
            g = group[row, column]
            if group[row, column + 1] != g or group[row + 1, column] != g:
                continue
            h = height_map[row, column]
            dx = height_map[row, column + 1] - h
            dy = height_map[row + 1, column] - h
            px = position[row, column + 1] - position[row, column]
            py = position[row + 1, column] - position[row, column]
            n = normal[row, column]
            r1 = np.array([py[1] * n[2] - py[2] * n[1], py[2] * n[0] - py[0] * n[2], py[0] * n[1] - py[1] * n[0]])
            r2 = np.array([n[1] * px[2] - n[2] * px[1], n[2] * px[0] - n[0] * px[2], n[0] * px[1] - n[1] * px[0]])
            det = px[0] * r1[0] + px[1] * r1[1] + px[2] * r1[2]
            if abs(det) < 1e-12:
                continue
            limit = abs(det)
            sign = 1.0 if det > 0 else -1.0
            tilted = limit * n - sign * (dx * r1 + dy * r2)
            length = np.sqrt(tilted[0] ** 2 + tilted[1] ** 2 + tilted[2] ** 2)
            if length > 0:
                out[row, column] = tilted / length


def relief(
    owner: np.ndarray, group: np.ndarray, position: np.ndarray, normal: np.ndarray, height: np.ndarray
) -> np.ndarray:
    """Normals (H, W, 3) tilted by the height field (H, W) in metres; `group` keeps materials apart."""
    out = normal.copy()
    _relief(owner, group, position, normal, height, out)
    return out


@compiled(fastmath=True)
def _shade(albedo, normal, toward_eye, roughness, lit, ambient, key, fill, kc, fc, sky, floor):  # pragma: no cover
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


def backdrop(studio: Studio, size: int) -> np.ndarray:
    """The paper without a person: (size, size, 3) float32 linear, bent from wall to floor, with vignette."""
    line = (np.arange(size, dtype=np.float32) + 0.5) / size
    bend = 1 / (1 + np.exp(-(line - studio.horizon) / 0.035))
    glow = 1 - 0.12 * np.square(np.clip(line - 0.45, -0.5, 0.5) * 2)
    rows = (studio.paper[0] + (studio.paper[1] - studio.paper[0]) * bend[:, None]) * glow[:, None]
    away = np.square(line[:, None] - 0.5) + np.square(line[None, :] - 0.5)
    return (rows[:, None, :] * (1 - studio.vignette * 2 * away)[:, :, None]).astype(np.float32)


def develop(light: np.ndarray, studio: Studio) -> np.ndarray:
    """Linear light (S, S, 3) to an sRGB photo uint8, with a slight shoulder, toe and grain."""
    x = np.clip(light, 0, None)
    x = np.where(x > 0.75, 0.75 + 0.25 * (1 - np.exp(-(x - 0.75) / 0.25)), x)  # highlights roll off instead of clipping
    srgb = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-8), 1 / 2.4) - 0.055)
    srgb = srgb + 0.06 * (srgb - srgb * srgb) * (2 * srgb - 1)
    noise = np.random.Generator(np.random.PCG64(studio.seed)).standard_normal(light.shape[:2], np.float32)
    srgb = srgb + studio.grain * noise[:, :, None]
    return np.clip(np.round(srgb * 255), 0, 255).astype(np.uint8)
