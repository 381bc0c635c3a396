"""What of an erased person may become something else: nothing but the garment goes, and nothing but a garment comes.

The erased region takes along arms, hands, hair, other clothes and street, since a box tells less of the old garment's
outline than the outline itself. The networks don't see them and guess, and a guessed hand has no fingers. But they are
known: what isn't the old garment stays, unless the new garment covers it.
"""

from __future__ import annotations

import functools
import operator
from typing import Final

from tf_tryon.data import vocabulary
from tf_tryon.data.body_parts import ARMS, LEGS, TRUNK, near_bones, with_hidden_legs
from tf_tryon.geometry import pull_push
from tf_tryon.geometry.arrays import Array, library

# What is worn over what: hair falls over clothes, a top hangs over trousers and dresses, and trousers over shoes.
_HANGS: Final = ((vocabulary.TOP, vocabulary.BOTTOM),)
_OVER: Final = (
    (vocabulary.FACE, vocabulary.TOP), (vocabulary.FACE, vocabulary.BOTTOM), (vocabulary.FACE, vocabulary.SHOES),
    *_HANGS, (vocabulary.BOTTOM, vocabulary.SHOES),
)  # fmt: skip
_REACH: Final = 2  # passes of a mean over squares of twelve pixels, within which much counts beside near
_HALF: Final = 0.5001  # libraries round differently, and what is as near is left as it is
_SOLID: Final = 0.36  # of the 7 x 7 pixels around, the near ones counting most: two by three pixels are less
_TRACE: Final = 1e-3  # of a mean: less is nothing
_LEVELS: Final = 8  # halvings: enough to carry what is known across a picture


def garment_alone(before: Array, after: Array, target: Array, keypoints: Array) -> Array:
    """Completed classes (n, H, W) in which the garment alone was replaced.

    A pixel of the old garment may become anything but a top that hangs over it, of which the photo shows all, or street
    where the pose has the body under it. Any other stays as it was, or becomes the new garment's, unless it is worn
    over that (`_OVER`). Where the networks guess something else in place of bare skin, or street in place of a limb
    under the old garment, it is as bare or covered as what they guess nearest to it: a sleeve a few pixels beside the
    true arm covers all of it. No specks of a garment come of that.

    Args:
      before: (n, H, W) whole numbers, classes of the photo; a region erased by hand has the garment's.
        H and W are multiples of 4.
      after: (n, H, W) of the same type, the completion's.
      target: (n,) garment slot.
      keypoints: (n, 18, 3) in pixels of these.
    """
    xp, size = library(before), (int(before.shape[1]), int(before.shape[2]))
    garment = vocabulary.class_of(xp.like(target, before))[:, None, None]
    old, lower = before == garment, garment == vocabulary.BOTTOM
    upper = lower | (garment == vocabulary.TOP)  # a dress has trunk and arms, too
    trunk, arms, legs = _body(keypoints, size)
    street = old & (after == vocabulary.BACKGROUND)
    guess = after
    after = xp.where(old & _over(_HANGS, guess, garment) | (street & trunk & upper), guess * 0 + garment, guess)
    comes = (after == garment) & ~_over(_OVER, before, garment)
    skin = _skin(before)
    bare = _skin(after) & (skin | old)
    limb = old & (after == vocabulary.BACKGROUND) & ((arms & upper) | (legs & lower))
    covered = (limb | (skin & ~comes & ~bare)) & (_nearest(xp.floats(comes), xp.floats(bare)) > _HALF)
    skins = xp.where(legs, after * 0 + vocabulary.LOWER_SKIN, after * 0 + vocabulary.UPPER_SKIN)
    kept = xp.where(limb, skins, xp.where(old | comes, after, before))
    made = xp.where(covered, after * 0 + garment, kept)
    return xp.where(_specks(made == garment), xp.where(old, guess, before), made)


def _specks(mask: Array) -> Array:
    """What of masks (n, H, W) has fewer than some seven pixels, or is a line of single pixels: what is nowhere solid,
    and hangs together with nothing that is within two pixels.
    """
    xp = library(mask)
    shares = given = xp.floats(mask)[..., None]
    for _ in range(3):
        shares = xp.around(shares)
    kept = given * xp.floats(shares > _SOLID)
    for _ in range(2):
        kept = given * xp.floats(xp.around(kept) > _TRACE)
    return mask & (kept[..., 0] < _TRACE)


def _skin(labels: Array) -> Array:
    return (labels == vocabulary.UPPER_SKIN) | (labels == vocabulary.LOWER_SKIN)


def _body(keypoints: Array, size: tuple[int, int]) -> tuple[Array, Array, Array]:
    """Trunk, arms and legs (n, H, W) bool, in squares of four pixels, which is as good here and much faster."""
    xp, coarse = library(keypoints), (size[0] // 4, size[1] // 4)
    whole = with_hidden_legs(keypoints) * 0.25
    near = [near_bones(whole, bones, coarse) for bones in (TRUNK, ARMS, LEGS)]
    parts = pull_push.doubled(pull_push.doubled(xp.floats(xp.stacked(near)))) > 0.0
    return parts[..., 0], parts[..., 1], parts[..., 2]


def _over(pairs: tuple[tuple[int, int], ...], labels: Array, garment: Array) -> Array:
    """Where labels (n, H, W) are of what is worn over a garment (n, 1, 1), by pairs of classes."""
    return functools.reduce(operator.or_, [(labels == over) & (garment == under) for over, under in pairs])


def _nearest(one: Array, other: Array) -> Array:
    """(n, H, W): more than half where masks of the one kind are nearer than the other's; 0 where none is anywhere.

    Within eight pixels the nearer and the more counts; where nothing is as near, what is nearest (`pull_push`).
    """
    xp = library(one)
    around = xp.halved(xp.halved(xp.stacked([one, other])))
    for _ in range(_REACH):
        around = xp.around(around)
    total = around[..., :1] + around[..., 1:]
    known = xp.floats(total > _TRACE)
    shares = pull_push.filled(known * around[..., :1] / xp.larger(total, _TRACE), known, _LEVELS)
    return pull_push.resized(shares, one.shape[1:3])[..., 0]
