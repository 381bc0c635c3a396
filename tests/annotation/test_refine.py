"""From coarse probabilities to sharp labels."""

import importlib.util

import numpy as np
import pytest

from tf_tryon.annotation import refine

needs_cv2 = pytest.mark.skipif(
    not importlib.util.find_spec("cv2"), reason="needs OpenCV, which the extra [photos] brings"
)


def _scene(size: int = 96, shift: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Photo, true labels, and probabilities whose edges are blurred and displaced by `shift` pixels."""
    rng = np.random.default_rng(0)
    labels = np.zeros((size, size), np.uint8)
    labels[16:48, 32:64], labels[48:88, 32:64] = 5, 9
    photo = np.array([(200, 200, 200), (180, 30, 40), (20, 40, 120)], np.uint8)[np.searchsorted([0, 5, 9], labels)]
    photo = np.clip(photo.astype(int) + rng.integers(-6, 7, photo.shape), 0, 255).astype(np.uint8)
    coarse = np.eye(20, dtype=np.float32)[np.roll(labels, shift, axis=(0, 1))]
    blurred = coarse[::4, ::4] * 0.9 + 0.005
    return photo, labels, blurred / blurred.sum(-1, keepdims=True)


@needs_cv2
def test_outlines_follow_the_photo():
    photo, labels, coarse = _scene()
    refined, _ = refine.refine(photo, coarse, None, None)
    plain = np.argmax(refine._enlarged(coarse, (96, 96)), -1)
    assert (plain == labels).mean() < 0.97
    assert (refined == labels).mean() > (plain == labels).mean() + 0.01


def test_the_mask_decides_where_the_network_cannot():
    photo, _, coarse = _scene()
    unsure = np.full_like(coarse, 0.01)
    unsure[..., 0], unsure[..., 5] = 0.45, 0.37
    mask = np.zeros((96, 96), np.float32)
    mask[30:60, 30:60] = 1
    refined, p = refine.refine(photo, unsure, mask, None)
    assert (refined[35:55, 35:55] == 5).all()
    assert (refined[:25] == 0).all()
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-4)


def test_no_shoes_above_the_hips():
    keypoints = np.zeros((18, 3), np.float32)
    keypoints[1], keypoints[8], keypoints[11] = (20, 8, 1), (18, 20, 1), (22, 20, 1)
    p = np.full((40, 40, 20), 0.01, np.float32)
    p[..., 18], p[..., 5] = 0.5, 0.3
    best = np.argmax(refine._possible(p, keypoints), -1)
    assert (best[:16] == 5).all()
    assert (best[24:] == 18).all()
    np.testing.assert_array_equal(refine._possible(p, np.zeros((18, 3), np.float32)), p)


def test_no_trousers_at_the_neck_of_somebody_whose_hips_are_cut_off():
    keypoints = np.zeros((18, 3), np.float32)
    keypoints[0], keypoints[1] = (10, 6, 1), (10, 10, 1)
    p = np.zeros((20, 20, 20), np.float32)
    p[..., 9], p[..., 13] = 0.9, 0.1
    best = np.argmax(refine._possible(p, keypoints), -1)
    assert (best[:12] == 13).all()
    assert (best[13:] == 9).all()


def test_specks_take_what_is_around_them():
    labels = np.zeros((20, 20), np.uint8)
    labels[5:15, 5:15] = 5
    labels[9, 9] = 18
    labels[1, 1] = 5
    clean = refine.without_specks(labels, 3)
    assert clean[9, 9] == 5
    assert clean[1, 1] == 0
    assert (clean == 5).sum() == 100
