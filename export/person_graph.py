"""One person in the graph: from what a client sends to the nets' inputs, with everything checked that can be wrong."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import examples
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.export import framing, pictures
from tf_tryon.export.pictures import require
from tf_tryon.export.stage_graph import Batch, StageGraph

_BOTTOM = vocabulary_lib.GARMENTS.index("bottom")


class Framed(NamedTuple):
    """A person in the nets' frame and where that lies in the photo.

    photo (h, w, 3) and labels (h, w) uint8 are the photo's own; shape_batch and texture_batch hold one person.
    """

    photo: tf.Tensor
    labels: tf.Tensor
    window: framing.Window
    rectangle: framing.Rectangle
    shape_batch: Batch
    texture_batch: Batch


def target_slot(garment: tf.Tensor, trained: tuple[str, ...]) -> tf.Tensor:
    """() string -> () int32 garment slot; asserts that the model was trained on it."""
    ok = require(
        tf.reduce_any(tf.equal(garment, list(trained))),
        f"garment: this model completes {', '.join(trained)}; got",
        garment,
    )
    with tf.control_dependencies([ok]):
        return tf.argmax(tf.equal(garment, list(vocabulary_lib.GARMENTS)), output_type=tf.int32)


def clean_keypoints(points: tf.Tensor) -> tf.Tensor:
    """(18, 3) finite points: confidence clipped to [0, 1], missing ones zero."""
    finite = require(
        tf.reduce_all(tf.math.is_finite(points)), "keypoints: must be finite numbers; a missing point is 0, 0, 0"
    )
    with tf.control_dependencies([finite]):
        confidence = tf.clip_by_value(points[:, 2:], 0.0, 1.0)
    there = (confidence > 0) & tf.reduce_any(points[:, :2] != 0, axis=1, keepdims=True)
    return tf.where(there, tf.concat([points[:, :2], confidence], axis=1), 0.0)


def check_worn(labels: tf.Tensor, dress: tf.Tensor, target: tf.Tensor, config: ConfigDict) -> list[tf.Operation]:
    """Asserts that labels (h, w) show the garment, and that a dress isn't completed as a bottom."""
    label = tf.cast(target + vocabulary_lib.HAT, tf.uint8)
    worn = require(
        tf.reduce_any(labels == label),
        "garment: the parsing shows none, and only a garment that is worn can be erased; choose another",
    )
    if config.data.dresses:
        return [worn]
    return [
        worn,
        require(
            tf.logical_not(dress) | (target != _BOTTOM),
            "garment: the person wears a dress, which covers top and bottom in one; choose another garment or person",
        ),
    ]


def from_bytes(
    request: dict[str, tf.Tensor], shape: StageGraph, texture: StageGraph, trained: tuple[str, ...], max_pixels: int
) -> Framed:
    """The person of one request: photo_bytes, parsing_bytes, vocabulary, garment () string, keypoints (18, 3)."""
    config = shape.config
    height, width = config.data.height, config.data.width
    photo = pictures.decode_photo(request["photo_bytes"], max_pixels)
    labels = pictures.decode_labels(request["parsing_bytes"], max_pixels, "parsing_bytes")
    same = require(
        tf.reduce_all(tf.shape(photo)[:2] == tf.shape(labels)),
        "parsing_bytes: of another size than the photo; sizes of photo and parsing are",
        tf.shape(photo)[:2],
        tf.shape(labels),
    )
    with tf.control_dependencies([same]):
        labels, dress = pictures.to_classes(labels, request["vocabulary"], "parsing_bytes")
    target = target_slot(request["garment"], trained)
    points = clean_keypoints(request["keypoints"])
    with tf.control_dependencies(check_worn(labels, dress, target, config)):
        window = framing.window_of(labels, height, width)
    framed_labels = framing.labels_to_frame(labels, window, height, width)
    with tf.control_dependencies(check_worn(framed_labels, dress, target, config)):
        framed_labels = tf.identity(framed_labels)
    people = {
        "photo": framing.photo_to_frame(photo, window, height, width)[None],
        "labels": framed_labels[None],
        "dress": dress[None],
        "keypoints": framing.keypoints_to_frame(points, window, height, width)[None],
        "id": tf.constant([""]),
    }
    shape_batch, texture_batch = derive(people, target[None], shape, texture)
    visible = shape_batch[keys.VISIBLE][0, ..., 0]
    rectangle = framing.erased_rectangle(visible, window, tf.shape(labels))
    return Framed(photo, labels, window, rectangle, shape_batch, texture_batch)


def derive(
    people: dict[str, tf.Tensor], target: tf.Tensor, shape: StageGraph, texture: StageGraph
) -> tuple[Batch, Batch]:
    """Both stages' inputs for people (B, ...) in the frame: derived once, if both derive alike."""

    def of(stage: StageGraph) -> Batch:
        noise = tf.zeros((tf.shape(target)[0], *examples.noise_shape(stage.config)))
        return examples.derive(people, target, noise, stage.means, stage.config)

    first = of(shape)
    return first, (first if shape.derives_like(texture) else of(texture))
