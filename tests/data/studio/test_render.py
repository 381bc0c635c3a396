"""Whole pictures: purity, contracts, framing."""

import json

import numpy as np
import pytest

from tf_tryon.data.studio.body import Template
from tf_tryon.data.studio.hair import SHARES, Hair, build_hair
from tf_tryon.data.studio.head import FACE, TORSO_SKIN, bare_body, sample_complexion
from tf_tryon.data.studio.photograph import welded_normals
from tf_tryon.data.studio.render import Picture, render_person


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    return [render_person(11, index, 96) for index in range(10)]


def test_shapes_types_and_ranges(pictures: list[Picture]) -> None:
    for picture in pictures:
        assert picture.photo.shape == (96, 96, 3)
        assert picture.photo.dtype == np.uint8
        assert picture.parsing.shape == (96, 96)
        assert picture.parsing.dtype == np.uint8
        assert picture.parsing.max() < 20
        assert picture.keypoints.shape == (18, 3)
        assert picture.keypoints.dtype == np.float32
        assert set(np.unique(picture.keypoints[:, 2])) <= {0.0, 1.0}
        assert (picture.keypoints[:, :2] < 96).all()
        assert not picture.keypoints[picture.keypoints[:, 2] == 0].any()
        json.dumps(picture.metadata)


def test_a_picture_is_a_function_of_seed_and_index(pictures: list[Picture]) -> None:
    again = render_person(11, 3, 96)
    np.testing.assert_array_equal(again.photo, pictures[3].photo)
    np.testing.assert_array_equal(again.parsing, pictures[3].parsing)
    np.testing.assert_array_equal(again.keypoints, pictures[3].keypoints)
    assert again.metadata == pictures[3].metadata
    assert (render_person(12, 3, 96).photo != pictures[3].photo).any()


def test_size_changes_sharpness_only(pictures: list[Picture]) -> None:
    large = render_person(11, 2, 192)
    assert large.metadata == pictures[2].metadata
    seen = (pictures[2].keypoints[:, 2] > 0) & (large.keypoints[:, 2] > 0)
    np.testing.assert_allclose(large.keypoints[seen, :2], 2 * pictures[2].keypoints[seen, :2], atol=0.01)
    assert ((large.parsing[::2, ::2] > 0) == (pictures[2].parsing > 0)).mean() > 0.97


def test_people_wear_clothes_and_fill_the_frame(pictures: list[Picture]) -> None:
    for picture in pictures:
        worn = np.isin(picture.parsing, [5, 6, 7, 9, 10, 12]).sum()
        assert (picture.parsing > 0).mean() > 0.12
        assert worn > 0.25 * (picture.parsing > 0).sum()
        assert (picture.parsing == FACE).any()
        assert np.ptp(np.nonzero((picture.parsing > 0).any(1))[0]) > 0.85 * 96
    assert sum(np.isin(p.parsing, [18, 19]).any() for p in pictures) >= 6  # some are cropped at the shins
    assert np.mean([(p.parsing[0] > 0).any() for p in pictures]) == 0


def test_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="size"):
        render_person(0, 0, 8)


def test_every_hairdo_sits_on_the_head() -> None:
    template = Template.load()
    person = template.person(np.zeros(len(template.components)))
    for style in SHARES:
        hair = Hair(style, np.full(3, 0.1, np.float32), 0.015, 0.2, 0.0, 0.0, 0.3, True, 4)
        mesh = build_hair(hair, template, person)
        assert (mesh is None) == (style == "bald")
        if mesh is not None:
            assert mesh.triangles.max() < len(mesh.vertices)
            assert np.isfinite(mesh.vertices).all()
            np.testing.assert_allclose(mesh.weights.sum(1), 1, atol=1e-5)
            assert mesh.vertices[:, 1].max() > person.vertices[template.group["body"], 1].max()


def test_hidden_faces_are_left_out_and_the_face_ends_at_the_jaw() -> None:
    template = Template.load()
    person = template.person(np.zeros(len(template.components)))
    look = sample_complexion(np.random.default_rng(0), masculine=False)
    hidden = np.zeros(len(template.triangles["body"]), bool)
    hidden[::2] = True
    whole = bare_body(template, person, look, look.skin, np.zeros_like(hidden))
    half = bare_body(template, person, look, look.skin, hidden)
    assert len(whole.triangles) - len(half.triangles) == hidden.sum()
    height = whole.vertices[whole.triangles].mean(1)[:, 1]
    neck = template.joints[template.bone("neck02"), 1]
    assert height[whole.label == FACE].min() > neck - 0.06
    assert height[whole.label == TORSO_SKIN].max() < template.joints[template.bone("head"), 1] + 0.05
    assert set(np.unique(whole.label)) == {10, 13, 14, 15, 16, 17}
    normals = welded_normals(whole, whole.vertices)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3)
