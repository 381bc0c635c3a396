"""Of labels and several people's keypoints one person, upright, or a refusal that says what would fit."""

import logging

import numpy as np
import pytest

from tf_tryon.data import upright
from tf_tryon.data.matching import DisagreementError, match


@pytest.fixture
def made(make_person):
    return make_person(0, 128)


def test_the_labelled_person_is_taken_before_a_surer_bystander(made, caplog):
    person = made["keypoints"] * (1, 1, 0.4)
    bystander = made["keypoints"] + (60, 0, 0)
    with caplog.at_level(logging.WARNING):
        actual = match(made["labels"], "cihp20", [bystander, person])
    np.testing.assert_allclose(actual.points, person, rtol=1e-6)
    assert "another of 2 people than the surest" in caplog.text
    caplog.clear()
    match(made["labels"], "cihp20", [person, bystander])
    assert not caplog.text


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_who_lies_across_the_photo_is_turned(made, turns, caplog):
    labels = upright.turned(made["labels"], turns)
    points = upright.turned_points(made["keypoints"], made["labels"].shape, turns)
    with caplog.at_level(logging.WARNING):
        actual = match(labels, "cihp20", [points])
    assert actual.turns == -turns % 4
    np.testing.assert_array_equal(actual.labels, made["labels"])
    np.testing.assert_allclose(actual.points, made["keypoints"], atol=1e-4)
    assert "it is turned" in caplog.text


def test_the_vocabularies_that_would_fit_are_named(made):
    with pytest.raises(DisagreementError, match=r"a\.png \(read as mm24\) and b\.json .* lip20 or cihp20 or lip21"):
        match(made["labels"], "mm24", [made["keypoints"]], ("a.png", "b.json"))


def test_the_scale_that_would_fit_is_named(made):
    with pytest.raises(DisagreementError, match=r"coordinates 2 times as large they would agree.*canvas_width"):
        match(made["labels"], "cihp20", [made["keypoints"] * (0.5, 0.5, 1)])


def test_where_nothing_fits_it_is_said(made):
    shuffled = np.random.default_rng(0).permutation(20).astype(np.uint8)[made["labels"]]
    with pytest.raises(DisagreementError, match="in no vocabulary that is known"):
        match(shuffled, "cihp20", [made["keypoints"]])
