import numpy as np
import pytest

from tf_tryon.evaluation import bootstrap


def test_intervals_cover_the_true_mean_as_often_as_they_say() -> None:
    covered = 0
    for seed in range(200):
        values = np.random.default_rng(seed).exponential(1.0, 60)
        estimate = bootstrap.estimate(lambda x: float(np.mean(x)), values, seed=seed, resamples=300, level=0.9)
        covered += estimate.low <= 1.0 <= estimate.high
    assert 0.82 <= covered / 200 <= 0.96


def test_the_mean_s_interval_has_the_standard_error_s_width() -> None:
    values = np.random.default_rng(0).normal(5, 2, 400)
    estimate = bootstrap.mean(values)
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.people == 400
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.15)


def test_people_who_cannot_be_measured_are_left_out() -> None:
    estimate = bootstrap.ratio(np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 100.0, np.nan, 8.0]))
    assert estimate.value == pytest.approx(0.5)
    assert estimate.people == 2
    nobody = bootstrap.mean(np.array([np.nan]))
    assert nobody.people == 0
    assert nobody.to_dict() == {"value": None, "low": None, "high": None, "people": 0}


def test_a_seed_fixes_the_interval_and_rows_must_match() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert bootstrap.mean(values, seed=1) == bootstrap.mean(values, seed=1) != bootstrap.mean(values, seed=2)
    with pytest.raises(ValueError, match="3, 4"):
        bootstrap.ratio(np.ones(3), np.ones(4))


@pytest.mark.parametrize("blocks", [2, 4])
def test_the_mean_of_a_few_blocks_covers_the_truth_as_often_as_it_says(blocks: int) -> None:
    draws = np.random.default_rng(0).normal(3, 1, (400, blocks))
    estimates = [bootstrap.of_blocks(values, 100) for values in draws]
    assert np.mean([each.low <= 3 <= each.high for each in estimates]) == pytest.approx(0.95, abs=0.03)
    assert [each.value for each in estimates] == pytest.approx(draws.mean(axis=1))
    assert np.isnan(bootstrap.of_blocks(np.ones(1), 20).low)


def test_what_grows_when_people_are_drawn_twice_has_an_interval_around_it() -> None:
    """The distance of 100 people's frequencies from the truth; of people drawn twice it is larger for most draws."""
    names = np.random.default_rng(0).integers(0, 10, 100)

    def distance(drawn: np.ndarray) -> float:
        return float(np.abs(np.bincount(drawn, minlength=10) / len(drawn) - 0.1).sum())

    estimate = bootstrap.of_groups(distance, names)
    assert estimate.value == pytest.approx(distance(names))
    assert estimate.high - estimate.value == pytest.approx(estimate.value - estimate.low)
    drawn = bootstrap.estimate(distance, names)
    assert drawn.high - drawn.value > 2 * (drawn.value - drawn.low)
    assert np.isnan(bootstrap.of_groups(distance, names[:3]).low)
