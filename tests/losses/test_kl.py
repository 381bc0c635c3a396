import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.losses.kl import kl, kl_from_standard


def _gaussian(seed, shape=(2, 2, 1, 3)):
    rng = np.random.default_rng(seed)
    mean, std = rng.normal(size=shape), np.exp(rng.normal(0, 0.4, shape))
    return Gaussian(tf.constant(mean, tf.float32), tf.constant(std, tf.float32))


def _log_density(x, gaussian):
    mean, std = gaussian.mean.numpy().astype(float), gaussian.std.numpy().astype(float)
    return (-0.5 * ((x - mean) / std) ** 2 - np.log(std) - 0.5 * np.log(2 * np.pi)).sum((-3, -2, -1))


def _monte_carlo(q, p, count=40_000):
    noise = np.random.default_rng(5).normal(size=(count, *q.mean.shape))
    x = q.mean.numpy() + q.std.numpy() * noise
    difference = _log_density(x, q) - _log_density(x, p)
    return difference.mean(0), difference.std(0) / np.sqrt(count)


def test_closed_form_is_the_expected_log_ratio():
    q, p = _gaussian(0), _gaussian(1)
    estimate, error = _monte_carlo(q, p)
    assert np.all(np.abs(kl(q, p).numpy() - estimate) < 5 * error)


def test_from_standard_is_the_reverse_direction():
    q = _gaussian(2)
    standard = Gaussian(tf.zeros_like(q.mean), tf.ones_like(q.std))
    np.testing.assert_allclose(kl_from_standard(q), kl(standard, q), rtol=1e-5)
    estimate, error = _monte_carlo(standard, q)
    assert np.all(np.abs(kl_from_standard(q).numpy() - estimate) < 5 * error)


def test_is_zero_only_for_equal_gaussians_and_sums_nats_over_latents():
    q = _gaussian(3)
    np.testing.assert_allclose(kl(q, q), np.zeros(2), atol=1e-5)
    shifted = Gaussian(q.mean + q.std, q.std)
    np.testing.assert_allclose(kl(q, shifted), np.full(2, 6 / 2), rtol=1e-5)  # half a nat for each of 6 latents


def test_a_shared_latent_costs_once():
    q = _gaussian(3, (2, 2, 2, 3)).averaged(1)
    shifted = Gaussian(q.mean + q.std, q.std)
    np.testing.assert_allclose(kl(q, shifted, shared=1), np.full(2, (4 * 2 + 1) / 2), rtol=1e-5)


def test_gaussians_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"not compatible|incompatible"):
        kl(_gaussian(0), _gaussian(1, (2, 1, 1, 3)))
