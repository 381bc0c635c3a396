"""What the detail network learns from: a garment in a photo, and the texture stage's picture of it.

A window is what the texture stage sees of a person. The photo is kept at twice its size, the size of what the detail
network makes. Each window is a file of its own, so that a call that was stopped goes on with the next one.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import examples, view
from tf_tryon.data.person import Person
from tf_tryon.data.records import RecordSet
from tf_tryon.data.vocabulary import GARMENT_CLASSES, slot_of, worn_targets
from tf_tryon.files.array_file import Form, read_arrays
from tf_tryon.geometry import resampling
from tf_tryon.geometry.arrays import library
from tf_tryon.inference.stage import Stage
from tf_tryon.training.checkpoints import write_arrays

FOLDER: Final = "windows"
_REMEDY: Final = "delete it: it is made again"


class Window(NamedTuple):
    """One garment.

    Attributes:
      picture: (H, W, 3) uint8, the texture stage's with the garment's own code.
      mask: (H, W) bool, where the garment is.
      photo: (2H, 2W, 3) uint8.
    """

    picture: np.ndarray
    mask: np.ndarray
    photo: np.ndarray


def wanted(records: RecordSet, garments: Sequence[str], people: int) -> list[tuple[int, str]]:
    """(record, garment) of the first people of the split "train", for each garment that they wear."""
    pairs: list[tuple[int, str]] = []
    for number in records.split("train")[:people]:
        person = Person.of(records, number)
        worn = worn_targets(person.labels, person.dress)
        pairs += [(int(number), garment) for garment in garments if garment in worn]
    return pairs


def path_of(folder: pathlib.Path, number: int, garment: str) -> pathlib.Path:
    """A window's file."""
    return folder / FOLDER / f"{number:06d}-{garment}.npz"


def make(stage: Stage, records: RecordSet, pairs: list[tuple[int, str]], folder: pathlib.Path) -> Iterator[int]:
    """Writes the windows that aren't there yet; yields how many are, before the first one and after each."""
    done = sum(path_of(folder, *pair).exists() for pair in pairs)
    yield done
    for number, garment in pairs:
        path = path_of(folder, number, garment)
        if not path.exists():
            window = window_of(stage, Person.of(records, number), garment)
            write_arrays(path, window._asdict())
            done += 1
            yield done


def window_of(stage: Stage, person: Person, garment: str) -> Window:
    """A person's garment."""
    given = examples.tensors(person)
    box = view.crop_of(given, tf.constant(slot_of(garment)), stage.config)
    seen = view.within(given, box, stage.config)
    batch = stage.batch_of_view(seen, garment)
    picture = stage.generate(batch, stage.encode(batch))[0]
    height, width = stage.size
    whole = tf.cast(given["photo"], tf.float32)
    size = 2 * height, 2 * width
    photo = resampling.resample(library(whole), whole, box, size, resampling.CUBIC, resampling.EDGE)
    labels = tf.argmax(batch[keys.PARSING][0], axis=-1).numpy()
    return Window(_bytes((picture + 1) * 127.5), labels == GARMENT_CLASSES[slot_of(garment)], _bytes(photo.numpy()))


def read(path: pathlib.Path, size: tuple[int, int]) -> Window:
    """A file's window of a texture stage of that size.

    Raises:
      MissingFileError, BadFileError: there is no such file, or it is damaged.
    """
    height, width = size
    forms = {
        "picture": Form("u", (height, width, 3)),
        "mask": Form("b", (height, width)),
        "photo": Form("u", (2 * height, 2 * width, 3)),
    }
    return Window(**read_arrays(path, _REMEDY, forms))


def _bytes(picture: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
