"""Noise and scattered motifs on the plane, compiled with numba: the raw material of `pattern.Material`.

Everything is a function of the coordinates and a seed through an integer hash, so it has no state and no seams.
Coordinates are in metres, float32; `footprint` is the size of a pixel on the cloth in metres and smooths edges.
"""

from typing import Any, Final

import numpy as np

from tf_tryon.data.studio.compiled import compiled

DOT: Final = 0
BLOB: Final = 1
FLORAL: Final = 2
LEAF: Final = 3
DIAMOND: Final = 4
MOTIFS: Final = {"dot": DOT, "blob": BLOB, "floral": FLORAL, "leaf": LEAF, "diamond": DIAMOND}


@compiled
def _hash(i: int, j: int, seed: int) -> np.uint32:
    h = (
        np.uint32(i) * np.uint32(0x9E3779B1)
        ^ np.uint32(j) * np.uint32(0x85EBCA77)
        ^ np.uint32(seed) * np.uint32(0xC2B2AE3D)
    )
    h = np.uint32(h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h = np.uint32(h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
    return np.uint32(h ^ (h >> np.uint32(15)))


@compiled
def _unit(i: int, j: int, seed: int) -> Any:
    return np.float32(_hash(i, j, seed)) * np.float32(1.0 / 4294967296.0)


@compiled
def noise(uv: np.ndarray, scale: float, seed: int) -> np.ndarray:
    """Smooth value noise.

    Args:
        uv: (k, 2) float32.
        scale: distance between the lattice's values, in the coordinates' unit.
        seed: any integer.

    Returns:
        (k,) float32 in [-1, 1].
    """
    out = np.empty(uv.shape[0], np.float32)
    for k in range(uv.shape[0]):
        x, y = uv[k, 0] / scale, uv[k, 1] / scale
        i, j = int(np.floor(x)), int(np.floor(y))
        fx, fy = x - i, y - j
        fx = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
        fy = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
        low = _unit(i, j, seed) * (1 - fx) + _unit(i + 1, j, seed) * fx
        high = _unit(i, j + 1, seed) * (1 - fx) + _unit(i + 1, j + 1, seed) * fx
        out[k] = 2 * (low * (1 - fy) + high * fy) - 1
    return out


@compiled
def _inside(motif: int, x: float, y: float, radius: float, phase: float) -> tuple[Any, Any]:
    """Signed distance (about; negative inside) to a motif's edge and to its inner part's edge."""
    d = np.sqrt(x * x + y * y)
    if motif == DOT:
        return d - radius, np.float32(1.0)
    if motif == BLOB:
        angle = np.arctan2(y, x)
        edge = radius * (1 + 0.28 * np.sin(3 * angle + phase) + 0.2 * np.sin(2 * angle - 2 * phase))
        return d - edge, np.float32(1.0)
    if motif == FLORAL:
        angle = np.arctan2(y, x)
        edge = radius * (0.62 + 0.38 * np.abs(np.cos(2.5 * angle)))
        return d - edge, d - 0.28 * radius
    if motif == LEAF:
        along = x / radius
        edge = 0.36 * radius * (1 - along * along) if abs(along) < 1 else radius * (1 - abs(along))
        return abs(y) - edge, max(abs(y) - 0.05 * radius, abs(x) - 0.8 * radius)
    return (abs(x) + 0.62 * abs(y) - radius) * np.float32(0.8), np.float32(1.0)


@compiled
def scatter(
    uv: np.ndarray, footprint: np.ndarray, period: float, size: float, jitter: float, motif: int, inks: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Motifs on a staggered grid.

    Args:
        uv: (k, 2) float32.
        footprint: (k,) float32, metres per pixel: the width over which edges are smoothed.
        period: the grid's step.
        size: a motif's radius over the period, about 0.15 to 0.6.
        jitter: 0 regular; 1 moves, turns and scales each motif freely.
        motif: one of `MOTIFS`' values.
        inks: how many colours the motifs share.
        seed: any integer.

    Returns:
        cover (k,) float32 in [0, 1], inner part's cover (k,) float32, and the ink's number (k,) int32 in [0, inks).
    """
    count = uv.shape[0]
    cover = np.zeros(count, np.float32)
    inner = np.zeros(count, np.float32)
    ink = np.zeros(count, np.int32)
    for k in range(count):
        soft = max(footprint[k], np.float32(0.001))
        row0 = int(np.floor(uv[k, 1] / period))
        best = 0.0
        for row in range(row0 - 1, row0 + 2):
            shift = 0.5 * (row & 1)
            column0 = int(np.floor(uv[k, 0] / period - shift))
            for column in range(column0 - 1, column0 + 2):
                px = (column + 0.5 + shift + 0.5 * jitter * (_unit(column, row, seed) - 0.5)) * period
                py = (row + 0.5 + 0.5 * jitter * (_unit(column, row, seed + 1) - 0.5)) * period
                dx, dy = uv[k, 0] - px, uv[k, 1] - py
                radius = size * period * (1 + 0.5 * jitter * (_unit(column, row, seed + 2) - 0.5))
                if dx * dx + dy * dy > (1.5 * radius + soft) ** 2:
                    continue
                turn = 6.2831853 * jitter * _unit(column, row, seed + 3)
                c, s = np.cos(turn), np.sin(turn)
                edge, core = _inside(motif, c * dx + s * dy, c * dy - s * dx, radius, turn)
                here = min(max(0.5 - edge / soft, 0.0), 1.0)
                if here > best:
                    best = here
                    inner[k] = here * min(max(0.5 - core / soft, 0.0), 1.0)
                    ink[k] = int(_hash(column, row, seed + 4) % np.uint32(inks))
        cover[k] = best
    return cover, inner, ink
