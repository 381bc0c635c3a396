"""The bundled network on people that it never saw."""

import numpy as np
import pytest

from tf_tryon.annotation.annotation import Pose
from tf_tryon.annotation.builtin_parser import BuiltinParser
from tf_tryon.annotation.confidence import MIN_CONFIDENCE
from tf_tryon.annotation.parser_file import WEIGHTS
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
    assert WEIGHTS.stat().st_size < 10e6


def test_unseen_people_are_parsed(parser, rendered):
    right = []
    for picture, pose in rendered:
        parsing = parser.parse(picture.photo, pose)
        person = picture.parsing > 0
        right.append((parsing.classes == CIHP20.table()[picture.parsing])[person].mean())
        assert ((parsing.labels > 0) == person).mean() > 0.97
        assert all(0 <= value <= 1 for value in parsing.confidences.values())
        assert parsing.confidences["top"] >= MIN_CONFIDENCE["top"]
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
    points = pose.keypoints[list(SWAP)].copy()
    points[:, 0] = np.where(points[:, 2] > 0, 192 - points[:, 0], 0)
    y0, x0, y1, x1 = pose.box
    turned = Pose(points, pose.mask[:, ::-1].copy(), (y0, 192 - x1, y1, 192 - x0))
    crop, first = parser.probabilities(picture.photo, pose)
    other, second = parser.probabilities(picture.photo[:, ::-1].copy(), turned)
    assert (crop.top, crop.height, crop.width) == (other.top, other.height, other.width)
    if crop.left == 192 - other.left - other.width:  # else rounding has put it a pixel beside
        np.testing.assert_allclose(first, second[:, ::-1][..., list(MIRRORED)], atol=1e-4)
    assert first.shape == (parser.size[0] // 2, parser.size[1] // 2, 20)


def test_a_faint_hat_is_hair(parser, rendered, monkeypatch):
    picture, pose = next((picture, pose) for picture, pose in rendered if not (picture.parsing == 1).any())
    crop, probabilities = parser.probabilities(picture.photo, pose)
    hair = probabilities[..., 2].copy()
    faint = probabilities.copy()
    faint[..., 1], faint[..., 2] = np.maximum(faint[..., 1], 0.52 * hair), np.minimum(faint[..., 2], 0.48 * hair)
    monkeypatch.setattr(parser, "probabilities", lambda *_: (crop, faint))
    parsing = parser.parse(picture.photo, pose)
    assert "hat" not in parsing.confidences
    assert not (parsing.labels == 1).any()
    assert (parsing.labels == 2).any()

    sure = probabilities.copy()
    sure[..., 1], sure[..., 2] = probabilities[..., 1] + hair, 0
    monkeypatch.setattr(parser, "probabilities", lambda *_: (crop, sure))
    assert parser.parse(picture.photo, pose).confidences["hat"] > 0.45
