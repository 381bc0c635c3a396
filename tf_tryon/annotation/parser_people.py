"""Whom of a data set the parser is trained on, calibrated by and measured on, and whether it has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ml_collections import ConfigDict

from tf_tryon.data.record_parts import parts_of
from tf_tryon.data.records import RecordSet
from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.errors import BadFileError

_TRAIN: Final = "train"
_TEST: Final = "test"


def is_synthetic(records: RecordSet) -> bool:
    """Whether a data set's people are rendered, not photographed."""
    return str(records.manifest.get("generator", "")).startswith("studio")


def trained_on(records: RecordSet, config: ConfigDict) -> range:
    """The split "train", of photos without those that are kept back.

    Raises:
      ValueError: as `kept_back` does of photos.
    """
    members = records.split(_TRAIN)
    return members if is_synthetic(records) else members[: len(members) - len(kept_back(records, config))]


def kept_back(records: RecordSet, config: ConfigDict) -> range:
    """The last `train.kept_back` photos of the split "train", on which confidences are calibrated.

    Raises:
      ValueError: the people are rendered, of whom all are trained on; or fewer than half of the photos would be left.
    """
    if is_synthetic(records):
        raise ValueError(
            f"{records.directory} has rendered people, and training keeps none of them back to calibrate by: name a "
            "data set of photos"
        )
    members, count = records.split(_TRAIN), config.train.kept_back
    left = len(members) - count
    if 2 * left < len(members):
        raise ValueError(
            f"{records.directory} has {len(members)} photos in its split {_TRAIN!r}, and train.kept_back = {count} are "
            "kept from training, more than half of them: name a data set with more photos, or train with "
            f"--set train.kept_back={len(members) // 2} or less"
        )
    return members[left:]


def measured_on(records: RecordSet, config: ConfigDict) -> range:
    """The first `train.evaluate_people` of the split "test".

    Raises:
      ValueError: there is nobody.
    """
    splits = records.manifest["splits"]
    if _TEST not in splits or not records.split(_TEST):
        raise ValueError(
            f"{records.directory} has nobody in a split {_TEST!r} (its splits: {', '.join(splits)}), and "
            "config.train.evaluate_every asks for their loss: set that to 0, or hold people out in the data set"
        )
    return records.split(_TEST)[: config.train.evaluate_people]


def check_people(sets: list[RecordSet], config: ConfigDict) -> None:
    """See that each data set has whom a run of this configuration needs, with labels of CIHP-20.

    Raises:
      ValueError: too few are there to train on, or nobody to be held out.
      BadFileError: labels are of another vocabulary, or a record is damaged.
    """
    needed: list[tuple[RecordSet, range]] = []
    for records in sets:
        if config.train.evaluate_every:
            needed.append((records, measured_on(records, config)))
        needed.append((records, trained_on(records, config)))
    for records, numbers in needed:  # after what the manifests tell at once
        _check_vocabulary(records, numbers)


def _check_vocabulary(records: RecordSet, numbers: Iterable[int]) -> None:
    """Every record's, as a loader may have labelled some people itself.

    Not even LIP-20 is translated: its neck and chest are background, which the network would learn.
    """
    for i in numbers:
        vocabulary = parts_of(records.read(i), records.place(i)).vocabulary
        if vocabulary != CIHP20.name:
            raise BadFileError(
                f"{records.place(i)} has labels of {vocabulary}, and the parser learns those of {CIHP20.name} only: "
                f"leave {records.directory} out, or, if its labels are of {CIHP20.name} after all, make it again with "
                f"--vocabulary={CIHP20.name}"
            )
