"""The bundled network on people that it never saw, and the square that it looks at."""

import numpy as np
import pytest

from tf_tryon.annotation.builtin_parser import BUNDLED, BuiltinParser, Square
from tf_tryon.annotation.pose import Pose
from tf_tryon.data.vocabulary import CIHP20


@pytest.fixture(scope="module")
def parser() -> BuiltinParser:
    return BuiltinParser.load()


@pytest.fixture(scope="module")
def rendered():
    """Three unseen people at 192 px, with the poses that a perfect annotator would find."""
    from tf_tryon.data.studio.render import render_person

    people = []
    for index in (1, 2, 5):
        picture = render_person(20_261_123, index, 192)
        mask = (picture.parsing > 0).astype(np.float32)
        rows, columns = np.nonzero(mask)
        box = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        people.append((picture, Pose(picture.keypoints, mask, tuple(map(float, box)))))
    return people


def test_it_is_small():
    assert BUNDLED.stat().st_size < 8e6


def test_unseen_people_are_parsed(parser, rendered):
    right = []
    for picture, pose in rendered:
        parsing = parser.parse(picture.photo, pose)
        person = picture.parsing > 0
        right.append((parsing.classes == CIHP20.table()[picture.parsing])[person].mean())
        assert ((parsing.labels > 0) == person).mean() > 0.97
        assert all(0 <= value <= 1 for value in parsing.confidences.values())
        assert parsing.confidences["top"] > 0.5
    assert np.mean(right) > 0.88  # a random network: below 0.2


def test_without_a_pose_the_person_fills_the_photo(parser, rendered):
    picture, _ = rendered[0]
    parsing = parser.parse(picture.photo, None)
    person = picture.parsing > 0
    assert ((parsing.labels > 0) & person).sum() / ((parsing.labels > 0) | person).sum() > 0.7


def test_the_mirror_image_gives_the_mirrored_answer(parser, rendered):
    from tf_tryon.annotation.random_place import MIRRORED
    from tf_tryon.data.keypoints import SWAP

    picture, pose = rendered[0]
    square = Square(0, 0, 192)
    points = pose.keypoints[list(SWAP)].copy()
    points[:, 0] = np.where(points[:, 2] > 0, 192 - points[:, 0], 0)
    turned = Pose(points, pose.mask[:, ::-1].copy(), pose.box)
    first = parser.probabilities(picture.photo, pose, square)
    second = parser.probabilities(picture.photo[:, ::-1].copy(), turned, square)
    np.testing.assert_allclose(first, second[:, ::-1][..., list(MIRRORED)], atol=1e-4)


@pytest.mark.parametrize("square", [Square(-5, 10, 40), Square(3, -8, 64), Square(2, 2, 8)])
def test_what_is_cut_comes_back_to_its_place(square):
    labels = np.random.default_rng(0).integers(1, 20, (32, 50), np.uint8)
    back = square.paste(square.cut(labels, square.side), labels.shape)
    inside = np.zeros(labels.shape, bool)
    rows, columns = (slice(max(at, 0), at + square.side) for at in (square.top, square.left))
    inside[rows, columns] = True
    np.testing.assert_array_equal(back, np.where(inside, labels, 0))
