"""A run's folder: its configuration, and whether a command may go on with it.

config.json, inputs.json, checkpoints/, weights/, log.jsonl, tensorboard/, pictures/; workers other than the first write
below workers/<index>/.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import InTheWayError, TryOnError
from tf_tryon.training import run_inputs
from tf_tryon.training.run_inputs import INPUTS, Source
from tf_tryon.writing.whole import write_text

CONFIG: Final = "config.json"
WEIGHTS: Final = "weights"  # holds files of the weights alone, where config.train.weights_every asks for them
# What a run writes besides.
PLACES: Final = (INPUTS, "checkpoints", WEIGHTS, "log.jsonl", "tensorboard", "pictures")
# Fields that a run may change when it is started again: they don't change what the steps made so far mean.
_RESUMABLE = {
    "train.steps",
    "model.replaces",
    "train.accumulate",
    "train.jit",
    "train.init_from",
    "train.log_every",
    "train.picture_every",
    "train.checkpoint_minutes",
    "train.keep_every",
    "train.weights_every",
    "train.evaluate_every",
    "train.evaluate_people",
    "loss.perceptual_weights",
}


def weights_file(folder: Path, step: int) -> Path:
    """Where a run writes the weights alone of a step."""
    return folder / WEIGHTS / f"step-{step:08d}.npz"


def own_folder(workdir: Path, index: int) -> Path:
    """Where worker `index` writes: the first into the run's folder itself."""
    return workdir if index == 0 else workdir / "workers" / str(index)


def saved(folder: Path) -> ConfigDict | None:
    """The configuration of the folder's run; None where there is none. InTheWayError: it can't be read."""
    path = folder / CONFIG
    if not path.exists():
        return None
    try:
        return configuration.read(path)
    except ValueError as error:
        raise InTheWayError(f"{error}: choose another --workdir") from error


def check(folder: Path, config: ConfigDict, inputs: dict[str, Source] | None = None) -> None:
    """Raise unless a run of the configuration may begin in the folder, or go on; changes nothing.

    Args:
      folder: the run's, there or not.
      config: of the run.
      inputs: what it is made of besides (`run_inputs.inputs_of`); None: that isn't looked at.

    Raises:
      TryOnError: the folder's run has made steps and differs in a field that can't change in between (names fields and
        values) or in its inputs' contents (names both), or another process trains there.
      InTheWayError: the folder holds files in a run's places, and no configuration that tells they are a run's, or
        something else of its name.
    """
    if folder.is_dir():
        with held(folder):
            pass
    refuse_strangers(folder, CONFIG, PLACES)
    before = saved(folder)
    begun = _has_steps(folder)
    if before is not None and begun:
        there = _flat(before)
        now = _flat(configuration.from_json(configuration.to_json(config), "the given configuration"))
        differing = [
            f"config.{name} is {there[name]!r} there and {now[name]!r} now"
            for name in now
            if there.get(name) != now[name] and name not in _RESUMABLE
        ]
        if differing:
            raise TryOnError(
                f"{folder} holds a run of another configuration: {'; '.join(differing)}. "
                "Choose another --workdir, or give the same values"
            )
    if inputs is not None:
        run_inputs.check(folder, inputs, begun)


def _has_steps(folder: Path) -> bool:
    """Whether the folder's run came to anything: one that was refused at its start may begin with other values."""
    kept = (path for place in ("checkpoints", WEIGHTS) for path in (folder / place).glob("*"))
    log = folder / "log.jsonl"
    return any(kept) or (log.is_file() and log.stat().st_size > 0)


def save(folder: Path, config: ConfigDict, inputs: dict[str, Source] | None = None) -> None:
    """Write configuration and inputs into the folder, which `check` has found good and the caller holds."""
    write_text(folder / CONFIG, configuration.to_json(config))
    if inputs is not None:
        run_inputs.save(folder, inputs)


def refuse_strangers(folder: Path, mark: str, places: Sequence[str]) -> None:
    """Raise InTheWayError if any of `places` is there without `mark`, which would tell that they are ours."""
    if os.path.lexists(folder / mark):
        return
    there = [name for name in places if os.path.lexists(folder / name)]
    if there:
        raise InTheWayError(
            f"{folder} holds {', '.join(there)} but no {mark} that would tell it is a run's: move it away, or choose "
            "another --workdir"
        )


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes from training in the folder meanwhile; the lock ends with the process, however that ends.

    Args:
      folder: made if needed.

    Raises:
      TryOnError: another process trains there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TryOnError(f"another process is training in {folder}: stop it, or choose another folder") from error
        yield
    finally:
        os.close(descriptor)


def _flat(config: ConfigDict, prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in config.items():
        flat.update(_flat(value, f"{prefix}{key}.") if isinstance(value, ConfigDict) else {prefix + key: value})
    return flat
