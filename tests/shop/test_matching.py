"""The score is the difference of two Gaussians' log densities, and the index's inner product gives it."""

import numpy as np
import pytest
from scipy import stats

from tf_tryon.shop import matching


def test_the_inner_product_is_the_score():
    rng = np.random.default_rng(0)
    codes, samples = rng.normal(2, 3, (50, 6)), rng.normal(3, 2, (24, 6))
    units = matching.Units.of(codes)
    given, seen = units(codes), units(samples)
    query, constant = matching.question(seen)
    mean, spread = seen.mean(axis=0), np.sqrt(seen.var(axis=0) + 0.3)
    wanted = (stats.norm(mean, spread).logpdf(given) - stats.norm(0, 1).logpdf(given)).sum(axis=1)
    np.testing.assert_allclose(matching.vectors(given) @ query + constant, wanted, rtol=1e-3, atol=1e-3)


def test_what_never_varies_divides_by_nothing():
    units = matching.Units.of(np.ones((4, 3), np.float32))
    assert units(np.full((1, 3), 1.5)).tolist() == [[4, 4, 4]]  # far off, and bounded
    query, constant = matching.question(np.zeros((24, 3)))
    assert np.isfinite(query).all()
    assert constant == pytest.approx(-1.5 * np.log(0.3), rel=1e-5)
