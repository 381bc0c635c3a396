"""The studio that a person stands in: lights, paper background, and the shadow on the floor.

Colours are linear RGB. Directions are unit vectors in world space that point towards the light.
"""

from dataclasses import dataclass

import numpy as np

from tf_tryon.data.studio.camera import Camera
from tf_tryon.data.studio.compiled import compiled


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
    contrast = rng.uniform(0.8, 1.15)
    tone = rng.random()
    if tone < 0.6:
        level, tint = rng.uniform(0.86, 1.02), 0.012  # nearly white
    elif tone < 0.85:
        level, tint = rng.uniform(0.5, 0.8), 0.02  # grey
    else:
        level, tint = rng.uniform(0.66, 0.86), 0.055  # pastel
    paper = level * (1 + tint * rng.standard_normal(3))
    floor = paper * rng.uniform(0.93, 1.02)
    return Studio(
        key=towards(side * rng.uniform(0.25, 0.95), rng.uniform(0.55, 0.95)),
        fill=towards(-side * rng.uniform(0.5, 1.1), rng.uniform(0.1, 0.5)),
        key_colour=(0.98 * contrast * warm).astype(np.float32),
        fill_colour=(rng.uniform(0.12, 0.28) * cool).astype(np.float32),
        sky_colour=(rng.uniform(0.34, 0.45) * cool).astype(np.float32),
        floor_colour=(rng.uniform(0.16, 0.27) * np.clip(paper, 0, 1) / level).astype(np.float32),
        paper=np.clip(np.stack([paper, floor]), 0.02, 1.05).astype(np.float32),
        horizon=float(rng.uniform(0.78, 0.88)),
        vignette=float(rng.uniform(0.02, 0.14)),
        contact=float(rng.uniform(0.35, 0.65)),
        grain=float(rng.uniform(0.002, 0.007)),
        seed=int(rng.integers(2**31)),
    )


def backdrop(studio: Studio, size: int) -> np.ndarray:
    """The paper without a person: (size, size, 3) float32 linear, bent from wall to floor, with vignette."""
    line = (np.arange(size, dtype=np.float32) + 0.5) / size
    bend = 1 / (1 + np.exp(-(line - studio.horizon) / 0.035))
    glow = 1 - 0.12 * np.square(np.clip(line - 0.45, -0.5, 0.5) * 2)
    rows = (studio.paper[0] + (studio.paper[1] - studio.paper[0]) * bend[:, None]) * glow[:, None]
    away = np.square(line[:, None] - 0.5) + np.square(line[None, :] - 0.5)
    return (rows[:, None, :] * (1 - studio.vignette * 2 * away)[:, :, None]).astype(np.float32)


@compiled
def _blur(image: np.ndarray, radius: int) -> np.ndarray:  # pragma: no cover - compiled
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


def floor_shadow(posed: np.ndarray, camera: Camera, studio: Studio, size: int) -> np.ndarray:
    """Share of light that the floor keeps beside the shoes: (size, size) float32, 1 where there is no shadow."""
    low = posed[posed[:, 1] < 0.35]
    weight = np.exp(-low[:, 1] / 0.07).astype(np.float32)
    # a shadow slides away from the key light as its caster rises
    slide = -studio.key[[0, 2]] / max(float(studio.key[1]), 0.3)
    spot = low[:, [0, 2]] + low[:, 1:2] * slide
    cells, span = 96, 2.4
    middle = np.array([np.median(posed[:, 0]), np.median(posed[:, 2])], np.float32)
    grid = ((spot - middle) / span + 0.5) * cells
    inside = ((grid >= 0) & (grid < cells)).all(1)
    column, row = grid[inside].astype(int).T
    density = np.bincount(row * cells + column, weight[inside], minlength=cells * cells).reshape(cells, cells)
    density = np.minimum(density / max(np.percentile(density[density > 0], 60), 1e-6), 1).astype(np.float32)
    dark = 0.65 * blur(density, 1) + 0.9 * blur(density, 4)
    # every pixel's ray meets the floor somewhere, if it looks down at all
    line = (np.arange(size, dtype=np.float32) + 0.5) / size
    right, down = (line - camera.centre[0]) / camera.focal, (line - camera.centre[1]) / camera.focal
    c, s = np.cos(camera.pitch), np.sin(camera.pitch)
    fall, ahead = -(c * down + s), -(c - s * down)
    with np.errstate(divide="ignore"):
        reach = np.where(fall < -1e-3, -camera.eye[1] / np.minimum(fall, -1e-3), 0)
    x = camera.eye[0] + reach[:, None] * right[None, :]
    z = np.broadcast_to((camera.eye[2] + reach * ahead)[:, None], x.shape)
    gx, gz = ((x - middle[0]) / span + 0.5) * cells - 0.5, ((z - middle[1]) / span + 0.5) * cells - 0.5
    ok = (gx >= 0) & (gx < cells - 1) & (gz >= 0) & (gz < cells - 1) & (reach[:, None] > 0)
    ix, iz = np.clip(gx, 0, cells - 2).astype(int), np.clip(gz, 0, cells - 2).astype(int)
    fx, fz = np.clip(gx - ix, 0, 1), np.clip(gz - iz, 0, 1)
    sample = (dark[iz, ix] * (1 - fx) + dark[iz, ix + 1] * fx) * (1 - fz)
    sample += (dark[iz + 1, ix] * (1 - fx) + dark[iz + 1, ix + 1] * fx) * fz
    return (1 - np.clip(studio.contact * np.where(ok, sample, 0), 0, 0.85)).astype(np.float32)
