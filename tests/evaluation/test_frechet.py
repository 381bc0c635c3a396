import numpy as np
import pytest
from scipy import linalg

from tf_tryon.evaluation.frechet import Moments, features_distance, frechet_distance, gaussian_distance


def covariance(rng: np.random.Generator, size: int, rank: int | None = None) -> np.ndarray:
    factor = rng.normal(size=(size, rank or size))
    return factor @ factor.T


def test_diagonal_gaussians_have_the_closed_form() -> None:
    rng = np.random.default_rng(0)
    mean_1, mean_2 = rng.normal(size=(2, 7))
    std_1, std_2 = rng.uniform(0.1, 3, size=(2, 7))
    expected = np.sum((mean_1 - mean_2) ** 2) + np.sum((std_1 - std_2) ** 2)
    assert gaussian_distance(mean_1, np.diag(std_1**2), mean_2, np.diag(std_2**2)) == pytest.approx(expected)


def test_agrees_with_scipy_s_root() -> None:
    rng = np.random.default_rng(1)
    first, second = covariance(rng, 20), covariance(rng, 20)
    expected = np.trace(first + second - 2 * linalg.sqrtm(first @ second).real)
    assert gaussian_distance(np.zeros(20), first, np.zeros(20), second) == pytest.approx(expected, rel=1e-6)


def test_singular_covariances_are_fine() -> None:
    rng = np.random.default_rng(2)
    singular = covariance(rng, 30, rank=5)
    assert gaussian_distance(np.ones(30), singular, np.ones(30), singular) == pytest.approx(0, abs=1e-5)
    moved = gaussian_distance(np.zeros(30), singular, np.full(30, 2.0), singular)
    assert moved == pytest.approx(120, rel=1e-6)


def test_streamed_moments_are_numpy_s_and_do_not_cancel() -> None:
    data = np.random.default_rng(3).normal(1e6, 1.0, size=(103, 6))
    moments = Moments(6)
    for start in range(0, 103, 10):
        moments.update(data[start : start + 10])
    moments.update(data[:0])
    assert moments.count == 103
    np.testing.assert_allclose(moments.mean, data.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.covariance, np.cov(data.T), rtol=1e-6, atol=1e-8)


def test_draws_of_known_gaussians_come_near_their_distance() -> None:
    rng = np.random.default_rng(4)
    first, second = Moments(3), Moments(3)
    first.update(rng.normal(0, 1, size=(20000, 3)))
    second.update(rng.normal(1, 2, size=(20000, 3)))
    assert frechet_distance(first, second) == pytest.approx(6, rel=0.05)


def test_one_vector_has_no_covariance() -> None:
    moments = Moments(2)
    moments.update(np.ones((1, 2)))
    with pytest.raises(ValueError, match="two or more"):
        _ = moments.covariance


@pytest.mark.parametrize(("count", "other"), [(9, 7), (39, 30), (41, 9), (60, 50)])
def test_few_and_many_pictures_have_the_same_distance_as_by_covariances(count: int, other: int) -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(count, 40)), 2 * rng.normal(size=(other, 40)) + 0.5
    moments = [Moments(40), Moments(40)]
    for own, features in zip(moments, (first, second), strict=True):
        own.update(features)
    expected = frechet_distance(*moments)
    assert features_distance(first, second) == pytest.approx(expected, rel=1e-6)
    assert features_distance(first[:, :5], second[:, :5]) > 0
    with pytest.raises(ValueError, match="two or more"):
        features_distance(first[:1], second)
