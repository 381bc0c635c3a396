"""Energies in closed form, and what moves the distance of two cloths."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.losses.texture_statistics import FILTERS, LEVELS, distance, energies

SIDE = 96
MASK = tf.ones((1, SIDE, SIDE, 1))


def _picture(values: np.ndarray) -> tf.Tensor:
    return tf.constant(values[None, ..., None].astype(np.float32))


def _weave(amplitude: float) -> np.ndarray:
    """Threads of two pixels."""
    return amplitude * np.where(np.arange(SIDE) // 2 % 2, 1.0, -1.0)[None] * np.ones((SIDE, 1))


def test_the_filters_are_orthonormal_and_see_no_slope() -> None:
    flat = FILTERS.reshape(9, 6)
    np.testing.assert_allclose(flat.T @ flat, np.eye(6), atol=1e-6)
    y, x = np.indices((3, 3))
    for plane in (np.ones((3, 3)), y, x):
        np.testing.assert_allclose(flat.T @ plane.ravel(), 0, atol=1e-6)


@pytest.mark.parametrize("level", LEVELS)
def test_noise_has_its_variance_and_its_mean_magnitude_in_each_filter(level: int) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (8, SIDE // level, SIDE // level, 1)).astype(np.float32)
    noise = tf.constant(noise.repeat(level, 1).repeat(level, 2))
    made, counted = energies(noise, tf.ones_like(noise), level)
    assert counted.numpy().all()
    normal = [0.01] * 6 + [0.01 * 2 / np.pi] * 6  # of Gaussian noise
    np.testing.assert_allclose(made.numpy().mean(axis=(0, 1, 2)), normal, rtol=0.2)


def test_a_checkerboards_energies() -> None:
    y, x = np.indices((SIDE, SIDE))
    made, _ = energies(_picture(0.1 * (-1.0) ** (y + x)), MASK, 1)
    rows = 1 / 3**0.5, 0, 4 / 6**0.5  # what the three rows of the basis make of 1, -1, 1
    seen = [(0.1 * rows[i] * rows[j]) ** 2 for i in range(3) for j in range(3) if i + j >= 2]
    np.testing.assert_allclose(made.numpy(), np.broadcast_to(2 * seen, made.shape), rtol=1e-4, atol=1e-9)


def test_specks_are_no_even_cloth() -> None:
    draw = np.random.default_rng(0)
    even = draw.choice([-0.1, 0.1], (SIDE, SIDE))
    specks = np.where(draw.random((SIDE, SIDE)) < 0.04, 5 * even, 0)  # of the same energy
    (first, _), (second, _) = (energies(_picture(values), MASK, 1) for values in (even, specks))
    ratios = second.numpy().mean(axis=(0, 1, 2)) / first.numpy().mean(axis=(0, 1, 2))
    np.testing.assert_allclose(ratios[:6], 1, atol=0.3)
    assert ratios[6:].max() < 0.5


def test_where_threads_lie_is_next_to_nothing() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (SIDE, SIDE))
    moved, stronger = np.roll(noise, (5, 3), (0, 1)), 2 * noise
    near, far = (float(distance(_picture(noise), _picture(other), MASK)) for other in (moved, stronger))
    assert near < 0.4 * far


def test_twice_as_strong_is_four_times_the_energy() -> None:
    faint, strong = (energies(_picture(_weave(amplitude)), MASK, 1)[0].numpy() for amplitude in (0.1, 0.2))
    seen = faint > 1e-5
    assert seen.any()
    np.testing.assert_allclose(strong[seen], 4 * faint[seen], rtol=1e-3)


def test_too_faint_is_dearer_than_too_strong() -> None:
    """By q / (1 - q), which makes the quantile q the best guess."""
    faint, strong = _picture(_weave(0.1)), _picture(_weave(0.2))
    assert float(distance(faint, strong, MASK) / distance(strong, faint, MASK)) == pytest.approx(0.6 / 0.4, rel=1e-3)


def test_outside_of_the_cloth_nothing_counts() -> None:
    mask = np.zeros((SIDE, SIDE))
    mask[:, : SIDE // 2] = 1
    loud = _weave(0.05)
    loud[:, SIDE // 2 :] = np.random.default_rng(0).uniform(-1, 1, (SIDE, SIDE // 2))
    assert float(distance(_picture(loud), _picture(_weave(0.05)), _picture(mask))) == pytest.approx(0, abs=1e-6)
    assert float(distance(_picture(loud), _picture(_weave(0.05)), 0 * MASK)) == 0


def test_the_goal_gets_no_gradient() -> None:
    made, goal = tf.Variable(_picture(_weave(0.1))), tf.Variable(_picture(_weave(0.2)))
    with tf.GradientTape() as tape:
        loss = distance(made, goal, MASK)
    first, second = tape.gradient(loss, [made, goal])
    assert float(tf.reduce_max(tf.abs(first))) > 0
    assert second is None
