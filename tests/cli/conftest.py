"""Every verb that writes, run for real but for the networks: what counts here is what happens to files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import runs_of_data
import runs_of_export
import runs_of_people
import runs_of_training
from verb_run import VerbRun

RUNS = {**runs_of_people.RUNS, **runs_of_data.RUNS, **runs_of_training.RUNS, **runs_of_export.RUNS}


@pytest.fixture
def verb_runs(someone: Any, make_person: Any, data_set: Path, monkeypatch: Any) -> dict[str, Callable[[Path], VerbRun]]:
    """By verb: a function of an empty folder that prepares inputs there, and fakes, and tells what to run."""
    return {name: _bound(run, someone, make_person, data_set, monkeypatch) for name, run in RUNS.items()}


def _bound(run: Any, someone: Any, make_person: Any, data_set: Path, patch: Any) -> Callable[[Path], VerbRun]:
    given = SimpleNamespace(person=someone, make=make_person, data=data_set, patch=patch)
    return lambda root: run(root, given)


@pytest.fixture(autouse=True)
def _kept_policy() -> Iterator[None]:
    """`evaluate` sets Keras's policy for its process."""
    import keras

    before = keras.mixed_precision.global_policy() if hasattr(keras.mixed_precision, "global_policy") else None
    yield
    if before is not None:
        keras.mixed_precision.set_global_policy(before)
