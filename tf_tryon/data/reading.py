"""Raw records in a tf.data graph, by record number, and what went wrong in reading them, in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tf_tryon.data.mapping import mapped
from tf_tryon.data.records import RecordSet
from tf_tryon.errors import BadFileError

# How TensorFlow begins the message of an exception of Python that reading has raised.
_OURS = re.compile(r"(?:BadFileError|ValueError|OSError|IndexError): (.*)")


def raw_records(records: RecordSet, numbers: tf.data.Dataset) -> tf.data.Dataset:
    """Record numbers () int64 -> records () string, in order, read from the memory-mapped shards and checked."""

    def read(number: tf.Tensor) -> tf.Tensor:
        record = tf.numpy_function(lambda i: records.checked(int(i)), [number], tf.string, stateful=False)
        return tf.ensure_shape(record, ())

    return mapped(numbers, read)


def read_through(dataset: tf.data.Dataset) -> Iterator[Any]:
    """A data set's elements; what went wrong in reading one is reported as `failure` words it."""
    elements = iter(dataset)
    while True:
        try:
            element = next(elements)
        except StopIteration:
            return
        except tf.errors.OpError as error:
            raise failure(error) from error
        yield element


def failure(error: tf.errors.OpError) -> BadFileError:
    """What TensorFlow raised while it read records, without the graph's words."""
    lines = [line.strip() for line in (error.message or "").splitlines() if line.strip()]
    ours = [match[1] for line in lines if (match := _OURS.match(line))]
    if ours:
        return BadFileError(f"reading the data failed: {ours[0]}")
    first_line = (lines or [type(error).__name__])[0]
    return BadFileError(f"reading the data failed: {first_line}; `tf-tryon data check` finds the record")
