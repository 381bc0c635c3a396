"""What a run is made of besides its configuration, by contents: the data set, and a texture run's shape run and VGG.

`inputs.json` beside config.json keeps it. Paths stand there for messages only: a data set that was moved or copied is
the same, and another one under the same path is not. VGG's weights that Keras fetches are always the same: no input.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ml_collections import ConfigDict

from tf_tryon.data.records import RecordSet
from tf_tryon.data.usable import fingerprint
from tf_tryon.errors import BadFileError, InTheWayError, MissingFileError, TryOnError
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value
from tf_tryon.files.stamp import cache_key
from tf_tryon.stages import TEXTURE
from tf_tryon.training.checkpoints import Checkpoints
from tf_tryon.writing.marks import digest
from tf_tryon.writing.whole import write_text

INPUTS: Final = "inputs.json"
_DATA, _SHAPE_RUN, _VGG = "data", "shape_run", "perceptual_weights"
# In messages.
_NAMES: Final[dict[str, str]] = {
    _DATA: "the data set", _SHAPE_RUN: "config.train.shape_run", _VGG: "config.loss.perceptual_weights",
}  # fmt: skip
_SHOWN: Final = 12  # digits of a hash in a message

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Source:
    """One of a run's inputs.

    Attributes:
      path: where it lay at the run's latest start.
      about: what a message tells of it, such as "12 people to train on".
      sha256: of its contents, hexadecimal.
    """

    path: str
    about: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.path} ({self.about}, SHA-256 {self.sha256[:_SHOWN]})"


def inputs_of(records: RecordSet, config: ConfigDict) -> dict[str, Source]:
    """The inputs of a run by name.

    Args:
      records: the data set. Its shards count, and which of its people are trained on.
      config: of the run. Of the run in `train.shape_run` the newest checkpoint counts, which is the one that is loaded.

    Raises:
      MissingFileError: `train.shape_run` or `loss.perceptual_weights` holds nothing to load.
    """
    sources = {_DATA: data_source(records)}
    if config.train.shape_run:
        sources[_SHAPE_RUN] = _shape_run(Path(config.train.shape_run))
    loss = config.loss
    looks = config.stage == TEXTURE and loss.perceptual != "none" and config.train.networks != "prior"
    if looks and loss.perceptual_weights:
        sources[_VGG] = _perceptual(loss.perceptual, loss.perceptual_weights)
    return sources


def weights_content(path: str) -> str:
    """SHA-256 of a weights file, hexadecimal; "" where none is named, or there is none of the name."""
    file = Path(path).resolve()
    return _digest(*cache_key(file)) if path and file.is_file() else ""


@functools.cache  # an experiment asks for one file's in many jobs
def _digest(file: Path, stamp: tuple[int, ...]) -> str:
    del stamp
    return digest(file)


def inputs_of_sets(sets: Sequence[RecordSet]) -> dict[str, Source]:
    """The inputs of a run on several data sets at once; their order counts, since each has a share of the batch."""
    return {f"data set {number}": data_source(records) for number, records in enumerate(sets, 1)}


def data_source(records: RecordSet) -> Source:
    """A data set as an input: its shards count, and which of its people are trained on."""
    people = records.manifest["splits"].get("train", [0, 0])
    key = hashlib.sha256(json.dumps([fingerprint(records), people]).encode()).hexdigest()
    return Source(str(records.directory.resolve()), f"{people[1] - people[0]} people to train on", key)


def check(folder: Path, inputs: dict[str, Source], begun: bool) -> None:
    """Raise unless a run of these inputs may begin in the folder, or go on; changes nothing.

    A run of before there was such a file, or such an input in it, goes on with what it is given.

    Args:
      folder: the run's.
      inputs: of `inputs_of` or `inputs_of_sets`.
      begun: whether the folder's run has made steps; one that has none may begin with other inputs.

    Raises:
      TryOnError: the run's steps were made with other contents; names both.
      InTheWayError: the folder holds something else of the file's name.
    """
    before = _saved(folder)
    if not begun:
        return
    untold = {name: now for name, now in inputs.items() if name not in before}
    if untold:
        _log.info("%s: nothing tells what its steps were made of, it goes on with %s", folder, _words(untold))
    differing = [
        f"{_NAMES.get(name, name)} was {before[name]} and is {now} now"
        for name, now in inputs.items()
        if name in before and before[name].sha256 != now.sha256
    ]
    if _VGG in before and _VGG not in inputs:
        differing.append(f"{_NAMES[_VGG]} was {before[_VGG]} and names no file now")
    if differing:
        raise TryOnError(
            f"{folder} holds a run that was made of other things: {'; '.join(differing)}. "
            "Choose another --workdir, or give what it was made of"
        )


def save(folder: Path, inputs: dict[str, Source]) -> None:
    """Write the file into the folder, which `check` has found good and the caller holds."""
    content = {name: dataclasses.asdict(source) for name, source in inputs.items()}
    write_text(folder / INPUTS, json.dumps(content, indent=1) + "\n")


def _saved(folder: Path) -> dict[str, Source]:
    """What the folder's file tells; empty where there is none."""
    try:
        members = json_file.read(folder / INPUTS, "move it away: the run goes on with what it is given").members()
        return {name: _source(entry) for name, entry in members.items()}
    except MissingFileError:
        return {}
    except BadFileError as error:
        raise InTheWayError(str(error)) from error


def _source(entry: Value) -> Source:
    # The path is taken as it is: a folder's name need not be UTF-8.
    return Source(str(entry["path"].raw), entry["about"].text(), entry["sha256"].text())


def _words(inputs: dict[str, Source]) -> str:
    return " and ".join(f"{_NAMES.get(name, name)} {source}" for name, source in inputs.items())


def _shape_run(path: Path) -> Source:
    if path.is_file():
        return Source(str(path), "weights", digest(path))
    checkpoints = Checkpoints(path / "checkpoints")
    step = max(checkpoints.steps(), default=0)
    if not step:
        raise MissingFileError(
            f"config.train.shape_run = {str(path)!r} is neither a run's folder with checkpoints nor a weights file: "
            "train the shape stage first, or name where it lies"
        )
    return Source(str(path), f"step {step}", digest(checkpoints.path(step)))


def _perceptual(network: str, path: str) -> Source:
    content = weights_content(path)
    if not content:
        raise MissingFileError(
            f"config.loss.perceptual_weights = {path!r} is no file: name where {network}'s weights lie, or leave it "
            "empty for Keras to download them"
        )
    return Source(path, network, content)
