"""What of an erased person may become something else: nothing but the garment goes, and nothing but a garment comes.

The erased region takes along arms, hands, hair, other clothes and street, since a box tells less of the old garment's
outline than the outline itself. The networks don't see them and guess, and a guessed hand has no fingers. But they are
known: what isn't the old garment stays, unless the new garment covers it.
"""

from __future__ import annotations

from typing import Final

from tf_tryon.data import vocabulary
from tf_tryon.geometry.arrays import Array, Arrays, library

# Of the erased region, what is new: all as the networks have it (the thesis's), or the garment alone.
ERASED, GARMENT = REPLACES = ("erased", "garment")
_REACH: Final = 32  # of the height: how far a guessed arm may lie beside the true one


def garment_alone(before: Array, after: Array, target: Array) -> Array:
    """Completed classes (n, H, W) in which the garment alone was replaced.

    A pixel of the old garment may become anything. Any other stays as it was, or becomes the new garment's; hair and
    face only a hat's, since hair falls over clothes. Where the networks guess street in place of an arm or a leg, it is
    as bare or covered as what they guess beside it: a sleeve a few pixels beside the true arm covers all of it.

    Args:
      before: (n, H, W) whole numbers, classes of the photo; a region erased by hand has the garment's.
      after: (n, H, W) of the same type, the completion's.
      target: (n,) garment slot.
    """
    xp = library(before)
    garment = xp.like(target, before)[:, None, None] + vocabulary.HAT
    comes = (after == garment) & ((before != vocabulary.FACE) | (garment == vocabulary.HAT))
    skin = (before == vocabulary.UPPER_SKIN) | (before == vocabulary.LOWER_SKIN)
    lost = skin & (after == vocabulary.BACKGROUND)
    near = _near(xp, xp.stacked([xp.floats(comes), xp.floats(skin & (after == before))]))
    covered = lost & (near[..., 0] > near[..., 1])
    kept = xp.where((before == garment) | comes, after, before)
    return xp.where(covered, after * 0 + garment, kept)


def _near(xp: Arrays, masks: Array) -> Array:
    """(n, H, W, c) float32: how much of masks (n, H, W, c) lies around, the nearer the more."""
    for _ in range(int(masks.shape[1]) // _REACH):
        masks = xp.around(masks)
    return masks
