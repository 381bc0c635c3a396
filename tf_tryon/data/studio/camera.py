"""A catalogue photographer's camera: square frame, long lens, the whole person from hair to shoes fills the height.

Camera space: x to the picture's right, y down, z away from the camera, in metres; pixels as (x, y), pixel centres at
half-integers.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """A pinhole that stands at `eye`, tilted by `pitch`, looking along -z of the world.

    Attributes:
        eye: (3,) world position.
        pitch: radians, positive looks down.
        focal: focal length in units of the picture's side.
        centre: (2,) principal point in units of the picture's side.
    """

    eye: tuple[float, float, float]
    pitch: float
    focal: float
    centre: tuple[float, float]

    def view(self, points: np.ndarray) -> np.ndarray:
        """World points (n, 3) -> camera space (n, 3) float32."""
        x, y, z = (points - np.asarray(self.eye, np.float32)).T
        c, s = np.float32(np.cos(self.pitch)), np.float32(np.sin(self.pitch))
        # looking along -z, tilted down: depth grows with -z and with -y
        return np.stack([x, -(c * y - s * z), -(c * z + s * y)], axis=1).astype(np.float32)

    def project(self, seen: np.ndarray, size: int) -> np.ndarray:
        """Camera space (n, 3) -> (n, 3) float32: pixel x, pixel y, depth."""
        scale = self.focal * size / seen[:, 2]
        return np.stack(
            [seen[:, 0] * scale + self.centre[0] * size, seen[:, 1] * scale + self.centre[1] * size, seen[:, 2]], axis=1
        ).astype(np.float32)


def sample_camera(rng: np.random.Generator, points: np.ndarray) -> Camera:
    """A camera that frames posed points (n, 3): the person takes 95 to 98 % of the height, rarely without the shins.

    Args:
        rng: source of randomness; the number of draws does not depend on the points.
        points: world positions of all that must be in the picture.
    """
    distance = rng.uniform(4.2, 6.5)
    height = rng.uniform(0.95, 1.35)
    fill = rng.uniform(0.955, 0.985)
    slide, lift = rng.uniform(-0.5, 0.5, 2)
    chance, share, tilt = rng.random(), rng.uniform(0.07, 0.2), rng.normal(0, 0.01)
    crop = share if chance < 0.05 else 0.0
    pitch = np.arctan2(height - 0.88, distance) + tilt
    middle = float((points[:, 0].min() + points[:, 0].max()) / 2)
    camera = Camera((middle, height, distance), float(pitch), 1.0, (0.0, 0.0))
    flat = camera.project(camera.view(points), 1)
    low, high = flat[:, :2].min(0), flat[:, :2].max(0)
    high[1] -= crop * (high[1] - low[1])
    focal = min(fill / (high[1] - low[1]), 0.96 / (high[0] - low[0]))
    spare = 1 - focal * (high - low)
    top = spare[1] * (0.5 + 0.3 * lift) if crop == 0.0 else 0.5 * spare[1]
    if crop:
        focal = min((1 - top) / (high[1] - low[1]), 0.96 / (high[0] - low[0]))
        spare = 1 - focal * (high - low)
    left = spare[0] * (0.5 + 0.12 * slide)
    return Camera(camera.eye, camera.pitch, float(focal), (float(left - focal * low[0]), float(top - focal * low[1])))
