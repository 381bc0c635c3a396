"""A run's folder: its configuration, and whether a command may go on with it.

config.json, checkpoints/, log.jsonl, tensorboard/, pictures/; workers other than the first write below
workers/<index>/.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import TryOnError

# Fields that a run may change when it is started again: they don't change what the steps made so far mean.
_RESUMABLE = {
    "train.steps",
    "train.accumulate",
    "train.jit",
    "train.init_from",
    "train.log_every",
    "train.picture_every",
    "train.checkpoint_minutes",
    "train.keep_every",
    "loss.perceptual_weights",
}


def own_folder(workdir: Path, index: int) -> Path:
    """Where worker `index` writes: the first into the run's folder itself."""
    return workdir if index == 0 else workdir / "workers" / str(index)


def claim(folder: Path, config: ConfigDict) -> None:
    """Save the configuration in a new run's folder, or check that an old one's agrees.

    Raises:
      TryOnError: the folder's run differs in a field that can't change in between; names fields and values.
    """
    path = folder / "config.json"
    if path.exists():
        saved = _flat(configuration.read(path))
        now = _flat(configuration.from_json(configuration.to_json(config), "the given configuration"))
        differing = [
            f"config.{name} is {saved[name]!r} there and {now[name]!r} now"
            for name in now
            if saved.get(name) != now[name] and name not in _RESUMABLE
        ]
        if differing:
            raise TryOnError(
                f"{folder} holds a run of another configuration: {'; '.join(differing)}. "
                "Choose another --workdir, or give the same values"
            )
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(".config.json.tmp")
    temporary.write_text(configuration.to_json(config), encoding="utf-8")
    os.replace(temporary, path)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes from training in the folder meanwhile; the lock ends with the process, however that ends.

    Raises:
      TryOnError: another process trains there.
    """
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
    found: dict[str, object] = {}
    for key, value in config.items():
        found.update(_flat(value, f"{prefix}{key}.") if isinstance(value, ConfigDict) else {prefix + key: value})
    return found
