"""Which people of a data set can be used: found in one pass over the labels and kept in `usable.npz` beside the
records.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.data import boxes, vocabulary
from tf_tryon.data.examples import target_weights
from tf_tryon.data.mapping import mapped
from tf_tryon.data.reading import raw_records, read_through
from tf_tryon.data.records import RecordSet, parse_labels, save_arrays
from tf_tryon.files.array_file import Form, read_arrays

FILE = "usable.npz"
_RULES = 2  # of who wears what: others find other people in the same records
DERIVED = "delete it, it is made again"  # what to do about a damaged file that follows from the records


def garment_table(records: RecordSet) -> tuple[np.ndarray, np.ndarray]:
    """Garments shown (N, 4) bool and dress (N,) bool of every record; cached."""
    path = records.directory / FILE
    stamp = f"{fingerprint(records)} {_RULES}"
    if path.exists() and str(read_arrays(path, DERIVED, {"fingerprint": Form("U", ())})["fingerprint"]) == stamp:
        people = len(records)
        cached = read_arrays(path, DERIVED, {"shown": Form("b", (people, 4)), "dress": Form("b", (people,))})
        return cached["shown"], cached["dress"]
    size = records.size or (None, None)

    def look(record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        labels, dress = parse_labels(record, *size)
        return tf.math.bincount(tf.cast(labels, tf.int32), minlength=8, maxlength=8), dress

    dataset = raw_records(records, tf.data.Dataset.range(len(records)))
    counts, dress = [], []
    for count, flag in read_through(mapped(dataset, look, parallel=True).batch(256)):
        counts.append(count.numpy())
        dress.append(flag.numpy())
    pixels = np.concatenate(counts)
    least = boxes.MIN_AREA * pixels.sum(axis=1, keepdims=True)  # the classes together are the whole picture
    shown = pixels[:, list(vocabulary.GARMENT_CLASSES)] >= least
    flags = np.concatenate(dress)
    save_arrays(path, shown=shown, dress=flags, fingerprint=np.array(stamp))
    return shown, flags


def usable(records: RecordSet, split: str, config: ConfigDict, garment: str | None = None) -> np.ndarray:
    """Record numbers (int64, ascending) of a split's usable people, at least one; see `usable_if_any`.

    Raises:
      BadFileError: a record, or the file that keeps what was found, is damaged.
      ValueError: there is none, or the split or the garment is unknown.
    """
    numbers = usable_if_any(records, split, config, garment)
    if not len(numbers):
        fields = "min_garments and dresses" if garment else "targets, min_garments and dresses"
        raise ValueError(
            f"{records.directory}: nobody in split {split!r} shows {garment or 'a wanted garment'} and at least "
            f"{config.data.min_garments} garments; see config.data.{fields}"
        )
    return numbers


def usable_if_any(records: RecordSet, split: str, config: ConfigDict, garment: str | None = None) -> np.ndarray:
    """Record numbers (int64, ascending) of a split's usable people; empty if there is none.

    A person is usable with at least config.data.min_garments garments and a garment that may be erased: `garment`, or
    any of positive weight in config.data.targets. A dress may be erased only with config.data.dresses, and is no
    "bottom" for who asks for one garment.

    Raises:
      BadFileError: a record, or the file that keeps what was found, is damaged.
      ValueError: the split or the garment is unknown.
    """
    slot = None if garment is None else vocabulary.slot_of(garment)
    members = records.split(split)
    shown, dress = garment_table(records)
    wanted = np.array(target_weights(config)) > 0 if slot is None else np.arange(len(vocabulary.GARMENTS)) == slot
    target = shown & wanted
    bottom = vocabulary.GARMENTS.index("bottom")
    if not config.data.dresses or (slot == bottom and garment != vocabulary.DRESS):
        target[dress, bottom] = False
    if garment == vocabulary.DRESS:
        target[~dress, bottom] = False
    good = (shown.sum(axis=1) >= config.data.min_garments) & target.any(axis=1)
    return np.flatnonzero(good[members.start : members.stop]) + members.start


def fingerprint(records: RecordSet) -> str:
    """Tells one data set's contents from another's, for what is cached beside it."""
    shards = [shard["sha256"] for shard in records.manifest["shards"]]
    return hashlib.sha256(json.dumps(shards).encode()).hexdigest()
