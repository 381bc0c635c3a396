"""The people that a model is fitted to, as a data set with a tenth held out: of photos, or of a data set."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from ml_collections import ConfigDict

from tf_tryon.data import records
from tf_tryon.data.records import RecordSet
from tf_tryon.data.sources import report as rejections
from tf_tryon.data.sources.build import SPLITS, Options, build_of
from tf_tryon.data.sources.photos import located
from tf_tryon.data.sources.prepare import Annotators
from tf_tryon.data.usable import usable
from tf_tryon.errors import TryOnError
from tf_tryon.files import json_file

LEAST: Final = 50


class Rejected(NamedTuple):
    """A photo that was not taken."""

    photo: str
    reason: str
    detail: str


def from_photos(
    photos: Sequence[pathlib.Path],
    out: pathlib.Path,
    annotator: Callable[[], Annotators],
    vocabulary: str | None,
    workers: int,
    seed: int,
) -> None:
    """Annotate what has no files beside it, check, divide, write; an interrupted call goes on behind finished parts."""
    options = Options(annotator=annotator, vocabulary=vocabulary, workers=workers, seed=seed, overwrite=True)
    build_of("photos", located(photos), out, options)


def from_records(source: RecordSet, out: pathlib.Path, count: int | None, seed: int) -> None:
    """Copy people of a data set, at most `count`, drawn by seed; the tenth is of its split "test", where it has one."""
    splits = source.manifest["splits"]
    random = np.random.default_rng(seed)
    total = min(count or len(source), len(source))
    tenth = max(round(total / 10), 1)
    if set(SPLITS) <= set(splits):
        train, test = (random.permutation(np.array(source.split(split))) for split in SPLITS)
        chosen = {"test": test[:tenth]}
        chosen["train"] = train[: total - len(chosen["test"])]
    else:
        order = random.permutation(len(source))[:total]
        chosen = {"train": order[tenth:], "test": order[:tenth]}
    with records.RecordWriter(
        out, source.size, generator=source.manifest["generator"], seed=seed, overwrite=True
    ) as writer:
        for split in SPLITS:
            for number in sorted(chosen[split].tolist()):
                writer.write(source.read(number), split)


def rejected(folder: pathlib.Path) -> list[Rejected]:
    """What the photos' data set did not take."""
    path = folder / rejections.JSON
    if not path.exists():
        return []
    entries = json_file.read(path, "delete the folder, it is made again")["examples"].entries()
    return [Rejected(*(entry[name].text() for name in ("id", "reason", "detail"))) for entry in entries]


def counted(people: RecordSet, config: ConfigDict) -> dict[str, int]:
    """Usable people by split; 0 where nobody is.

    Raises:
      TryOnError: fewer than LEAST in all; says why photos were rejected.
    """
    usable = {split: _usable(people, split, config) for split in SPLITS}
    if sum(usable.values()) < LEAST:
        reasons: dict[str, int] = {}
        for one in rejected(people.directory):
            reasons[one.reason] = reasons.get(one.reason, 0) + 1
        counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1]))
        raise TryOnError(
            f"{sum(usable.values())} usable people, and {LEAST} are needed to fit a model"
            + (f" (rejected: {counted}; {people.directory / rejections.TEXT} names each)" if counted else "")
            + ": give more photos of one whole person each, with at least two garments to be seen"
        )
    return usable


def _usable(people: RecordSet, split: str, config: ConfigDict) -> int:
    if split not in people.manifest["splits"]:
        return 0
    try:
        return len(usable(people, split, config))
    except ValueError:  # nobody
        return 0
