"""From people to the nets' inputs: docs/method.md, section 3, in the graph and for a whole batch at once.

Choices that the section leaves open:
- a keypoint's square reaches round(keypoint_radius * H) pixels (half to even, at least 1) each way of the keypoint's
  pixel: 5 at 256 px, 2 at 128, 1 at 64;
- a garment counts as shown from `boxes.MIN_AREA` on; in x_c one that isn't is the training set's mean crop;
- x_s is in the RoI of the garment's own box, or with `config.data.shape_frame == "box"` of the erased box, so that
  its place in the erased box is known; x_a and x_c are always in the RoI of the own box;
- a dress is a bottom as context, but the target "bottom" only with `config.data.dresses`, and then its erased box
  takes in the arms, since it has sleeves.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import latent_shape
from tf_tryon.data import boxes, crops, view, vocabulary
from tf_tryon.data.person import Person
from tf_tryon.data.pose_maps import pose, reach_of


def derive(
    people: dict[str, tf.Tensor], target: tf.Tensor, noise: tf.Tensor, means: tf.Tensor, config: ConfigDict
) -> dict[str, tf.Tensor]:
    """The batch of docs/architecture.md.

    Args:
      people: views (`view.py`): photo (B, H, W, 3) uint8, labels (B, H, W) uint8 classes, dress (B,) bool, keypoints
        (B, 18, 3), id (B,); and, where they come from more of the photo than the view shows, garments (B, 4, H, W, 3)
        float32 and shown (B, 4) bool.
      target: (B,) int32 garment slot 0..3.
      noise: (B, 2, h, w, c) float32.
      means: (4, H, W, 3) float32 in [-1, 1], `mean_garments`.
      config: the run's.
    """
    photo, labels = to_rgb(people["photo"]), people["labels"]
    height, width = labels.shape[1], labels.shape[2]
    one_hot = tf.one_hot(labels, len(vocabulary.CLASSES))
    class_boxes = boxes.class_boxes(one_hot)
    own_boxes = boxes.garment_boxes(class_boxes)
    erased = boxes.erased_boxes(class_boxes, people["dress"], height, width, config.data.box_widen)
    box = tf.gather(erased, target, batch_dims=1)
    own_box = tf.gather(own_boxes, target, batch_dims=1)

    if "garments" in people:
        by_slot = tf.transpose(people["garments"], (1, 0, 2, 3, 4))
        garments = tf.reshape(by_slot, (-1, height, width, 3))
        shown = people["shown"]
    else:
        garments = crops.rgb_crops(photo, labels, own_boxes, vocabulary.GARMENT_CLASSES)
        shown = boxes.shown(labels)
    mask = labels == tf.cast(vocabulary.class_of(target), labels.dtype)[:, None, None]
    face = crops.cut_out(photo, crops.in_three(labels[..., tf.newaxis]), vocabulary.FACE)
    return {
        keys.PHOTO: photo,
        keys.PARSING: one_hot,
        keys.VISIBLE: boxes.visible_mask(box, height, width),
        keys.BOX: box,
        keys.GARMENT_BOX: own_box,
        keys.TARGET: target,
        keys.POSE: pose(labels == vocabulary.FACE, people["keypoints"], reach_of(config.data.keypoint_radius, height)),
        keys.APPEARANCE: tf.concat([face, one_hot], axis=-1),
        keys.GARMENT_MASK: crops.mask_crops(mask, box if config.data.shape_frame == "box" else own_box),
        keys.GARMENT_RGB: tf.gather(garments, target * tf.shape(target)[0] + tf.range(tf.shape(target)[0])),
        keys.CONTEXT: _context(garments, means, target, shown),
        keys.KEYPOINTS: people["keypoints"],
        keys.NOISE: noise,
        keys.ID: people["id"],
    }


def choose_target(
    labels: tf.Tensor, dress: tf.Tensor, draw: tf.Tensor, config: ConfigDict
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw the garment to erase, by config.data.targets among those that may be.

    Args:
      labels: (B, H, W) uint8 classes.
      dress: (B,) bool.
      draw: (B,) uniform in [0, 1).
      config: the run's.

    Returns:
      (B,) int32 slot and (B,) bool: whether there was one to choose. If not, the slot is the wanted garment with the
      most pixels.
    """
    area = boxes.garment_areas(labels)
    weights = tf.constant(target_weights(config), tf.float32)
    allowed = may_be_target(area >= boxes.MIN_AREA, dress, config.data.dresses)
    share = tf.cast(allowed, tf.float32) * weights
    total = tf.cumsum(share, axis=-1)
    chosen = tf.reduce_sum(tf.cast(draw[:, None] * total[:, -1:] >= total, tf.int32), axis=-1)
    largest = tf.argmax(area * weights, axis=-1, output_type=tf.int32)
    has_target = total[:, -1] > 0
    return tf.where(has_target, tf.minimum(chosen, len(vocabulary.GARMENTS) - 1), largest), has_target


def may_be_target(shown: tf.Tensor, dress: tf.Tensor, dresses: bool) -> tf.Tensor:
    """(B, 4) bool from the garments shown (B, 4) and dress (B,): a dress isn't the target "bottom" unless `dresses`."""
    bottom = tf.constant([name == "bottom" for name in vocabulary.GARMENTS])
    return shown if dresses else shown & ~(dress[:, None] & bottom)


def target_weights(config: ConfigDict) -> list[float]:
    """config.data.targets in slot order."""
    return [float(config.data.targets[name]) for name in vocabulary.GARMENTS]


def noise_shape(config: ConfigDict) -> tuple[int, ...]:
    """Shape of one example's noise: posterior and prior samples."""
    return (2, *latent_shape(config))


def from_people(
    people: list[Person], garment: str, means: np.ndarray, config: ConfigDict, noise: np.ndarray | None = None
) -> dict[str, tf.Tensor]:
    """The batch of people in memory, at any size, with a given target, for inference.

    Raises:
      ValueError: the garment is unknown.
    """
    slot = vocabulary.slot_of(garment)
    views = [view.of_person(tensors(person), tf.constant(slot), config) for person in people]
    return from_views(views, slot, means, config, noise)


def from_views(
    views: list[view.Person], slot: int, means: np.ndarray, config: ConfigDict, noise: np.ndarray | None = None
) -> dict[str, tf.Tensor]:
    """The batch of views with one target, for inference."""
    shape = (len(views), *noise_shape(config))
    latent = tf.zeros(shape) if noise is None else tf.ensure_shape(tf.constant(noise, tf.float32), shape)
    batch = {name: tf.stack([seen[name] for seen in views]) for name in views[0]}
    return derive(batch, tf.fill((len(views),), slot), latent, tf.constant(means, tf.float32), config)


def tensors(person: Person) -> view.Person:
    """A person in memory as `view` takes it."""
    return {
        "photo": tf.constant(person.photo),
        "labels": tf.constant(person.labels),
        "dress": tf.constant(person.dress),
        "keypoints": tf.constant(person.keypoints, tf.float32),
        "id": tf.constant(person.id),
    }


def _context(garments: tf.Tensor, means: tf.Tensor, target: tf.Tensor, shown: tf.Tensor) -> tf.Tensor:
    """x_c (B, H, W, 12): each slot's crop, the mean garment where it isn't shown, zeros for the target.

    Every slot copies whole rows out of one pool: 4 * B crops, 4 means, one zero.
    """
    count, slots = tf.shape(target)[0], len(vocabulary.GARMENTS)
    pool = tf.concat([garments, means, tf.zeros_like(means[:1])], axis=0)
    parts = []
    for slot in range(slots):
        row = tf.where(shown[:, slot], slot * count + tf.range(count), slots * count + slot)
        row = tf.where(target == slot, slots * count + slots, row)
        parts.append(tf.gather(pool, row))
    return tf.concat(parts, axis=-1)


def to_rgb(photo: tf.Tensor) -> tf.Tensor:
    """Bytes -> float32 in [-1, 1]."""
    return tf.cast(photo, tf.float32) * (1 / 127.5) - 1.0


def to_bytes(rgb: tf.Tensor) -> tf.Tensor:
    """[-1, 1] -> uint8."""
    return tf.cast(tf.clip_by_value(tf.round((rgb + 1.0) * 127.5), 0.0, 255.0), tf.uint8)
