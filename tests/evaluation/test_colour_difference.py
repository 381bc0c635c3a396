"""CIEDE2000 against the published pairs (Sharma, Wu, Dalal 2005, table 1), among them those that sort out mistakes."""

import numpy as np
import pytest

from tf_tryon.evaluation.colour_difference import ciede2000, lab

PAIRS = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


def test_published_pairs_both_ways():
    first, second, wanted = (np.array(column) for column in zip(*PAIRS, strict=True))
    np.testing.assert_allclose(ciede2000(first, second), wanted, atol=1e-4)
    np.testing.assert_allclose(ciede2000(second, first), wanted, atol=1e-4)


def test_lab_of_srgb():
    assert lab(np.array([255, 255, 255], np.uint8)) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab(np.array([0, 0, 0], np.uint8)) == pytest.approx([0, 0, 0], abs=1e-6)
    assert lab(np.array([255, 0, 0], np.uint8)) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
