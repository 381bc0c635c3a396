"""Outfits: the record's round trip, and the distribution's samples against its exact conditionals."""

import collections
import dataclasses
import math
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from tf_tryon.data.studio import cut_tables, outfit_tables
from tf_tryon.data.studio.outfit import BOTTOMS, DRESSES, SKIRTS, TOPS, from_json
from tf_tryon.data.studio.outfit_distribution import AXES, GARMENTS, NONE, distribution, sample_outfit
from tf_tryon.data.studio.palette import FAMILIES

DRAWS = 1500


@pytest.fixture(scope="module")
def outfits():
    rng = np.random.default_rng(1)
    return [sample_outfit(rng) for _ in range(DRAWS)]


def kinds_of(outfit):
    return {slot: getattr(outfit, slot).kind if getattr(outfit, slot) else NONE for slot in GARMENTS}


def assert_follows(observed, expected):
    """Chi-square at 0.1 %, rare classes pooled; nothing of probability 0 was seen."""
    assert all(expected[name] > 0 for name in observed)
    total = sum(observed.values())
    common = [name for name, p in expected.items() if p * total >= 5]
    counts = [observed.get(name, 0) for name in common]
    means = [expected[name] * total for name in common]
    rest = total - sum(means)
    if rest > 1:
        counts.append(total - sum(counts))
        means.append(rest)
    else:
        means = [mean * sum(counts) / sum(means) for mean in means]
    assert stats.chisquare(counts, means).pvalue > 0.001


def test_json_round_trip_is_exact(outfits):
    for outfit in outfits[:100]:
        assert from_json(outfit.to_json()) == outfit


def test_a_draw_is_a_function_of_the_seed():
    first, second = (sample_outfit(np.random.default_rng(5)) for _ in range(2))
    assert first == second
    assert first != sample_outfit(np.random.default_rng(6))


def test_impossible_outfits_are_refused(outfits):
    dressed = next(o for o in outfits if o.top is None)
    two = next(o for o in outfits if o.top is not None and o.inner is None)
    with pytest.raises(ValueError, match=r"needs a top|forbids a top"):
        dataclasses.replace(dressed, top=two.top)
    with pytest.raises(ValueError, match="use one of"):
        dataclasses.replace(two, shoes=two.bottom)
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]"):
        dataclasses.replace(two.bottom, length=1.2)


def test_the_joint_is_a_distribution():
    joint = distribution().joint
    assert joint.shape == tuple(len(names) for names in AXES.values())
    assert joint.min() >= 0
    assert joint.sum() == pytest.approx(1)


def test_marginals_are_those_of_the_tables():
    d = distribution()
    assert d.conditional_kind("style", {}) == pytest.approx(outfit_tables.STYLES)
    dresses = sum(p for kind, p in d.conditional_kind("bottom", {}).items() if kind in DRESSES)
    assert 0.06 < dresses < 0.1
    assert 0.75 < d.conditional_kind("hat", {})[NONE] < 0.85
    for style, share in outfit_tables.HAT_SHARE.items():
        assert d.conditional_kind("hat", {"style": style})[NONE] == pytest.approx(1 - share)


def test_every_kind_is_drawn_by_someone():
    for slot, names in (("top", TOPS), ("bottom", BOTTOMS)):
        assert min(distribution().conditional_kind(slot, {})[name] for name in names) > 0.003


@pytest.mark.parametrize("slot", GARMENTS)
def test_samples_follow_the_marginals(outfits, slot):
    assert_follows(collections.Counter(kinds_of(o)[slot] for o in outfits), distribution().conditional_kind(slot, {}))


def test_samples_follow_a_conditional():
    d, rng = distribution(), np.random.default_rng(2)
    context = {"bottom": "jeans", "shoes": "sneakers", "hat": None}
    draws = [d.sample_kinds(rng) for _ in range(6000)]
    seen = [k["top"] for k in draws if (k["bottom"], k["shoes"], k["hat"]) == ("jeans", "sneakers", NONE)]
    assert len(seen) > 300
    assert_follows(collections.Counter(seen), d.conditional_kind("top", context))


def test_samples_follow_the_colours(outfits):
    d = distribution()
    assert_follows(
        collections.Counter(o.bottom.material.family for o in outfits), d.conditional_colour_family("bottom", {})
    )
    white = [o for o in outfits if o.shoes.kind == "sneakers" and o.shoes.material.family == "white" and o.top]
    got = d.conditional_colour_family("top", {"shoes": "sneakers"}, {"shoes": "white"})
    assert_follows(collections.Counter(o.top.material.family for o in white), got)


def test_samples_follow_the_cuts(outfits):
    def sleeve(item):
        return next(
            name for name, (low, high) in cut_tables.SLEEVES.items() if low - 1e-3 <= item.sleeve <= high + 1e-3
        )

    seen = collections.Counter(sleeve(o.top) for o in outfits if o.top)
    assert_follows(seen, distribution().conditional_cut("top", "sleeve", {}))


def test_bayes_rule_holds_between_conditionals():
    d = distribution()
    context = {"top": "blazer", "shoes": "loafers"}
    joint = {**context, "bottom": "trousers"}
    quotient = d.log_probability_of_kinds(joint) - d.log_probability_of_kinds(context)
    assert math.exp(quotient) == pytest.approx(d.conditional_kind("bottom", context)["trousers"])


def test_families_sharpen_the_kinds_as_enumeration_says():
    d = distribution()
    context, families = {"bottom": "trousers"}, {"bottom": "navy"}
    got = d.conditional_kind("style", context, families)
    styles = d.conditional_kind("style", context)
    weight = {s: styles[s] * d.conditional_colour_family("bottom", {**context, "style": s})["navy"] for s in styles}
    assert got == pytest.approx({s: w / sum(weight.values()) for s, w in weight.items()})


def test_contexts_leave_variety_but_exclude_the_absurd():
    d = distribution()
    tops = d.conditional_kind("top", {"bottom": "jeans", "shoes": "sneakers", "hat": None, "presentation": "feminine"})
    assert sum(p > 0.02 for p in tops.values()) >= 8
    bottoms = d.conditional_kind("bottom", {"top": "tshirt", "shoes": "sneakers", "presentation": "feminine"})
    assert sum(bottoms[kind] for kind in SKIRTS) > 0.1
    sleeves = d.conditional_cut("top", "sleeve", {"bottom": "jeans", "shoes": "sneakers", "hat": None})
    assert min(sleeves[name] for name in ("none", "short", "long")) > 0.05
    assert d.conditional_kind("top", {"bottom": "pencil_skirt", "shoes": "heels"})["hoodie"] < 0.001
    assert d.conditional_kind("shoes", {"top": "coat"})["sandals"] < 0.01


def test_at_most_one_garment_is_loud(outfits):
    for outfit in outfits:
        loud = [
            item
            for item in outfit.items().values()
            if item.material.pattern in ("stripe", "plaid", "dot", "print") or item.material.motif == "fairisle"
        ]
        assert len(loud) <= 1


def test_families_are_known(outfits):
    assert all(item.material.family in FAMILIES for o in outfits for item in o.items().values())


def test_the_documents_tables_are_those_of_the_code():
    tool = pathlib.Path(__file__).parents[3] / "tools" / "studio_tables.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_wrong_questions_are_refused():
    d = distribution()
    with pytest.raises(ValueError, match="leave it out"):
        d.conditional_kind("top", {"top": "tank"})
    with pytest.raises(ValueError, match="is no shoes"):
        d.conditional_kind("top", {"shoes": "wellingtons"})
    with pytest.raises(ValueError, match="never drawn"):
        d.conditional_kind("shoes", {"top": "tank", "bottom": "maxi_dress"})
