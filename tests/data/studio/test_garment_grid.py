"""A grid's triangles cover it once, and a closed one has no seam."""

import numpy as np
import pytest

from tf_tryon.data.studio.garment_grid import strips


@pytest.mark.parametrize("closed", [False, True])
def test_each_edge_inside_is_of_two_triangles_that_run_along_it_in_opposite_ways(closed):
    faces = strips(3, 4, closed)
    assert faces.shape == (2, 8 if closed else 6, 3)
    edges = [edge for face in faces.reshape(-1, 3) for edge in zip(face, np.roll(face, -1), strict=True)]
    assert len(set(edges)) == len(edges)
    rim = [(a, b) for a, b in edges if (b, a) not in edges]
    assert len(rim) == (8 if closed else 10)  # a closed grid has two rims of four, an open one its outline


def test_a_closed_grid_joins_its_last_column_to_its_first():
    assert [3, 0, 4] in strips(2, 4, closed=True)[0].tolist()
