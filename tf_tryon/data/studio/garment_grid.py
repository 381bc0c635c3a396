"""Triangles of a sheet that is a grid of points."""

import numpy as np


def strips(rows: int, columns: int, closed: bool) -> np.ndarray:
    """Vertex ids (rows - 1, 2 c, 3) int32 of each strip's triangles; c is columns, or one less if not `closed`.

    Point (row, column) has the id row * columns + column. A closed grid's last column is beside its first. Of strip
    and column first come all triangles (row, column), (row, column + 1), (row + 1, column + 1), then the others.
    """
    index: np.ndarray = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    following = np.roll(index, -1, axis=1) if closed else index[:, 1:]
    current = index if closed else index[:, :-1]
    a, b, c, d = current[:-1], following[:-1], following[1:], current[1:]
    return np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], 1)
