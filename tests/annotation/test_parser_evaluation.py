"""Known parsings give known measures."""

import numpy as np
import pytest

from tf_tryon.annotation.annotation import Parsing
from tf_tryon.annotation.parser_evaluation import evaluate_parser, true_pose
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CIHP20, CLASSES, HAT, TOP

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
    assert intervals.pop("hat") == (None, None)  # one of three wears one
    assert set(intervals.values()) == {(1.0, 1.0)}
    assert report["iou_people"] == dict.fromkeys(CLASSES, 3) | {"hat": 1}
    assert report["garments"]["hat"] == dict.fromkeys(NONE, 0) | {"shown": 1, "found": 1}
    assert report["confidence_error"] == pytest.approx(dict.fromkeys(("hat", "top", "bottom", "shoes", "all"), 0.1))
    nobody = evaluate_parser(perfect, people, lambda person: None)
    assert (nobody["not_found"], nobody["people_right"], nobody["iou"]["top"]) == (3, None, None)


def test_people_are_read_one_at_a_time(people):
    read, parsed = [], []

    def reading():
        for person in people:
            read.append(person)
            yield person

    def perfect(photo, pose):
        parsed.append(photo)
        assert len(read) == len(parsed)
        return Parsing(read[-1].labels, "tryon8")

    report = evaluate_parser(perfect, reading(), true_pose)
    assert (report["people"], report["people_right"]) == (3, 1)


@pytest.mark.parametrize(
    ("hat", "expected"), [(HAT, (pytest.approx(2 / 3, abs=1e-4), (0.5, 1.0), 2)), (TOP, (None, (None, None), 0))]
)
def test_overlaps_are_of_those_with_the_class(people, hat, expected):
    """A class of nobody has none, and only people who have it are drawn: one's hat is found, one's half, one has none.

    With a top in place of the hats nobody has one.
    """
    for person in people:
        person.labels = np.where(person.labels == HAT, np.uint8(0), person.labels)
    people[0].labels[:8, :8] = people[1].labels[:8, :16] = hat
    seen = [person.labels.copy() for person in people]
    seen[1][:8, :8] = 0
    remaining = iter(seen)
    report = evaluate_parser(lambda photo, pose: Parsing(next(remaining), "tryon8"), people, true_pose)
    assert tuple(report[name]["hat"] for name in ("iou", "iou_intervals", "iou_people")) == expected


def test_what_is_carried_is_measured_too(people):
    """One's bag is found, with as much of the top; another's isn't; of the third nothing is known."""
    seen = []
    for person in people:
        person.labels[:16, :16] = 0
        person.labels[:8, 8:16] = TOP
        seen.append(np.full(person.size, 5, np.uint8))
    for person in people[:2]:
        person.carried = np.zeros(person.size, bool)
        person.carried[:8, :8] = True
    seen[0][:8, :16] = CIHP20.carried_labels[0]
    remaining = iter(seen)
    report = evaluate_parser(lambda photo, pose: Parsing(next(remaining), "cihp20"), people, true_pose)
    expected = {"iou": pytest.approx(1 / 3, abs=1e-4), "interval": (0, 0.5), "people": 2, "of_garments": 0.5}
    assert report["carried"] == expected
    nobody = evaluate_parser(lambda photo, pose: Parsing(people[0].labels, "tryon8"), people[:1], true_pose)
    assert nobody["carried"] == {"iou": None, "interval": (None, None), "people": 0, "of_garments": None}


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
