"""One person in the graph: from what a client sends to the nets' inputs, with everything checked that can be wrong."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import examples, view
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.export import pictures
from tf_tryon.export.pictures import require
from tf_tryon.export.stage_graph import StageGraph
from tf_tryon.geometry import crop
from tf_tryon.geometry import tensor_arrays as xp
from tf_tryon.models import pasting
from tf_tryon.models.background import BACKGROUNDS, RESTORE, STUDIO, continued, photo_on_grey
from tf_tryon.models.contract import Batch


class Seen(NamedTuple):
    """A person as the networks see them, and where that lies in the photo.

    photo (h, w, 3) uint8 is what completions are pasted into; labels (h, w) uint8 are the photo's own; shape_batch and
    texture_batch hold one person. behind (1, H, W, 3) in [-1, 1] is put behind the completed person.
    """

    photo: tf.Tensor
    labels: tf.Tensor
    crop: crop.Box
    where: pasting.Region
    shape_batch: Batch
    texture_batch: Batch
    behind: tf.Tensor


def target_slot(garment: tf.Tensor, trained: tuple[str, ...]) -> tf.Tensor:
    """() string -> () int32 garment slot; asserts that the model was trained on it."""
    ok = require(
        tf.reduce_any(tf.equal(garment, list(trained))),
        f"garment: this model completes {', '.join(trained)}; got",
        garment,
    )
    with tf.control_dependencies([ok]):
        named = tf.argmax(tf.equal(garment, list(vocabulary_lib.TARGETS)), output_type=tf.int32)
        return tf.gather(tf.constant([vocabulary_lib.slot_of(name) for name in vocabulary_lib.TARGETS]), named)


def clean_keypoints(points: tf.Tensor) -> tf.Tensor:
    """(18, 3) finite points: confidence clipped to [0, 1], missing ones zero."""
    finite = require(
        tf.reduce_all(tf.math.is_finite(points)), "keypoints: must be finite numbers; a missing point is 0, 0, 0"
    )
    with tf.control_dependencies([finite]):
        confidence = tf.clip_by_value(points[:, 2:], 0.0, 1.0)
    there = (confidence > 0) & tf.reduce_any(points[:, :2] != 0, axis=1, keepdims=True)
    return tf.where(there, tf.concat([points[:, :2], confidence], axis=1), 0.0)


def check_worn(labels: tf.Tensor, dress: tf.Tensor, garment: tf.Tensor, target: tf.Tensor) -> list[tf.Operation]:
    """Asserts that labels (h, w) show more than a speck of slot `target`, and that a dress is asked for by its name."""
    person = tf.math.count_nonzero(labels, dtype=tf.int32)
    least = vocabulary_lib.SPECK * tf.cast(tf.maximum(person, 1), tf.float64)
    count = tf.math.count_nonzero(_of_target(labels, target), dtype=tf.int32)
    return [
        require(
            tf.cast(count, tf.float64) >= least,
            "garment: the parsing shows none, or no more than a speck, and only a garment that is worn can be erased; "
            "choose another",
        ),
        require(
            (garment != "bottom") | ~dress,
            "garment: the person wears a dress, which covers top and bottom in one; ask for the dress if the model "
            "completes dresses, or choose another garment or person",
        ),
        require(
            (garment != vocabulary_lib.DRESS) | dress,
            "garment: the person wears no dress (its parsing has a bottom); choose another garment",
        ),
    ]


def from_bytes(
    request: dict[str, tf.Tensor], shape: StageGraph, texture: StageGraph, trained: tuple[str, ...], max_pixels: int
) -> Seen:
    """The person of one request: all but keypoints (18, 3) are () string (`signatures.PERSON`, and `background`)."""
    config, garment = shape.config, request["garment"]
    photo = pictures.decode_photo(request["photo_bytes"], max_pixels)
    labels = pictures.decode_labels(request["parsing_bytes"], max_pixels, "parsing_bytes")
    same = require(
        tf.reduce_all(tf.shape(photo)[:2] == tf.shape(labels)),
        "parsing_bytes: of another size than the photo; sizes of photo and parsing are",
        tf.shape(photo)[:2],
        tf.shape(labels),
    )
    with tf.control_dependencies([same]):
        labels, dress, carried = pictures.to_classes(labels, request["vocabulary"], "parsing_bytes")
    target = target_slot(garment, trained)
    points = clean_keypoints(request["keypoints"])
    with tf.control_dependencies(check_worn(labels, dress, garment, target)):
        labels = tf.identity(labels)
    background = request["background"]
    known = require(
        tf.reduce_any(tf.equal(background, list(BACKGROUNDS))),
        f"background: choose one of {', '.join(BACKGROUNDS)}; got",
        background,
    )
    with tf.control_dependencies([known]):
        restores, grey = tf.equal(background, RESTORE), tf.equal(background, STUDIO)
    given = tf.cond(restores | grey, lambda: photo_on_grey(photo, labels), lambda: photo)
    person = {"photo": given, "labels": labels, "dress": dress, "keypoints": points, "id": tf.constant("")}
    seen = view.crop_of(person, target, config)
    viewed = view.within(person, seen, config)
    size = view.input_size(config)

    shown = tf.cond(
        restores, lambda: view.cropped({**person, "photo": photo}, seen, size, config)["photo"], lambda: viewed["photo"]
    )
    behind = continued(examples.to_rgb(shown)[None], viewed["labels"][None])
    left = require(
        tf.reduce_any(_of_target(viewed["labels"], target)),
        "garment: too small: nothing of it is left at the networks' size; give a larger photo of the person",
    )
    with tf.control_dependencies([left]):
        viewed["labels"] = tf.identity(viewed["labels"])
    shape_batch, texture_batch = derive(view.batched(viewed), target[None], shape, texture)
    where = pasting.region(shape_batch[keys.VISIBLE][0, ..., 0], seen, xp.size(photo)[:2], carried & ~grey)
    pasted_into = tf.where(grey, given, photo)
    return Seen(pasted_into, labels, seen, where, shape_batch, texture_batch, behind)


def _of_target(labels: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Where uint8 classes are the garment's of slot `target`, bool."""
    return labels == tf.cast(target + vocabulary_lib.HAT, tf.uint8)


def derive(
    people: dict[str, tf.Tensor], target: tf.Tensor, shape: StageGraph, texture: StageGraph
) -> tuple[Batch, Batch]:
    """Both stages' inputs for views of people (B, ...): derived once, if both derive alike."""

    def of(stage: StageGraph) -> Batch:
        noise = tf.zeros((tf.shape(target)[0], *examples.noise_shape(stage.config)))
        return examples.derive(people, target, noise, stage.means, stage.config)

    first = of(shape)
    return first, (first if shape.derives_like(texture) else of(texture))
