"""Cloth cut from a photo, as a material of the renderer: the swatch repeats over the garment's pattern coordinates."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.motif import noise


@dataclasses.dataclass(frozen=True)
class FabricCloth:
    """A material (`mesh.Material`).

    Attributes:
        linear: (h, w, 3) float32 linear RGB, repeats in both directions; its top is the cloth's top.
        metres: width of one of its pixels.
        shift: place of the pattern coordinates' origin on it, in repeats (u, v).
        roughness: 0 glossy to 1 matt.
        seed: of the grain.
    """

    linear: np.ndarray
    metres: float
    shift: tuple[float, float]
    roughness: float
    seed: int

    def at(self, footprint: float) -> FabricCloth:
        """The cloth as pixels of `footprint` metres see it: detail that is finer is averaged instead of aliasing."""
        ratio = footprint / self.metres
        if ratio <= 1.0:
            return self
        # A Gaussian whose variance, with that of the swatch's own pixels, is the wider pixel's.
        width = float(np.sqrt((ratio**2 - 1) / 12))
        return dataclasses.replace(self, linear=ndimage.gaussian_filter(self.linear, (width, width, 0), mode="wrap"))

    def albedo(self, uv: np.ndarray, position: np.ndarray) -> np.ndarray:
        """uv (k, 2) -> (k, 3) float32 linear RGB in [0, 1]; the position is not used."""
        del position
        height, width = self.linear.shape[:2]
        x = uv[:, 0] / self.metres + self.shift[0] * width
        y = self.shift[1] * height - uv[:, 1] / self.metres
        return _sampled(self.linear, x.astype(np.float32), y.astype(np.float32))

    def bump(self, uv: np.ndarray) -> np.ndarray:
        """uv (k, 2) -> (k,) metres: the grain that computed cloth has."""
        return 0.0003 * noise(np.ascontiguousarray(uv, np.float32), 0.012, self.seed)


@compiled
def _weights(t: float, out: np.ndarray) -> None:  # pragma: no cover - compiled
    """Catmull and Rom's cubic through four neighbours, `t` of the way between the middle two."""
    out[0] = 0.5 * t * (-1 + t * (2 - t))
    out[1] = 0.5 * (2 + t * t * (-5 + 3 * t))
    out[2] = 0.5 * t * (1 + t * (4 - 3 * t))
    out[3] = 0.5 * t * t * (t - 1)


@compiled
def _sampled(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:  # pragma: no cover - compiled
    """(k, 3) of a repeating picture (h, w, 3) at pixel coordinates x, y (k,), whole at the pixels' middles."""
    height, width = image.shape[:2]
    out = np.empty((len(x), 3), np.float32)
    across, down = np.empty(4, np.float32), np.empty(4, np.float32)
    for k in range(len(x)):
        column, row = int(np.floor(x[k])), int(np.floor(y[k]))
        _weights(x[k] - column, across)
        _weights(y[k] - row, down)
        for c in range(3):
            total = np.float32(0)
            for j in range(4):
                line = (row + j - 1) % height
                part = np.float32(0)
                for i in range(4):
                    part += across[i] * image[line, (column + i - 1) % width, c]
                total += down[j] * part
            out[k, c] = min(max(total, np.float32(0)), np.float32(1))
    return out
