"""The parsing network's loss on people who are not trained on: as the annotator crops them, nothing random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation.parser_canvas import on_canvas
from tf_tryon.annotation.parser_examples import parse
from tf_tryon.annotation.parser_inputs import network_inputs
from tf_tryon.annotation.parser_people import measured_on
from tf_tryon.data.mapping import mapped
from tf_tryon.data.reading import raw_records, read_through
from tf_tryon.data.records import RecordSet

Inputs = tuple[tf.Tensor, tf.Tensor]


def held_out_examples(records: RecordSet, config: ConfigDict) -> tf.data.Dataset:
    """Batches ((picture, pose), labels (B, H, W) int32 of CIHP-20) of `measured_on`'s people."""
    size = config.model.height, config.model.width
    numbers = np.array(measured_on(records, config), np.int64)

    def seen(people: dict[str, tf.Tensor]) -> tuple[Inputs, tf.Tensor]:
        labels = people["labels"]
        mask = tf.cast(labels > 0, tf.float32)
        known = tf.fill(tf.shape(labels)[:1], True)
        radius = config.model.keypoint_radius
        return network_inputs(people["photo"], mask, known, people["keypoints"], radius), labels

    people = raw_records(records, tf.data.Dataset.from_tensor_slices(numbers))
    people = mapped(people, lambda record: on_canvas(parse(record), size, 1.0))
    return mapped(people.batch(sum(config.train.batch)), seen)


def held_out(
    sets: list[RecordSet], config: ConfigDict, measured: Callable[[Inputs, tf.Tensor], dict[str, tf.Tensor]]
) -> dict[str, float]:
    """Means over people of what `measured` tells of a batch, each its mean; of several data sets by their place."""
    measures = {}
    for place, records in enumerate(sets):
        values: dict[str, float] = {}
        people = 0
        for inputs, labels in read_through(held_out_examples(records, config)):
            count = int(labels.shape[0])
            people += count
            for name, value in measured(inputs, labels).items():
                values[name] = values.get(name, 0.0) + count * float(value)
        measures |= {f"{name}_{place}" if len(sets) > 1 else name: value / people for name, value in values.items()}
    return measures
