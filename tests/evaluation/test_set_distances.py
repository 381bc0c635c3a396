import numpy as np
import pytest
from scipy import stats

from tf_tryon.evaluation import bootstrap, set_distances
from tf_tryon.evaluation.frechet import gaussian_distance
from tf_tryon.evaluation.set_distances import SetDistances


class Corner:
    name, size = "corner", 3

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        return pictures[:, 0, 0]


def measured(shift: float, people: int = 120, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    distances = SetDistances(Corner())
    for _ in range(people // 8):
        truth = rng.normal(size=(8, 2, 2, 3))
        distances.update("truth", truth)
        distances.update("prior", truth + shift)
    return distances.replicates()


def test_both_ways_between_halves() -> None:
    rng = np.random.default_rng(0)
    truth = np.concatenate([rng.normal(size=(8, 2, 2, 3))[:, 0, 0] for _ in range(15)])
    own = truth + 2.0

    def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return x.mean(axis=0), np.cov(x.T)

    ways = [gaussian_distance(*moments(own[half::2]), *moments(truth[1 - half :: 2])) for half in (0, 1)]
    actual = measured(2.0)["prior_frechet_corner_n60"]
    assert actual[0] == pytest.approx(np.mean(ways))
    assert len(actual) == 11


def test_intervals_are_as_wide_as_values_vary_over_draws_of_people() -> None:
    """Half of an interval is Student's t times the standard error; that of a Fréchet distance errs on the wide side."""
    draws = [set_distances.summary(measured(1.0, seed=seed), 120) for seed in range(60)]
    for name in draws[0]:
        value, low, high = (np.array([draw[name][key] for draw in draws]) for key in ("value", "low", "high"))
        errors = (high - low) / 2 / stats.t.ppf(0.975, set_distances.freedom(name, 120))
        assert 0.75 < np.sqrt(np.mean(errors**2)) / value.std() < 1.45, name


def test_differences_are_told_apart() -> None:
    near, far = measured(0.0), measured(1.0)
    name = "prior_frechet_corner_n60"
    difference = set_distances.estimate(name, far[name] - near[name], 120)
    assert difference.low > 0
    assert difference.people == 120


def test_pairs_are_compared_without_the_same_person_and_have_an_interval() -> None:
    near, far = measured(0.0, 40), measured(2.0, 40)
    name = "prior_paired_kid_corner_n40"
    assert set_distances.people_of(name) == 40
    assert near[name][0] == pytest.approx(0, abs=1e-9)  # each completion is its photo
    assert len(far[name]) == 41
    estimate = set_distances.estimate(name, far[name] - near[name], 40)
    assert estimate.value == pytest.approx(set_distances.value(name, far[name]))
    assert estimate.low > 0
    assert "truth_paired_kid_corner_n40" not in far


def test_too_few_people_have_no_distance() -> None:
    distances = SetDistances(Corner())
    distances.update("truth", np.zeros((3, 2, 2, 3)))
    assert distances.replicates() == {}
    assert SetDistances(None).replicates() == {}


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(size=30)
    left_out = np.array([np.delete(values, i).mean() for i in range(30)])
    estimate = bootstrap.jackknife(values.mean(), left_out, 30)
    error = values.std(ddof=1) / np.sqrt(30)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(2.0452 * error, rel=1e-4)
    assert np.isnan(bootstrap.jackknife(1.0, left_out[:1], 1).low)
