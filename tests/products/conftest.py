"""Photos of made-up products: a striped shirt on a grained ground."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


def shirt_mask(height: int, width: int) -> np.ndarray:
    """(h, w) bool: a trunk with two sleeves in the middle."""
    y, x = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    trunk = (abs(x - 0.5) < 0.18) & (y > 0.2) & (y < 0.85)
    sleeves = (abs(x - 0.5) < 0.36) & (y > 0.2) & (y < 0.4)
    return trunk | sleeves


@pytest.fixture(scope="session")
def shirt() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """(height, width, colour, ground, seed) -> photo (h, w, 3) uint8 and its mask; stripes across in steps of 8."""

    def make(height: int = 160, width: int = 120, **options: Any) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(options.get("seed", 0))
        mask = shirt_mask(height, width)
        photo = np.array(options.get("ground", (200, 196, 188))) + rng.normal(0, 4, (height, width, 3))
        stripe = np.where(np.arange(height) // 8 % 2, 1.0, 0.55)[:, None, None]
        cloth = np.array(options.get("colour", (190, 40, 50))) * stripe + rng.normal(0, 4, (height, width, 3))
        return np.clip(np.where(mask[..., None], cloth, photo), 0, 255).astype(np.uint8), mask

    return make
