"""What the networks see of a person: the crop of `config.data.crop` at their input size, in the graph.

A person is photo (h, w, 3) and labels (h, w) uint8, dress () bool, keypoints (18, 3) and id, as `schema.parse` gives
it, at any size. A view has these at the input size (H, W), and with the crop "garment" also

- garments (4, H, W, 3) float32 in [-1, 1]: each garment on white, cut from the whole photo at its own resolution, since
  the crop shows little of the others (docs/method.md, section 3: x_c);
- shown (4,) bool: which of them the whole photo shows.

Keypoints outside the crop keep their coordinates, which lie outside [0, H) or [0, W).
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.data import boxes, crops, vocabulary
from tf_tryon.geometry import crop, resampling
from tf_tryon.geometry import tensor_arrays as xp

Person = dict[str, tf.Tensor]
# What photo and labels show where the photo has ended: its edge goes on behind nobody, or both are mirrored.
BEYOND = {
    crop.PERSON: (resampling.EDGE, resampling.ZERO),
    crop.GARMENT: (resampling.REFLECT, resampling.REFLECT),
}


def input_size(config: ConfigDict) -> tuple[int, int]:
    """(height, width) of the networks' input."""
    return config.data.height, config.data.width


def crop_of(person: Person, target: tf.Tensor, config: ConfigDict, framed: bool = False) -> crop.Box:
    """The part of the photo that the networks see, in photo pixels.

    Args:
      person: at its own size.
      target: () int32 garment slot, which the crop "garment" is around.
      config: the run's.
      framed: the picture was stored as the crop "person" (a data set of one size): with that crop it is all seen.
    """
    if config.data.crop == crop.GARMENT:
        return garment_crop(person, target, config)
    height, width = xp.size(person["labels"])
    if framed:
        return tuple(map(xp.number, (0, 0, height, width)))
    return crop.person_crop(xp, _extent(person["labels"]), (height, width), input_size(config))


def of_person(
    person: Person,
    target: tf.Tensor,
    config: ConfigDict,
    framed: bool = False,
    jitter: tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor] | None = None,
) -> Person:
    """The view of one person.

    Args:
      person: as for `crop_of`, and so the others.
      target: likewise.
      config: likewise.
      framed: likewise.
      jitter: of the crop "garment" in training: (down, right) in its sides, and a factor.
    """
    size = input_size(config)
    if framed and config.data.crop == crop.PERSON and tuple(person["labels"].shape) == size:
        return person
    seen = crop_of(person, target, config, framed)
    if jitter is not None:
        seen = crop.jittered(xp, seen, *jitter, size)
    return within(person, seen, config)


def within(person: Person, seen: crop.Box, config: ConfigDict) -> Person:
    """The view of a given crop."""
    size = input_size(config)
    view = cropped(person, seen, size, config)
    if config.data.crop == crop.PERSON:
        return view
    garments, shown = garment_pictures(person, size)
    return {**view, "garments": garments, "shown": shown}


def garment_crop(person: Person, target: tf.Tensor, config: ConfigDict) -> crop.Box:
    """The crop "garment" of one person, in photo pixels."""
    labels = person["labels"][tf.newaxis]
    height, width = (xp.number(side) for side in xp.size(labels)[1:])
    class_boxes = boxes.label_boxes(labels)
    erased = boxes.erased_boxes(class_boxes, person["dress"][tf.newaxis], height, width, config.data.box_widen)
    erased_box = tuple(tf.unstack(tf.gather(erased[0], target)))
    return crop.garment_crop(xp, erased_box, _extent(person["labels"]), input_size(config), config.data.crop_margin)


def cropped(person: Person, seen: crop.Box, size: tuple[int, int], config: ConfigDict) -> Person:
    """Photo, labels and keypoints of a crop, at the input size."""
    beyond_photo, beyond_labels = BEYOND[config.data.crop]
    photo = resampling.resample(xp, person["photo"], seen, size, resampling.LANCZOS, beyond_photo)
    labels = resampling.resample_labels(xp, person["labels"], seen, size, len(vocabulary.CLASSES), beyond_labels)
    points = person["keypoints"]
    moved = crop.into_crop(seen, crop.Point(points[:, 0], points[:, 1]), size)
    there = points[:, 2] > 0
    placed = tf.stack([tf.where(there, moved.x, 0.0), tf.where(there, moved.y, 0.0), points[:, 2]], axis=-1)
    return {**person, "photo": xp.to_bytes(photo), "labels": labels, "keypoints": placed}


def garment_pictures(person: Person, size: tuple[int, int]) -> tuple[tf.Tensor, tf.Tensor]:
    """Every garment on white, in the frame of its own box, from the photo's own pixels.

    Returns:
      (4, H, W, 3) float32 in [-1, 1], white where the garment is absent; (4,) bool, shown.
    """
    labels = person["labels"]
    shown = boxes.shown(labels[tf.newaxis])[0]
    own = boxes.garment_boxes(boxes.label_boxes(labels[tf.newaxis]))[0]
    photo = tf.cast(person["photo"], tf.float32) * (1 / 127.5) - 1.0
    pictures = []
    for slot, label in enumerate(vocabulary.GARMENT_CLASSES):
        y0, x0, y1, x1 = tf.unstack(own[slot])
        scale = tf.maximum(tf.maximum((y1 - y0) / size[0], (x1 - x0) / size[1]), 1.0 / size[0])
        frame = crop.around(xp, (y0 + y1) / 2, (x0 + x1) / 2, scale, size)
        # Relative to white, so that what lies beyond the photo is white, too.
        darker = tf.where((labels == label)[..., tf.newaxis], photo - 1.0, 0.0)
        pictures.append(resampling.resample(xp, darker, frame, size, resampling.TRIANGLE, resampling.ZERO) + 1.0)
    return tf.stack(pictures), shown


def garments_of(person: Person, config: ConfigDict, framed: bool = False) -> tuple[tf.Tensor, tf.Tensor]:
    """The garments (4, H, W, 3) and which are shown (4,), as the compatibility encoder sees them with either crop."""
    if config.data.crop == crop.GARMENT:
        return garment_pictures(person, input_size(config))
    seen = batched(of_person(person, tf.constant(0), config, framed))
    own = boxes.garment_boxes(boxes.label_boxes(seen["labels"]))
    photo = tf.cast(seen["photo"], tf.float32) * (1 / 127.5) - 1.0
    return crops.rgb_crops(photo, seen["labels"], own, vocabulary.GARMENT_CLASSES), boxes.shown(seen["labels"])[0]


def batched(view: Person) -> Person:
    """A batch of one."""
    return {name: value[tf.newaxis] for name, value in view.items()}


def _extent(labels: tf.Tensor) -> crop.Box:
    """Bounding box of everything that isn't background."""
    person: Any = boxes.class_boxes(tf.cast(labels[tf.newaxis, ..., tf.newaxis] > 0, tf.float32))
    return tuple(tf.unstack(person[0, 0]))
