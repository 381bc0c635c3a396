"""Creases: only on cloth, shallow, where cloth bends, and gone where pixels cannot show them."""

import numpy as np

from tf_tryon.data.studio.body import Template
from tf_tryon.data.studio.wrinkles import TROUSERS, wrinkle_height

TEMPLATE = Template.load()
PERSON = TEMPLATE.person(np.zeros(len(TEMPLATE.components)))


def around(joint: str, count: int = 4000) -> np.ndarray:
    spread = np.random.default_rng(0).normal(0, 0.03, (count, 3))
    return (PERSON.joints[TEMPLATE.bone(joint)] + spread).astype(np.float32)


def crease(points: np.ndarray, label: int, footprint: float = 0.002) -> np.ndarray:
    return wrinkle_height(points, np.full(len(points), label, np.uint8), TEMPLATE, PERSON, 3, footprint)


def test_skin_has_none_and_cloth_has_shallow_ones() -> None:
    knee = around("lowerleg01.L")
    assert not crease(knee, 16).any()
    height = crease(knee, TROUSERS)
    assert height.std() > 0.0005
    assert np.abs(height).max() < 0.03
    np.testing.assert_array_equal(height, crease(knee, TROUSERS))


def test_knees_crease_more_than_thighs_and_fine_creases_fade_at_coarse_pixels() -> None:
    knee = around("lowerleg01.L")
    thigh = knee + np.array([0, 0.22, 0], np.float32)
    fine = crease(knee, TROUSERS) - crease(knee, TROUSERS, footprint=0.05)
    smooth = crease(thigh, TROUSERS) - crease(thigh, TROUSERS, footprint=0.05)
    assert fine.std() > 3 * smooth.std()
