"""Skin and clothes that stay go on in their own colour where the old garment hid them."""

from __future__ import annotations

from typing import Final

from tf_tryon.data import vocabulary
from tf_tryon.geometry import pull_push
from tf_tryon.geometry.arrays import Array, library

# Not face and hair, which are one class of two colours.
_CLASSES: Final = (vocabulary.UPPER_SKIN, vocabulary.LOWER_SKIN, *vocabulary.GARMENT_CLASSES)
_LEAST: Final = 1 / 1024  # of the picture: what of a class tells its colour
_FARTHEST: Final = 1.0  # of [-1, 1], of each colour: what is farther off is another thing, by a mistake of the parsing
_LEVELS: Final = 5  # halvings of the picture at a quarter of its size: enough to carry a colour across it


def matched(rgb: Array, photo: Array, before: Array, after: Array, visible: Array, target: Array) -> Array:
    """Pictures in which skin and all clothes but the garment have the colours that the person's have.

    The texture stage draws the whole erased region, also what the photo shows in the end. By how much it is off there,
    what the old garment hid of that class is off beside it, too: of skin as of the trousers below a shorter top.

    Args:
      rgb: (n, H, W, 3) in [-1, 1], the texture stage's; H and W are multiples of 4.
      photo: (n, H, W, 3), the people's, of n or of one.
      before: (n, H, W) classes of the photo, of n or of one.
      after: (n, H, W) of the completion.
      visible: (n, H, W, 1), 0 where erased, of n or of one.
      target: (n,) garment slot, of n or of one.
    """
    xp = library(rgb)
    garment = vocabulary.class_of(xp.like(target, after))[:, None, None]
    parts = xp.stacked([xp.floats((after == label) & (garment != label)) for label in _CLASSES])
    kept = parts * xp.floats(before == after)[..., None] * (1.0 - visible)
    # Of squares of four pixels that are all of the class, which is faster than at the full size.
    kept, off = xp.floats(xp.halved(kept) > 0.99), xp.halved(photo - rgb)
    sums = xp.halved(xp.joined([kept * off[..., colour, None] for colour in range(3)]))
    few = xp.halved(kept)
    field = xp.cut(pull_push.filled(sums, xp.joined([few] * 3), _LEVELS), -_FARTHEST, _FARTHEST)
    enough = xp.floats(xp.mean(few, (1, 2)) >= _LEAST)
    half = int(rgb.shape[1]) // 2, int(rgb.shape[2]) // 2
    field = pull_push.doubled(pull_push.resized(field * xp.joined([enough] * 3), half))
    size = len(_CLASSES)
    moved = [xp.total(field[..., colour * size : (colour + 1) * size] * parts, -1) for colour in range(3)]
    return xp.cut(rgb + xp.joined(moved), -1.0, 1.0)
