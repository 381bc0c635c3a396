"""The baked body: groups, skin weights, and persons that share the template's anatomy."""

import numpy as np
import pytest

from tf_tryon.data.studio.body import GROUPS, Template, sample_body
from tf_tryon.data.studio.mesh import Mesh, merge, vertex_normals


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.load()


def test_groups_are_disjoint_and_indices_valid(template: Template) -> None:
    seen = np.zeros(len(template.vertices), int)
    for group in GROUPS:
        faces = template.triangles[group]
        assert faces.min() >= 0
        assert faces.max() < len(template.vertices)
        seen[template.group[group]] += 1
    assert (seen == 1).all()


def test_skin_weights_sum_to_one_and_parents_come_first(template: Template) -> None:
    np.testing.assert_allclose(template.weights.sum(1), 1, atol=1e-5)
    assert template.bones.max() < len(template.bone_names)
    assert template.parents[0] == -1
    assert (template.parents[1:] < np.arange(1, len(template.parents))).all()


def test_zero_coefficients_give_the_template(template: Template) -> None:
    person = template.person(np.zeros(len(template.components)))
    np.testing.assert_allclose(person.vertices[:, [0, 2]], template.vertices[:, [0, 2]], atol=1e-6)
    np.testing.assert_allclose(person.vertices[:, 1], template.vertices[:, 1], atol=2e-3)


def test_person_stands_on_the_floor_faces_forward_and_left_is_plus_x(template: Template) -> None:
    rng = np.random.default_rng(0)
    for _ in range(10):
        person = template.person(sample_body(rng))
        body = person.vertices[template.group["body"]]
        assert body[:, 1].min() == pytest.approx(0, abs=1e-6)
        assert 1.4 < body[:, 1].max() < 2.05
        nose, wrist = template.landmarks["nose"], template.bone("wrist.L")
        assert person.vertices[nose, 2] > person.joints[template.bone("head"), 2]
        assert person.joints[wrist, 0] > 0.2


def test_joints_lie_inside_the_limb_they_move(template: Template) -> None:
    person = template.person(sample_body(np.random.default_rng(1)))
    for name in ("lowerarm01.L", "lowerleg01.R", "wrist.R"):
        bone = template.bone(name)
        main = template.bones[np.arange(len(template.bones)), template.weights.argmax(1)]
        ids = template.group["body"][main[template.group["body"]] == bone]
        assert np.linalg.norm(person.vertices[ids] - person.joints[bone], axis=1).min() < 0.08


def test_sample_body_follows_the_wanted_sex(template: Template) -> None:
    rng = np.random.default_rng(2)
    men = [template.person(sample_body(rng, masculine=True)).masculinity for _ in range(30)]
    women = [template.person(sample_body(rng, masculine=False)).masculinity for _ in range(30)]
    assert np.mean(men) > 0.75
    assert np.mean(women) < 0.25


def test_wrong_number_of_coefficients_is_refused(template: Template) -> None:
    with pytest.raises(ValueError, match="must have"):
        template.person(np.zeros(3))


def test_merge_shifts_ids_and_mesh_refuses_wrong_types() -> None:
    def triangle(label: int) -> Mesh:
        return Mesh(
            np.eye(3, dtype=np.float32), np.array([[0, 1, 2]], np.int32), np.zeros((3, 4), np.int32),
            np.full((3, 4), 0.25, np.float32), np.array([label], np.uint8), np.zeros(1, np.uint8),
            np.zeros((3, 2), np.float32), ("paint",),
        )  # fmt: skip

    both = merge([triangle(5), triangle(9)])
    assert both.triangles.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert both.material.tolist() == [0, 1]
    assert both.label.tolist() == [5, 9]
    with pytest.raises(ValueError, match="label"):
        Mesh(**{**vars(triangle(5)), "label": np.zeros(1, np.int64)})


def test_normals_of_a_flat_triangle() -> None:
    normals = vertex_normals(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32), np.array([[0, 1, 2]]))
    np.testing.assert_allclose(normals, [[0, 0, 1]] * 3)
