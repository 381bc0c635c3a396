"""Intervals over people and seeds."""

import numpy as np
import pytest

from tf_tryon.evaluation.set_distances import freedom
from tf_tryon.experiments.copies import around, combined, row_of


def measured(value: float, reach: float = 1.0, people: int = 101):
    return {"value": value, "low": value - reach, "high": value + reach, "people": people}


def test_one_copy_keeps_its_own_interval() -> None:
    assert combined("l1", [measured(3.0)]) == measured(3.0)


def test_seeds_that_agree_leave_peoples_interval_and_others_widen_it() -> None:
    alike = combined("l1", [measured(3.0), measured(3.0), measured(3.0)])
    assert alike["value"] == 3.0
    assert alike["high"] - 3.0 == pytest.approx(1.0, rel=0.02)
    apart = combined("l1", [measured(1.0), measured(3.0), measured(5.0)])
    # se^2 = (1 / 1.96)^2 + 4 / 3, and some three degrees of freedom.
    assert apart["high"] - 3.0 == pytest.approx(1.26 * 3.3, rel=0.15)
    assert apart["low"] == pytest.approx(6.0 - apart["high"])


def test_what_a_copy_cannot_measure_is_not_measured() -> None:
    nothing = {"value": None, "low": None, "high": None, "people": 0}
    assert combined("l1", [measured(1.0), nothing])["value"] is None
    bare = combined("l1", [measured(1.0), {**measured(3.0), "low": None, "high": None}])
    assert (bare["value"], bare["low"]) == (2.0, None)


def test_a_single_copy_takes_the_others_variance() -> None:
    several, one = np.array([1.0, 3.0, 5.0]), np.array([2.0])
    low, high = around(1.0, 0.0, 100, [several, one])
    narrow = around(1.0, 0.0, 100, [several, several])
    assert high - low > narrow[1] - narrow[0]
    assert around(1.0, 0.0, 100, [one, one]) == (1.0, 1.0)


def test_a_rows_result_has_every_measure_that_all_copies_have() -> None:
    copies = [
        {"kind": "prior", "measures": {"top": {"a": measured(value), **extra}}}
        for value, extra in ((1.0, {"b": measured(1.0)}), (3.0, {}))
    ]
    row = row_of(copies)
    assert row["copies"] == 2
    assert set(row["measures"]["top"]) == {"a"}
    assert row["measures"]["top"]["a"]["value"] == 2.0


def test_the_degrees_of_freedom_are_those_of_what_was_left_out() -> None:
    """100 people: ten groups of a Fréchet distance, two blocks of a kernel distance, else every person."""
    names = {
        "texture_prior_frechet_net_n50": 9,
        "texture_prior_kid_net_n50": 1,
        "texture_prior_paired_kid_net_n100": 99,
    }
    assert {name: freedom(name, 100) for name in names} == names
    assert (freedom("texture_posterior_l1_box", 100), freedom("texture_prior_kid_net_n10", 20)) == (99, 0)
