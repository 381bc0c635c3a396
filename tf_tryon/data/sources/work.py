"""One part of a run, made in whatever process: the transform that the process pool and Apache Beam share."""

from __future__ import annotations

import collections
import dataclasses
import functools
import pathlib
import pickle
from typing import Final

from tf_tryon.data.parts import FOLDER, Parts, remove
from tf_tryon.data.sources.located import Located
from tf_tryon.data.sources.prepare import Preparer, Settings
from tf_tryon.files.stamp import cache_key
from tf_tryon.writing.whole import whole_file

_EXAMPLES: Final = "examples.pickle"
KEPT: Final = "kept"


@dataclasses.dataclass(frozen=True)
class Work:
    """All that a process needs; small, as the examples lie in a file beside the parts."""

    parts: Parts
    settings: Settings

    def store(self, examples: list[Located]) -> None:
        """Put the examples where the processes find them."""
        with whole_file(self.parts.folder / _EXAMPLES) as temporary:
            temporary.write_bytes(pickle.dumps(examples))

    def remove(self) -> None:
        """Delete parts and examples, once the data set is whole."""
        self.parts.remove(_EXAMPLES)


def discard(out: pathlib.Path) -> None:
    """Delete parts and examples of a run that was stopped in a data set's folder, if there are any."""
    if (out / FOLDER).is_dir():
        remove(out / FOLDER, _EXAMPLES)


def make_part(work: Work, number: int) -> dict[str, int]:
    """Make one part; returns how many of its examples were kept, and rejected by reason."""
    examples, preparer = _examples(*cache_key(work.parts.folder / _EXAMPLES)), _preparer(work.settings)
    outcomes = [preparer.outcome(examples[index]) for index in work.parts.entries(number)]
    work.parts.write(number, (outcome.to_bytes() for outcome in outcomes))
    return dict(collections.Counter(outcome.reason or KEPT for outcome in outcomes))


@functools.lru_cache(maxsize=1)
def _examples(path: pathlib.Path, stamp: tuple[int, ...]) -> list[Located]:
    del stamp  # another run's, in a process that has made parts of one in the same folder before
    return pickle.loads(path.read_bytes())


@functools.lru_cache(maxsize=1)
def _preparer(settings: Settings) -> Preparer:
    return Preparer(settings)
