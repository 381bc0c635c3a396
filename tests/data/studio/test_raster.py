"""The rasteriser against closed forms, and labels at half its resolution."""

import numba
import numpy as np
import pytest

from tf_tryon.data.studio import compiled
from tf_tryon.data.studio.labels import despeckle, halve_labels
from tf_tryon.data.studio.raster import gather, rasterise, smooth_normals


def test_right_triangle_covers_half_of_its_square() -> None:
    points = np.array([[0, 0, 1], [64, 0, 1], [0, 64, 1]], np.float32)
    raster = rasterise(points, np.array([[0, 1, 2]], np.int32), 64, 64)
    rows, columns = np.mgrid[:64, :64] + 0.5
    np.testing.assert_array_equal(raster.triangle >= 0, rows + columns <= 64)
    assert np.isinf(raster.depth[63, 63])


def test_nearer_triangle_wins_whatever_the_order() -> None:
    near = np.array([[0, 0, 1], [40, 0, 1], [0, 40, 1]], np.float32)
    far = near * [1, 1, 3]
    for first, second, winner in ((near, far, 0), (far, near, 1)):
        points = np.concatenate([first, second]).astype(np.float32)
        raster = rasterise(points, np.array([[0, 1, 2], [3, 4, 5]], np.int32), 32, 32)
        assert set(np.unique(raster.triangle)) <= {-1, winner}
        np.testing.assert_allclose(raster.depth[raster.triangle >= 0], 1, atol=1e-5)


def test_interpolation_is_perspective_correct() -> None:
    # a slanted plane z = 2 + x of camera space, seen by a pinhole of focal length 32 pixels
    world = np.array([[-1, -1, 1], [3, -1, 5], [-1, 3, 1]], np.float32)
    points = np.stack([32 + 32 * world[:, 0] / world[:, 2], 32 + 32 * world[:, 1] / world[:, 2], world[:, 2]], 1)
    triangles = np.array([[0, 1, 2]], np.int32)
    raster = rasterise(points.astype(np.float32), triangles, 64, 64)
    place, values = gather(raster, triangles, world)
    rows, columns = np.nonzero(place >= 0)
    assert len(rows) > 200
    x, _, z = values[place[rows, columns]].T
    np.testing.assert_allclose(z, 2 + x, atol=1e-3)
    np.testing.assert_allclose(32 * x / z, columns + 0.5 - 32, atol=1e-2)
    np.testing.assert_allclose(raster.depth[rows, columns], z, rtol=1e-4)


def test_triangles_behind_the_camera_are_left_out() -> None:
    points = np.array([[0, 0, -1], [64, 0, 1], [0, 64, 1]], np.float32)
    assert (rasterise(points, np.array([[0, 1, 2]], np.int32), 64, 64).triangle == -1).all()


def test_smooth_normals_of_an_octahedron_point_outwards() -> None:
    corners = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float32)
    faces = [(0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5)]
    np.testing.assert_allclose(smooth_normals(corners, np.array(faces, np.int32)), corners, atol=1e-6)


def test_labels_are_the_majority_and_ties_keep_the_person() -> None:
    fine = np.array([[0, 0, 5, 5], [5, 5, 5, 9], [0, 0, 2, 2], [0, 3, 9, 9]], np.uint8)
    coarse = halve_labels(fine)
    assert coarse[0, 0] == 5
    assert coarse[0, 1] == 5
    assert coarse[1, 0] == 0
    assert coarse[1, 1] in (2, 9)


def test_specks_take_their_neighbours_label_and_large_parts_stay() -> None:
    labels = np.zeros((32, 32), np.uint8)
    labels[4:20, 4:20] = 5
    labels[10:12, 10:13] = 9
    labels[25, 25] = 14
    labels[22:26, 5:9] = 18
    clean = despeckle(labels, 8)
    assert set(np.unique(clean)) == {0, 5, 18}
    assert (clean == 5).sum() == 256
    assert (clean == 18).sum() == 16


def test_compiles_without_a_cache_where_none_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    njit = numba.njit

    def refuse(cache: bool = False, **options: bool) -> object:
        if cache:
            raise RuntimeError("cannot cache function 'double': no locator available for file 'read-only'")
        return njit(**options)

    monkeypatch.setattr(compiled.numba, "njit", refuse)
    assert compiled.compiled(lambda x: 2 * x)(21) == 42
