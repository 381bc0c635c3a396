"""The part of a photo that the networks see, and how what they make is placed back.

A crop is a box (y0, x0, y1, x1) in photo pixels, of the networks' aspect; it may reach beyond the photo.
`config.data.crop` chooses one of two:

- "person": the whole person fills about 97 % of the input's height; beyond the photo its edge goes on. The thesis's.
- "garment": the region of interest (RoI), `margin` times the longer side of the erased box, so that a top has some 45 %
  of the pixels in place of 7; beyond the photo it is mirrored.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tf_tryon.geometry.arrays import Array, Arrays

PERSON, GARMENT = "person", "garment"
FILLED: Final = 0.97  # of the input, by the person's longer side
WHOLE_FROM: Final = 0.7  # a photo of the input's aspect whose person is at least this tall is taken as it is
LEAST: Final = 0.25  # of the person's longer side: a hat is seen with its head, a shoe with its leg

Box = tuple[Array, Array, Array, Array]


class Point(NamedTuple):
    """Where keypoints lie: x and y of (n,) each."""

    x: Array
    y: Array


def person_crop(xp: Arrays, person: Box, photo: tuple[Array, Array], size: tuple[int, int]) -> Box:
    """The crop "person" around the person's bounding box, in whole pixels.

    Args:
      xp: the array library.
      person: bounding box of everything that isn't background.
      photo: (h, w) of the photo.
      size: (height, width) of the networks' input.
    """
    y0, x0, y1, x1 = (xp.number(side) for side in person)
    height, width = xp.number(photo[0]), xp.number(photo[1])
    whole = (height * size[1] == width * size[0]) & (y1 - y0 >= WHOLE_FROM * height)
    scale = xp.larger((y1 - y0) / size[0], (x1 - x0) / size[1]) / FILLED
    tall, wide = (xp.larger(xp.rounded(scale * side), 1.0) for side in size)
    top, left = xp.rounded((y0 + y1 - tall) / 2), xp.rounded((x0 + x1 - wide) / 2)
    return (
        xp.where(whole, top * 0.0, top),
        xp.where(whole, left * 0.0, left),
        xp.where(whole, height, top + tall),
        xp.where(whole, width, left + wide),
    )


def garment_crop(xp: Arrays, erased: Box, person: Box, size: tuple[int, int], margin: float) -> Box:
    """The crop "garment" around the erased box.

    Args:
      xp: the array library.
      erased: the erased box.
      person: bounding box of everything that isn't background.
      size: (height, width) of the networks' input.
      margin: its longer side, relative to the erased box's; `config.data.crop_margin`.
    """
    y0, x0, y1, x1 = (xp.number(side) for side in erased)
    longest = xp.larger((y1 - y0) / size[0], (x1 - x0) / size[1])
    top, left, bottom, right = (xp.number(side) for side in person)
    least = LEAST * xp.larger((bottom - top) / size[0], (right - left) / size[1])
    return around(xp, (y0 + y1) / 2, (x0 + x1) / 2, xp.larger(xp.larger(longest * margin, least), 1.0 / size[0]), size)


def around(xp: Arrays, y: Array, x: Array, scale: Array, size: tuple[int, int]) -> Box:
    """The box of `scale` photo pixels for one of the input, centred on (y, x)."""
    half_y, half_x = scale * (size[0] / 2), scale * (size[1] / 2)
    return y - half_y, x - half_x, y + half_y, x + half_x


def jittered(xp: Arrays, crop: Box, shift: tuple[Array, Array], scale: Array, size: tuple[int, int]) -> Box:
    """A crop moved by `shift` (down, right) of its sides and `scale` times as large, for training."""
    y0, x0, y1, x1 = crop
    pixels = (y1 - y0) / size[0] * scale
    return around(xp, (y0 + y1) / 2 + shift[0] * (y1 - y0), (x0 + x1) / 2 + shift[1] * (x1 - x0), pixels, size)


def into_crop(crop: Box, points: Point, size: tuple[int, int]) -> Point:
    """Photo coordinates -> coordinates of the networks' input."""
    y0, x0, y1, x1 = crop
    return Point((points.x - x0) * (size[1] / (x1 - x0)), (points.y - y0) * (size[0] / (y1 - y0)))
