"""Keypoints: sides, order, and visibility by depth."""

import numpy as np
import pytest

from tf_tryon.data.studio.body import Template, sample_body
from tf_tryon.data.studio.camera import Camera, sample_camera
from tf_tryon.data.studio.keypoints import ORDER, THICKNESS, project_keypoints, world_keypoints
from tf_tryon.data.studio.raster import rasterise
from tf_tryon.data.studio.skeleton import skin

FRONT = Camera(eye=(0.0, 0.9, 5.0), pitch=0.0, focal=2.4, centre=(0.5, 0.5))


def at_rest(template: Template) -> np.ndarray:
    return np.tile(np.eye(3, 4, dtype=np.float32), (len(template.bone_names), 1, 1))


def test_all_points_of_a_person_at_rest_are_seen_on_their_sides() -> None:
    template = Template.load()
    person = template.person(sample_body(np.random.default_rng(0)))
    world = world_keypoints(template, person, at_rest(template))
    body = template.triangles["body"]
    depth = rasterise(FRONT.project(FRONT.view(person.vertices), 256), body, 256, 256).depth
    points = project_keypoints(world, FRONT, depth, 128)
    assert points.shape == (len(ORDER), 3)
    assert (points[:, 2] == 1).all()
    # the person's left is the picture's right, and heads are above feet
    assert points[5, 0] > points[2, 0]
    assert points[13, 0] > points[10, 0]
    assert points[0, 1] < points[1, 1] < points[8, 1] < points[9, 1] < points[10, 1]
    np.testing.assert_allclose(world[1], (world[2] + world[5]) / 2, atol=1e-6)


def test_a_point_behind_something_thicker_than_its_limb_is_missing() -> None:
    world = np.zeros((18, 3), np.float32)
    world[:, 1] = 0.9
    for gap, visible in ((0.01, True), (0.5, False)):
        depth = np.full((64, 64), 5.0 - gap, np.float32)
        points = project_keypoints(world, FRONT, depth, 64)
        assert (points[:, 2] == visible).all()
        assert visible or not points.any()
    assert max(THICKNESS.values()) < 0.5


def test_points_outside_the_frame_are_missing() -> None:
    world = np.full((18, 3), 9.0, np.float32)
    world[:, 2] = 0
    assert not project_keypoints(world, FRONT, np.full((8, 8), np.inf, np.float32), 64).any()


def test_camera_projects_its_own_axis_to_the_principal_point() -> None:
    camera = Camera(eye=(0.1, 1.2, 4.0), pitch=0.1, focal=2.0, centre=(0.4, 0.6))
    ahead = np.array([[0.1, 1.2 - 3 * np.sin(0.1), 4 - 3 * np.cos(0.1)]], np.float32)
    np.testing.assert_allclose(camera.project(camera.view(ahead), 100)[0], [40, 60, 3], atol=1e-4)


def test_sampled_cameras_fill_the_height() -> None:
    template, rng = Template.load(), np.random.default_rng(1)
    body = template.group["body"]
    points = skin(template.vertices[body], template.bones[body], template.weights[body], at_rest(template))
    whole = 0
    for _ in range(60):
        camera = sample_camera(rng, points)
        flat = camera.project(camera.view(points), 100)
        assert flat[:, 0].min() > 0
        assert flat[:, 0].max() < 100
        assert flat[:, 1].min() > 0
        if flat[:, 1].max() < 100:
            whole += 1
            # arms half raised may make the width decide
            assert np.ptp(flat[:, 1]) == pytest.approx(97, abs=1.6) or np.ptp(flat[:, 0]) == pytest.approx(96, abs=1)
    assert whole >= 50
