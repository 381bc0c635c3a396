"""OUT/work: what each step of `tf-tryon fit` leaves, and of which call.

fit.json        the call that all of it follows from, what is done of it, and how long each stage could train
people/         the data set
base/           the base's weights to start from
shape/, texture/    the runs
measures/       of base and result, each person's values
"""

from __future__ import annotations

import json
import os
import pathlib
import re
from typing import Any, Final

from tf_tryon.data.sources.work import discard
from tf_tryon.errors import InTheWayError, TryOnError
from tf_tryon.files import json_file
from tf_tryon.stages import STAGES
from tf_tryon.writing.whole import write_text

FOLDER: Final = "work"
BASE: Final = "base"
MEASURES: Final = "measures"
_MEASURED: Final = re.compile(r"(base|result(-\d+)+)(-plain)?\.npz")
_STATE: Final = "fit.json"
_REMEDY: Final = "delete the folder and begin again"
_OF_RUNS: Final = {"base", "seed"}  # entries of the key that no annotation of a photo follows from


class Work:
    """The folder of one call.

    Args:
      out: the model's folder; made if needed.
      key: what the data set and the runs follow from (JSON).

    Raises:
      TryOnError: the folder holds another call's runs.
      InTheWayError: it holds files that no call can be identified for.
    """

    def __init__(self, out: pathlib.Path, key: dict[str, Any]) -> None:
        self.folder = out / FOLDER
        path = self.folder / _STATE
        self._state: dict[str, Any] = {"key": json.loads(json.dumps(key)), "people": False, "granted": {}}
        if not path.exists():
            if self.folder.is_dir() and (there := sorted(os.listdir(self.folder))):
                raise InTheWayError(f"{self.folder} holds {there[0]}, but no {_STATE} of a fit: choose another --out")
        else:
            saved = json_file.read(path, _REMEDY)
            before = {name: saved["key"][name].raw for name in saved["key"].members()}
            granted = {stage: value.number(0) for stage, value in saved["granted"].members().items()}
            if before == self._state["key"]:
                self._state.update(people=saved["people"].flag(), granted=granted)
                return
            differing = [name for name in key if before.get(name) != self._state["key"][name]]
            if any(self.run(stage).exists() for stage in STAGES):
                raise TryOnError(
                    f"{self.folder} holds a model that began with other values of {', '.join(differing)}: give the "
                    "same, or choose another --out"
                )
            self._forget()
            if not _OF_RUNS.issuperset(differing):
                discard(self.people)  # of a build that was stopped, of photos or label pictures that have changed
        self.folder.mkdir(parents=True, exist_ok=True)
        self._save()

    @property
    def people(self) -> pathlib.Path:
        """The data set's folder."""
        return self.folder / "people"

    @property
    def has_people(self) -> bool:
        """Whether the data set is this call's, whole, and enough to fit a model to."""
        return bool(self._state["people"])

    def keep_people(self) -> None:
        """The data set is whole, and enough to fit a model to."""
        if not self.has_people:
            self._state["people"] = True
            self._save()

    def run(self, stage: str) -> pathlib.Path:
        """A stage's run."""
        return self.folder / stage

    def granted(self, stage: str) -> float:
        """Seconds that a stage was allowed to train, and did or reached its last step; 0: it isn't done."""
        return float(self._state["granted"].get(stage, 0))

    def grant(self, stage: str, seconds: float) -> None:
        """A stage has trained for so long."""
        self._state["granted"][stage] = seconds
        self._save()

    def _forget(self) -> None:
        """Delete what was kept of another base, or measured on other people."""
        kept = [self.folder / BASE / f"{stage}.npz" for stage in STAGES]
        kept += [path for path in (self.folder / MEASURES).glob("*.npz") if _MEASURED.fullmatch(path.name)]
        for path in kept:
            path.unlink(missing_ok=True)

    def _save(self) -> None:
        write_text(self.folder / _STATE, json.dumps(self._state, indent=1) + "\n")
