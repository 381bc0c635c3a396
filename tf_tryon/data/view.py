"""What the networks see of a person: the crop of `config.data.crop` at their input size, in the graph or in numpy.

A person is photo (h, w, 3) and labels (h, w) uint8, dress () bool, keypoints (18, 3) and id, as `schema.parse` gives
it, at any size. A view has these at the input size (H, W), and with the crop "garment" also

- garments (4, H, W, 3) float32 in [-1, 1]: each garment on white, cut from the whole photo at its own resolution, since
  the crop shows little of the others (docs/method.md, section 3: x_c);
- shown (4,) bool: which of them the whole photo shows.

Keypoints outside the crop keep their coordinates, which lie outside [0, H) or [0, W).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tf_tryon.data import boxes, vocabulary
from tf_tryon.geometry import crop, resampling
from tf_tryon.geometry.arrays import Array, library

if TYPE_CHECKING:
    from ml_collections import ConfigDict

Person = dict[str, Array]
# What photo and labels show where the photo has ended: its edge goes on behind nobody, or both are mirrored.
BEYOND = {
    crop.PERSON: (resampling.EDGE, resampling.ZERO),
    crop.GARMENT: (resampling.REFLECT, resampling.REFLECT),
}


def input_size(config: ConfigDict) -> tuple[int, int]:
    """(height, width) of the networks' input."""
    return config.data.height, config.data.width


def crop_of(person: Person, target: Array, config: ConfigDict, precropped: bool = False) -> crop.Box:
    """The part of the photo that the networks see, in photo pixels.

    Args:
      person: at its own size.
      target: () int32 garment slot, which the crop "garment" is around.
      config: the run's.
      precropped: the picture was stored as the crop "person" (a data set of one size): with that crop it is all seen.
    """
    if config.data.crop == crop.GARMENT:
        return garment_crop(person, target, config)
    xp = library(person["labels"])
    height, width = xp.size(person["labels"])
    if precropped:
        return tuple(map(xp.number, (0, 0, height, width)))
    return crop.person_crop(xp, _extent(person["labels"]), (height, width), input_size(config))


def of_person(
    person: Person,
    target: Array,
    config: ConfigDict,
    precropped: bool = False,
    jitter: tuple[tuple[Array, Array], Array] | None = None,
) -> Person:
    """The view of one person.

    Args:
      person: as for `crop_of`, and so the others.
      target: likewise.
      config: likewise.
      precropped: likewise.
      jitter: of the crop "garment" in training: (down, right) in its sides, and a factor.
    """
    size = input_size(config)
    if precropped and config.data.crop == crop.PERSON and tuple(person["labels"].shape) == size:
        return person
    seen = crop_of(person, target, config, precropped)
    if jitter is not None:
        seen = crop.jittered(library(person["labels"]), seen, *jitter, size)
    return within(person, seen, config)


def within(person: Person, seen: crop.Box, config: ConfigDict) -> Person:
    """The view of a given crop."""
    size = input_size(config)
    view = cropped(person, seen, size, config)
    if config.data.crop == crop.PERSON:
        return view
    garments, shown = garment_pictures(person, size)
    return {**view, "garments": garments, "shown": shown}


def garment_crop(person: Person, target: Array, config: ConfigDict) -> crop.Box:
    """The crop "garment" of one person, in photo pixels."""
    labels = person["labels"][None]
    xp = library(labels)
    height, width = (xp.number(side) for side in xp.size(labels)[1:])
    class_boxes = boxes.label_boxes(labels)
    erased = boxes.erased_boxes(class_boxes, person["dress"][None], height, width, config.data.box_widen)
    erased_box = xp.take(erased[0], target, 0)
    extent, size = _extent(person["labels"]), input_size(config)
    return crop.garment_crop(xp, _sides(erased_box), extent, size, config.data.crop_margin)


def cropped(person: Person, seen: crop.Box, size: tuple[int, int], config: ConfigDict) -> Person:
    """Photo, labels and keypoints of a crop, at the input size."""
    xp, (beyond_photo, beyond_labels) = library(person["labels"]), BEYOND[config.data.crop]
    photo = resampling.resample(xp, person["photo"], seen, size, resampling.LANCZOS, beyond_photo)
    labels = resampling.resample_labels(xp, person["labels"], seen, size, len(vocabulary.CLASSES), beyond_labels)
    points = person["keypoints"]
    moved = crop.into_crop(seen, crop.Point(points[:, 0], points[:, 1]), size)
    there = points[:, 2] > 0
    zero = points[:, 2] * 0.0
    placed = xp.stacked([xp.where(there, moved.x, zero), xp.where(there, moved.y, zero), points[:, 2]])
    return {**person, "photo": xp.to_bytes(photo), "labels": labels, "keypoints": placed}


def garment_pictures(person: Person, size: tuple[int, int]) -> tuple[Array, Array]:
    """Every garment on white, in the RoI of its own box, from the photo's own pixels.

    Returns:
      (4, H, W, 3) float32 in [-1, 1], white where the garment is absent; (4,) bool, shown.
    """
    labels = person["labels"]
    xp = library(labels)
    shown = boxes.shown(labels[None])[0]
    own = boxes.garment_boxes(boxes.label_boxes(labels[None]))[0]
    photo = xp.floats(person["photo"]) * (1 / 127.5) - 1.0
    pictures = []
    for slot, label in enumerate(vocabulary.GARMENT_CLASSES):
        y0, x0, y1, x1 = _sides(own[slot])
        scale = xp.larger(xp.larger((y1 - y0) / size[0], (x1 - x0) / size[1]), 1.0 / size[0])
        seen = crop.around(xp, (y0 + y1) / 2, (x0 + x1) / 2, scale, size)
        # Relative to white, so that what lies beyond the photo is white, too.
        darker = xp.where((labels == label)[..., None], photo - 1.0, photo * 0.0)
        pictures.append(resampling.resample(xp, darker, seen, size, resampling.TRIANGLE, resampling.ZERO) + 1.0)
    return xp.stacked(pictures, 0), shown


def batched(view: Person) -> Person:
    """A batch of one."""
    return {name: value[None] for name, value in view.items()}


def _extent(labels: Array) -> crop.Box:
    """Bounding box of everything that isn't background."""
    person = boxes.class_boxes(library(labels).floats(labels[None, ..., None] > 0))
    return _sides(person[0, 0])


def _sides(box: Array) -> crop.Box:
    return box[0], box[1], box[2], box[3]
