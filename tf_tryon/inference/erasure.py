"""What is erased: the box around garment and skin, their silhouette, or what the user's own mask covers.

In every case the garment and the skin that it may uncover go (docs/method.md, section 3): the old sleeve must not leak.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from tf_tryon.data import boxes
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import DRESS, GARMENT_CLASSES, gone_classes, slot_of
from tf_tryon.inference.request import NotWornError, Request
from tf_tryon.models.background import STUDIO

_OUTLINE = 2  # pixels of the input around a silhouette: the garment's own edge is in its neighbours too


def with_mask_as_garment(person: Person, request: Request) -> Person:
    """The person with the user's mask labelled as the target garment, whatever was seen there."""
    if request.mask is None:
        return person
    if request.mask.shape != person.size:
        raise ValueError(f"{person.id}: the mask is {request.mask.shape}, the photo {person.size} (height, width)")
    target = np.uint8(GARMENT_CLASSES[slot_of(request.garment)])
    dress = person.dress or request.garment == DRESS
    labels = np.where(request.mask, target, person.labels)
    carried = None if person.carried is None else person.carried & ~request.mask
    return dataclasses.replace(person, labels=labels, dress=dress, carried=carried)


def stays(person: Person, request: Request) -> np.ndarray | None:
    """(h, w) bool of a person `with_mask_as_garment`: what is carried and stays before what is new; None: nothing.

    On grey in place of the background nothing that is carried is left.
    """
    return None if request.background == STUDIO else person.carried


def with_mask_seen(labels: np.ndarray, crop: Sequence[float], request: Request) -> np.ndarray:
    """Classes (H, W) of what the networks see, the target's wherever the user's mask has a pixel of the photo.

    In `with_mask_as_garment` each pixel of the input takes the class of its largest part, and a thin stroke on a large
    photo has none: it would be gone, and what was to be erased stay.

    Args:
      labels: (H, W) uint8, as `view.within` gives them.
      crop: y0, x0, y1, x1 that they show, in the photo's pixels.
      request: its garment and mask.
    """
    if request.mask is None:
        return labels
    places = []
    for axis, marked in enumerate(np.nonzero(request.mask)):
        start, stop = (float(crop[side]) for side in (axis, axis + 2))
        places.append(np.floor((marked + 0.5 - start) * (labels.shape[axis] / (stop - start))).astype(int))
    rows, columns = places
    inside = (rows >= 0) & (rows < labels.shape[0]) & (columns >= 0) & (columns < labels.shape[1])
    seen = labels.copy()
    seen[rows[inside], columns[inside]] = GARMENT_CLASSES[slot_of(request.garment)]
    return seen


def erased(
    labels: np.ndarray, box: np.ndarray, request: Request, scale: float, person: str
) -> tuple[np.ndarray, np.ndarray]:
    """What the request erases of what the networks see.

    Args:
      labels: (H, W) classes.
      box: (4,) float32, what is erased by default (`boxes.erased_boxes`).
      request: its garment, mask, erase and dilate.
      scale: pixels of the photo for one of the input.
      person: whose these are, for messages.

    Returns:
      (H, W, 1) float32, 0 where erased, and (4,) float32, the box around it.

    Raises:
      NotWornError: nothing of the garment is left at this size, nor was anything marked.
    """
    height, width = labels.shape
    if not (labels == GARMENT_CLASSES[slot_of(request.garment)]).any():
        if request.mask is not None:
            raise NotWornError(
                f"{person}: the mask marks nothing, and no {request.garment} is seen: mark what is to go"
            )
        raise NotWornError(
            f"{person}: the {request.garment} is too small: nothing of it is left in the {width} x {height} pixels "
            "that the networks see; give a larger photo of the person, or mark it by a mask"
        )
    reach = request.dilate / scale
    if request.mask is None and request.erase == "box":
        if not reach:
            return boxes.visible_mask(box[None], height, width)[0], box
        wider = box + np.array([-reach, -reach, reach, reach], np.float32)
        gone = boxes.visible_mask(wider[None], height, width)[0, ..., 0] == 0
    else:
        gone = _within(np.isin(labels, gone_classes(request.garment)), _OUTLINE + reach)
    rows, columns = np.flatnonzero(gone.any(1)), np.flatnonzero(gone.any(0))
    around = np.array([rows[0], columns[0], rows[-1] + 1, columns[-1] + 1], np.float32)
    return (~gone[..., None]).astype(np.float32), around


def _within(mask: np.ndarray, reach: float) -> np.ndarray:
    """(H, W) bool: whose centre is at most `reach` pixels from that of a pixel of the mask."""
    height, width = mask.shape
    rows = np.arange(height)
    # Of each pixel the nearest of the mask in its column, then the nearest of those along its row.
    far = np.where(mask[None], np.abs(rows[:, None] - rows)[..., None], height + width).min(1).astype(np.float32)
    squares = far[:, None] ** 2 + np.square(np.arange(width)[:, None] - np.arange(width), dtype=np.float32)
    return squares.min(-1) <= reach**2
