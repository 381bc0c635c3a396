import numpy as np
import pytest

from tf_tryon.evaluation import outfit_metrics as metrics

RNG = np.random.default_rng(0)
CHANCES = RNG.dirichlet(np.full(6, 0.7), size=400)
CHANCES[:, 5] = 0
CHANCES /= CHANCES.sum(axis=1, keepdims=True)
PERFECT = np.stack([RNG.choice(6, 8, p=row) for row in CHANCES])
ALIKE = np.repeat(np.argmax(CHANCES, axis=1)[:, np.newaxis], 8, axis=1)


def test_draws_of_the_distribution_itself_are_as_good_as_can_be() -> None:
    ideal = metrics.ideal_coverage(CHANCES, 8)
    assert metrics.coverage(CHANCES, PERFECT).mean() == pytest.approx(ideal.mean(), abs=0.02)
    assert metrics.calibration_error(CHANCES, PERFECT) < 0.03
    assert metrics.marginal_error(CHANCES, PERFECT) < 0.03


def test_samples_that_are_all_alike_cover_little_and_are_not_calibrated() -> None:
    assert metrics.coverage(CHANCES, ALIKE).mean() < 0.6 * metrics.coverage(CHANCES, PERFECT).mean()
    assert metrics.calibration_error(CHANCES, ALIKE) > 0.1


def test_what_is_never_worn_is_impossible() -> None:
    assert not metrics.possible(CHANCES, np.full((400, 8), 5)).any()
    assert metrics.possible(CHANCES, PERFECT).mean() > 0.97
    assert (metrics.possible(CHANCES, ALIKE) == 1).all()


def test_the_floor_is_the_mean_over_all_other_people() -> None:
    chances, read = CHANCES[:5], PERFECT[:5, 0]
    expected = [np.mean([chances[i, read[j]] >= metrics.POSSIBLE for j in range(5) if j != i]) for i in range(5)]
    np.testing.assert_allclose(metrics.possible_of_others(chances, read), expected)
