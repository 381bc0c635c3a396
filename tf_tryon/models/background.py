"""The photo's own background behind a completed person; and Studio's grey, as weights trained on Studio know it."""

from __future__ import annotations

from typing import Final

from tf_tryon.data import vocabulary
from tf_tryon.geometry import pull_push
from tf_tryon.geometry.arrays import Array, library
from tf_tryon.models import grain

KEEP, STUDIO, RESTORE = BACKGROUNDS = ("keep", "studio", "restore")  # what may be asked for (`inference.request`)
GREY: Final = 205 / 127.5 - 1.0  # about the mean of Studio's backdrops, of [-1, 1]
_BESIDE: Final = 1e-3  # what a pixel beside the person counts, where one of the street counts 1
_PERSON: Final = 1e-5
_LEVELS: Final = 6  # halvings: enough to carry colours across a garment


def on_grey(photo: Array, labels: Array) -> Array:
    """(n, H, W, 3) in [-1, 1]: the person of a photo (n, H, W, 3) with classes (n, H, W) before plain grey."""
    person = library(photo).around(_person(labels))
    return GREY + person * (photo - GREY)


def photo_on_grey(photo: Array, labels: Array) -> Array:
    """`on_grey` of a photo (h, w, 3) uint8 with classes (h, w), as bytes again."""
    xp = library(photo)
    rgb = on_grey((xp.floats(photo) * (1 / 127.5) - 1.0)[None], labels[None])[0]
    return xp.to_bytes(xp.rounded((rgb + 1.0) * 127.5))


def before_background(picture: Array, labels: Array, behind: Array) -> Array:
    """A completed person before another background than that of the picture.

    That one has spread into the person's outermost pixels, so the person begins half a pixel further in.

    Args:
      picture: (n, H, W, 3) in [-1, 1].
      labels: (n, H, W) classes of the completed person.
      behind: (n, H, W, 3), from `continued`.
    """
    xp = library(picture)
    share = xp.around(xp.around(_person(labels)))  # twice: once leaves the steps of a slanting outline
    return behind + xp.cut(3.0 * share - 5.0 / 3.0, 0.0, 1.0) * (picture - behind)


def continued(photo: Array, labels: Array) -> Array:
    """The background, also where the person hid it: there it goes on from beside, the softer the farther.

    Its grain is put on that (`grain.beside`).

    Args:
      photo: (n, H, W, 3) in [-1, 1]; H and W are multiples of 32.
      labels: (n, H, W) classes of the photo.
    """
    xp = library(photo)
    # The person's edge has spread by a pixel, and outlines of parsings are another one off here and there: what is that
    # near, and at last the person, tells a colour only where nothing else does, as in a photo from close by.
    person = _person(labels)
    street = xp.floats(xp.around(xp.around(person)) <= 0)
    known = street + (1.0 - street) * (_BESIDE * (1.0 - person) + _PERSON * person)
    filled = pull_push.filled(photo * known, known, _LEVELS)
    return xp.cut(filled + grain.beside(photo, street), -1.0, 1.0)


def _person(labels: Array) -> Array:
    return library(labels).floats(labels != vocabulary.BACKGROUND)[..., None]
