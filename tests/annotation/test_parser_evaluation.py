"""Known parsings give known measures."""

import numpy as np
import pytest

from tf_tryon.annotation.annotation import Parsing
from tf_tryon.annotation.parser_evaluation import evaluate_parser, true_pose
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CIHP20, HAT, TOP

NONE = ("shown", "found", "invented", "warned", "false_alarms", "missed", "invented_warned")


@pytest.fixture
def people(make_person):
    made = [make_person(i, 128) for i in (0, 1, 2)]
    return [Person(m["photo"], CIHP20.table()[m["labels"]], m["keypoints"], m["identity"]) for m in made]


def test_truth_is_perfect_and_who_is_not_found_is_counted(people):
    remaining = iter(people)

    def perfect(photo, pose):
        labels = next(remaining).labels
        np.testing.assert_array_equal(pose.mask > 0, labels > 0)
        return Parsing(labels, "tryon8", {"top": 0.9, "bottom": 0.9, "shoes": 0.9, "hat": 0.9})

    report = evaluate_parser(perfect, people, true_pose)
    assert report["people_right"] == 1
    assert set(report["iou"].values()) == {1.0}
    intervals = report["iou_intervals"]
    assert intervals.pop("hat") == (0.0, 1.0)  # one of three wears one: draws without that person have none
    assert set(intervals.values()) == {(1.0, 1.0)}
    assert report["garments"]["hat"] == dict.fromkeys(NONE, 0) | {"shown": 1, "found": 1}
    assert report["confidence_error"] == pytest.approx(dict.fromkeys(("hat", "top", "bottom", "shoes", "all"), 0.1))
    nobody = evaluate_parser(perfect, people, lambda person: None)
    assert (nobody["not_found"], nobody["people_right"], nobody["iou"]["top"]) == (3, None, None)


def test_a_lost_and_an_invented_hat(people):
    remaining = iter(people)

    def wrong(photo, pose):
        labels = next(remaining).labels
        swapped = labels.copy()
        swapped[labels == HAT], swapped[labels == TOP] = TOP, HAT
        return Parsing(swapped, "tryon8", {"top": 0.2, "hat": 0.9} if (swapped == TOP).any() else {"hat": 0.9})

    report = evaluate_parser(wrong, people, true_pose)
    assert report["garments"]["hat"] == dict.fromkeys(NONE, 0) | {"shown": 1, "invented": 2}
    expected = {"shown": 3, "warned": 1, "missed": 2}  # of a top that isn't there nobody can be uncertain
    assert report["garments"]["top"] == dict.fromkeys(NONE, 0) | expected
    assert report["iou"]["top"] == 0
    assert report["confidence_error"]["hat"] == pytest.approx(0.9)  # sure of what isn't there
    assert 0.3 < report["people_right"] < 0.9
    low, high = report["people_right_interval"]
    assert low < report["people_right"] < high
