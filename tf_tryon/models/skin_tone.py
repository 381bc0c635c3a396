"""New skin in the colour of the skin that stays."""

from __future__ import annotations

from typing import Final

from tf_tryon.data import vocabulary
from tf_tryon.geometry.arrays import Array, library

_LEAST: Final = 1 / 1024  # of the picture: skin that tells a colour
_FARTHEST: Final = 1.0  # of [-1, 1], of each colour: what is farther off is no skin, but a mistake of the parsing


def matched(rgb: Array, photo: Array, before: Array, after: Array, visible: Array) -> Array:
    """Pictures whose skin is as light and of the hue that the person's has.

    The texture stage draws all erased skin, also what the photo shows in the end. By how much it is off there, on
    average, the skin of that kind (arms and neck, or legs) that the old garment hid is off, too. All drawn skin is
    mended, since beside what is new a little of it shows before the photo's own.

    Args:
      rgb: (n, H, W, 3) in [-1, 1], the texture stage's.
      photo: (n, H, W, 3), the people's, of n or of one.
      before: (n, H, W) classes of the photo, of n or of one.
      after: (n, H, W) of the completion.
      visible: (n, H, W, 1), 0 where erased, of n or of one.
    """
    xp = library(rgb)
    for skin in (vocabulary.UPPER_SKIN, vocabulary.LOWER_SKIN):
        ours = xp.floats((before == skin) & (after == skin))[..., None] * (1.0 - visible)
        share = xp.mean(ours, (1, 2))
        off = xp.cut(xp.mean(ours * (photo - rgb), (1, 2)) / xp.larger(share, 1e-6), -_FARTHEST, _FARTHEST)
        rgb = rgb + xp.floats(after == skin)[..., None] * xp.floats(share >= _LEAST) * off
    return xp.cut(rgb, -1.0, 1.0)
