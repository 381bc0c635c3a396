"""The grain of a street that goes on behind a person: asphalt, gravel, plaster, taken from beside in the same row.

What goes on smoothly from beside a person (`background.continued`) has the right colour, and looks like a smear before
asphalt. In one row the street is about as far away, so its grain has one size there.
"""

from __future__ import annotations

from typing import Final

from tf_tryon.geometry.arrays import Array, Arrays, library

# By how much of the width grain is taken from beside, the nearest first.
_FROM: Final = (1 / 16, 3 / 32, 1 / 8, 3 / 16, 1 / 4, 3 / 8, 1 / 2)
_EDGE: Final = 0.12  # of [-1, 1]: what is stronger is an edge of something, which would be seen again
_SIZE: Final = 3  # passes of a mean over 3 x 3 pixels: grain is what is finer


def beside(photo: Array, street: Array) -> Array:
    """(n, H, W, 3): grain for what isn't street, 0 where it is and where none lies beside.

    Args:
      photo: (n, H, W, 3) in [-1, 1].
      street: (n, H, W, 1) of 0 and 1, what is known to be street.
    """
    xp = library(photo)
    sums, counts = photo * street, street
    for _ in range(_SIZE):
        sums, counts = xp.around(sums), xp.around(counts)
    fine = street * (photo - sums / xp.larger(counts, 1e-3))
    strong = xp.floats(xp.highest(xp.absolute(fine), -1) > _EDGE)[..., None]
    near = xp.floats(xp.around(xp.around(strong)) > 0)
    fine = fine * (1.0 - near)
    found, grain = street, fine * 0.0
    for by in (side * round(shift * int(photo.shape[2])) for shift in _FROM for side in (1, -1)):
        there = _moved(xp, street, by)
        grain = grain + (1.0 - found) * there * _moved(xp, fine, by)
        found = xp.larger(found, there)
    return grain


def _moved(xp: Arrays, maps: Array, by: int) -> Array:
    """Maps (n, H, W, c) moved to the right by so many pixels, or to the left; what comes in is 0."""
    if by > 0:
        return xp.joined([maps[:, :, :by] * 0.0, maps[:, :, :-by]], 2)
    return xp.joined([maps[:, :, -by:], maps[:, :, by:] * 0.0], 2)
