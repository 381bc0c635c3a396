"""The mean crop of each garment over the training set, which stands for a garment that a photo doesn't show.

Kept in `mean_garments.npz` beside the records, one array for each split, size and least number of garments. The crops
are those of x_c: in the RoI of the garment's own box, on white.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.data import boxes, crops, view, vocabulary
from tf_tryon.data.mapping import mapped
from tf_tryon.data.reading import raw_records, read_through
from tf_tryon.data.records import RecordSet, parse, save_arrays
from tf_tryon.data.usable import DERIVED, fingerprint, garment_table
from tf_tryon.errors import BadFileError
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.geometry import crop
from tf_tryon.progress import Progress

FILE = "mean_garments.npz"
_BATCH = 32


def mean_garments(records: RecordSet, config: ConfigDict, split: str = "train", progress: bool = True) -> np.ndarray:
    """Mean crops over the split's people with at least config.data.min_garments garments; cached.

    A garment that nobody shows is white.

    Args:
      records: the data set.
      config: its data.height, data.width and data.min_garments count.
      split: usually the training set's, also for evaluation.
      progress: whether to tell how far the pass is.

    Returns:
      (4, H, W, 3) float32 in [-1, 1].
    """
    path = records.directory / FILE
    name = f"{split}-{config.data.height}x{config.data.width}-min{config.data.min_garments}"
    if config.data.crop != crop.PERSON:
        name += f"-{config.data.crop}"
    stamp = fingerprint(records)
    cached: dict[str, np.ndarray] = {}
    if path.exists() and str(read_arrays(path, DERIVED, {"fingerprint": Form("U", ())})["fingerprint"]) == stamp:
        cached = {key: array for key, array in read_arrays(path, DERIVED).items() if key != "fingerprint"}
    if name in cached:
        means, shape = cached[name], (4, config.data.height, config.data.width, 3)
        if means.dtype != np.float32 or means.shape != shape or np.abs(means).max() > 1.001:
            raise BadFileError(f"{path}: {name} is no array of shape {shape} with values from -1 to 1: {DERIVED}")
    else:
        cached[name] = _compute(records, config, split, progress)
        save_arrays(path, **{**cached, "fingerprint": np.array(stamp)})
    return cached[name]


def _compute(records: RecordSet, config: ConfigDict, split: str, progress: bool) -> np.ndarray:
    height, width = config.data.height, config.data.width
    shown, _ = garment_table(records)
    members = records.split(split)
    numbers = [i for i in members if shown[i].sum() >= config.data.min_garments]
    totals = np.zeros((4, height, width, 3), np.float64)
    counts = np.zeros(4, np.int64)

    def look(record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        person = parse(record, *(records.size or (None, None)))
        return _garments_of(person, config, records.size is not None)

    @tf.function(autograph=False)
    def sums(pictures: tf.Tensor, shown: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        seen = tf.cast(shown, tf.float32)
        return tf.einsum("bg,bghwc->ghwc", seen, pictures), tf.reduce_sum(seen, axis=0)

    dataset = raw_records(records, tf.data.Dataset.from_tensor_slices(np.array(numbers, np.int64)))
    dataset = mapped(dataset, look, parallel=True)
    bar = Progress("mean garments", len(numbers), progress)
    for step, (pictures, seen) in enumerate(read_through(dataset.batch(_BATCH).prefetch(2)), start=1):
        total, count = sums(pictures, seen)
        totals += total.numpy()
        counts += count.numpy().astype(np.int64)
        bar.update(min(step * _BATCH, len(numbers)))
    means = totals / np.maximum(counts, 1)[:, None, None, None]
    means[counts == 0] = 1.0
    return means.astype(np.float32)


def _garments_of(person: view.Person, config: ConfigDict, precropped: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """The garments (4, H, W, 3) and which are shown (4,), as the compatibility encoder sees them with either crop."""
    if config.data.crop == crop.GARMENT:
        return view.garment_pictures(person, view.input_size(config))
    seen = view.batched(view.of_person(person, tf.constant(0), config, precropped))
    own = boxes.garment_boxes(boxes.label_boxes(seen["labels"]))
    photo = tf.cast(seen["photo"], tf.float32) * (1 / 127.5) - 1.0
    return crops.rgb_crops(photo, seen["labels"], own, vocabulary.GARMENT_CLASSES), boxes.shown(seen["labels"])[0]
