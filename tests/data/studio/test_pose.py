"""Poses: rigid bones, hands and feet where the pose wants them, skinning."""

import numpy as np
import pytest

from tf_tryon.data.studio.body import Template, sample_body
from tf_tryon.data.studio.pose import SHARES, sample_pose
from tf_tryon.data.studio.skeleton import aim, frame, skin, transforms, turn, two_bone


def test_rotations() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.standard_normal((2, 3))
        np.testing.assert_allclose(aim(a, b) @ (a / np.linalg.norm(a)), b / np.linalg.norm(b), atol=1e-9)
        np.testing.assert_allclose(frame(a, b).T @ frame(a, b), np.eye(3), atol=1e-9)
    np.testing.assert_allclose(turn(np.array([0.0, 1, 0]), np.pi / 2) @ [0, 0, 1], [1, 0, 0], atol=1e-9)


def test_two_bones_reach_their_target() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        target = rng.uniform(-0.15, 0.15, 3) + [0, -0.3, 0]
        upper, lower = two_bone(np.zeros(3), target, 0.3, 0.28, np.array([0.0, 0, 1]))
        np.testing.assert_allclose(0.3 * upper + 0.28 * lower, target, atol=1e-6)


def test_shares_are_a_distribution() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)


def test_transforms_are_rigid_and_joints_stay_connected() -> None:
    template, rng = Template.load(), np.random.default_rng(2)
    for _ in range(12):
        person = template.person(sample_body(rng))
        matrices = transforms(template, person, sample_pose(rng))
        rotation = matrices[:, :, :3].astype(np.float64)
        np.testing.assert_allclose(
            rotation @ rotation.transpose(0, 2, 1), np.tile(np.eye(3), (len(rotation), 1, 1)), atol=1e-4
        )
        assert (np.linalg.det(rotation) > 0).all()
        for bone, parent in enumerate(template.parents):
            if parent >= 0:
                joint = np.append(person.joints[bone], 1)
                np.testing.assert_allclose(matrices[bone] @ joint, matrices[parent] @ joint, atol=1e-4)


def test_people_stand_upright_on_two_feet_near_the_floor() -> None:
    template, rng = Template.load(), np.random.default_rng(3)
    body = template.group["body"]
    for _ in range(30):
        person = template.person(sample_body(rng))
        posed = skin(
            person.vertices[body],
            template.bones[body],
            template.weights[body],
            transforms(template, person, sample_pose(rng)),
        )
        assert abs(posed[:, 1].min()) < 0.04
        assert posed[:, 1].max() > 0.93 * person.vertices[body, 1].max()


def test_identity_leaves_vertices_and_a_pose_repeats() -> None:
    template = Template.load()
    still = np.tile(np.eye(3, 4, dtype=np.float32), (len(template.bone_names), 1, 1))
    np.testing.assert_allclose(
        skin(template.vertices, template.bones, template.weights, still), template.vertices, atol=1e-5
    )
    assert sample_pose(np.random.default_rng(5)) == sample_pose(np.random.default_rng(5))
