"""What is annotated, refused and warned of."""

import dataclasses

import numpy as np
import pytest

from tf_tryon.annotation.annotation import REASONS, AnnotationError, Parsing
from tf_tryon.annotation.annotator import Annotator
from tf_tryon.data.upright import turned_points


def test_an_annotation_is_a_person(annotator, made):
    annotation = annotator.annotate(made["photo"])
    assert annotation.warnings == []
    assert annotation.people == annotation.person == 1
    assert annotation.confidences["top"] == 0.9
    person = annotation.as_person(made["photo"], "anna")
    assert (person.id, person.dress) == ("anna", False)
    np.testing.assert_array_equal(np.unique(person.labels), [0, 1, 2, 3, 4, 5, 6, 7])


def _refused(annotator, photo, reason, **options):
    with pytest.raises(AnnotationError) as caught:
        annotator.annotate(photo, **options)
    assert caught.value.reason == reason
    assert reason in REASONS


def test_nobody(annotator, made):
    annotator.pose = type(annotator.pose)([])
    _refused(annotator, made["photo"], "no person")


def test_of_several_people_the_largest_or_the_asked_one_is_taken(annotator, made):
    (pose,) = annotator.pose.annotate(made["photo"])
    other = dataclasses.replace(pose, keypoints=pose.keypoints + 1)
    annotator.pose = type(annotator.pose)([pose, other])
    annotation = annotator.annotate(made["photo"])
    assert "2 people" in annotation.warnings[0]
    assert annotation.keypoints is pose.keypoints
    second = annotator.annotate(made["photo"], person=2)
    assert second.keypoints is other.keypoints
    assert (second.person, second.people, second.warnings) == (2, 2, [])
    _refused(annotator, made["photo"], "no such person", person=3)


@pytest.mark.parametrize("part", ["head", "feet"])
def test_cut_people_are_refused_or_warned_of(annotator, made, part):
    (pose,) = annotator.pose.annotate(made["photo"])
    annotator.pose = type(annotator.pose)([dataclasses.replace(pose, beyond=(part,))])
    _refused(annotator, made["photo"], f"{part} cut")
    allowing = Annotator(annotator.pose, annotator.parsing, allow_cut=True)
    assert part in allowing.annotate(made["photo"]).warnings[0]


def test_too_small(annotator, made):
    (pose,) = annotator.pose.annotate(made["photo"])
    annotator.pose = type(annotator.pose)([dataclasses.replace(pose, box=(10.0, 10.0, 60.0, 40.0))])
    _refused(annotator, made["photo"], "too small")
    _refused(annotator, made["photo"][:40, :30], "too small")


def test_few_and_no_garments(annotator, made):
    def wearing(*garments):
        labels = np.where(np.isin(made["labels"], (13, 14, 15, 16, 17, *garments)), made["labels"], 0)
        annotator.parsing = type(annotator.parsing)(labels.astype(np.uint8))

    wearing(5, 9)
    assert "only top and bottom" in annotator.annotate(made["photo"]).warnings[0]
    wearing()
    _refused(annotator, made["photo"], "no garment")


def test_what_is_unsure_is_said(annotator, made):
    annotator.parsing = type(annotator.parsing)(made["labels"], {"top": 0.3, "shoes": 0.95})
    (warning,) = annotator.annotate(made["photo"]).warnings
    assert "uncertain of the top (0.30" in warning


def test_a_dress_is_told(made):
    dressed = np.where(made["labels"] == 9, 6, made["labels"]).astype(np.uint8)
    assert Parsing(dressed, "cihp20").dress


def test_other_arrays_are_refused(annotator, made):
    with pytest.raises(ValueError, match="uint8"):
        annotator.annotate(made["photo"].astype(np.float32))


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_who_lies_across_the_photo_is_turned_before_anything_is_labelled(annotator, made, turns):
    (upright,) = annotator.pose.annotate(made["photo"])
    lying = turned_points(upright.keypoints, made["labels"].shape, turns)
    photo = np.rot90(made["photo"], turns)
    annotator.pose = type(annotator.pose)(
        lambda seen: [dataclasses.replace(upright, keypoints=lying) if np.array_equal(seen, photo) else upright]
    )
    annotation = annotator.annotate(photo)
    assert annotation.turns == -turns % 4
    assert "it is turned" in annotation.warnings[-1]
    person = annotation.as_person(photo, "anna")
    np.testing.assert_array_equal(person.photo, made["photo"])
    np.testing.assert_array_equal(person.keypoints, made["keypoints"])
    np.testing.assert_allclose(annotator.keypoints(photo), lying, atol=1e-3)


def test_labels_and_pose_of_different_people_are_refused(annotator, made):
    annotator.parsing = type(annotator.parsing)(np.roll(made["labels"], 90, axis=1))
    _refused(annotator, made["photo"], "uncertain")
