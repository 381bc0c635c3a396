"""Raw records in a tf.data graph, by record number."""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.data.records import RecordSet


def raw_records(records: RecordSet, numbers: tf.data.Dataset) -> tf.data.Dataset:
    """Record numbers () int64 -> records () string, in order, read from the memory-mapped shards and verified."""

    def read(number: tf.Tensor) -> tf.Tensor:
        record = tf.numpy_function(lambda i: records.read(int(i)), [number], tf.string, stateful=False)
        return tf.ensure_shape(record, ())

    return numbers.map(read)
