"""Results of the same experiment that another machine made, as its report keeps them: they aren't made again.

A report keeps what was measured of each copy of a row, its learning curve, and the digest of all that this was made of;
no weights, and no single person's values. That is enough for the tables and the chart. A difference between two rows of
the report is taken as it stands there; of a row there and a row here the interval is that of two independent rows,

    half = sqrt(half_1^2 + half_2^2),

which is wider, as a rule, than that of differences of the same people.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Collection, Mapping
from typing import Any, Final

from tf_tryon.evaluation.bootstrap import Estimate
from tf_tryon.experiments.tasks import CHECKS, Task, curve, measuring
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value

_REMEDY: Final = "give the report.json of this experiment, or leave config.earlier empty"
# Sections of a report, how the tasks are called that make what stands there, and their kinds.
_KINDS: Final = (("measured", measuring, "row"), ("curves", curve, "curve"))
_MEASURED: Final = tuple(kind for *_, kind in _KINDS)


@dataclasses.dataclass(frozen=True)
class Earlier:
    """What is taken from a report.

    Attributes:
      results: by the name of the task that need not be done.
      runs: cost of each training, by its name.
      comparisons: of rows, as `comparisons.compare` makes them.
      curve_differences: as `report_curves.differences` makes them.
      pictures: captions by file, which lies in `folder`.
      folder: the report's.
    """

    results: Mapping[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    runs: Mapping[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    comparisons: tuple[dict[str, Any], ...] = ()
    curve_differences: tuple[dict[str, Any], ...] = ()
    pictures: Mapping[str, str] = dataclasses.field(default_factory=dict)
    folder: pathlib.Path = pathlib.Path()

    def without(self, made: Collection[str]) -> Earlier:
        """The same without the results of tasks that are done here, too."""
        return dataclasses.replace(self, results={k: v for k, v in self.results.items() if k not in made})

    def left(self, to_do: dict[str, Task]) -> dict[str, Task]:
        """The tasks that are still wanted: what is measured nowhere, and what that needs."""
        wanted = {name for name, task in to_do.items() if task.job["kind"] in _MEASURED and name not in self.results}
        for name in reversed(to_do):  # each comes after those that it needs
            if name in wanted:
                wanted.update(to_do[name].needs)
        return {name: task for name, task in to_do.items() if name in wanted}


NONE: Final = Earlier()  # nothing from elsewhere


def read(path: str, to_do: Mapping[str, Task]) -> Earlier:
    """What a report has of these tasks; nothing for an empty path.

    Raises:
      TryOnError: it is no such report, or a result in it was made of other data or with other settings.
    """
    if not path:
        return NONE
    report, folder = json_file.read(path, _REMEDY), pathlib.Path(path).parent
    results: dict[str, dict[str, Any]] = {}
    for section, named, kind in _KINDS:
        for copy, value in report[section].members().items():
            task = to_do.get(named(copy))
            if task is None:
                continue
            if value["digest"].text() != task.digest:
                raise value.wrong("was made of other data or with other settings")
            CHECKS[kind](value)
            results[task.name] = value.raw
    for name, value in report["pictures"].members().items():
        value.text()
        if pathlib.PurePath(name).name != name or not (folder / name).is_file():
            raise value.wrong("is no file beside the report")
    for run in report["runs"].members().values():
        for field in ("steps", "batch"):
            run[field].whole(1)
        for field in ("minutes", "seconds_per_step", "peak_gigabytes"):
            run[field].number(0)
    return Earlier(
        results,
        report["runs"].raw,
        tuple(_comparison(line) for line in report["comparisons"].entries()),
        tuple(_differences(line) for line in report["curve_differences"].entries()),
        report["pictures"].raw,
        folder,
    )


def apart(first: Mapping[str, Any], second: Mapping[str, Any]) -> Estimate:
    """The difference of two measures {value, low, high, people} of independent rows; NaN where one wasn't measured."""
    values = [math.nan if each["value"] is None else each["value"] for each in (first, second)]
    halves = [
        math.nan if each["low"] is None or each["high"] is None else (each["high"] - each["low"]) / 2
        for each in (first, second)
    ]
    value, half = values[0] - values[1], math.hypot(*halves)
    return Estimate(value, value - half, value + half, min(first["people"], second["people"]))


def _comparison(line: Value) -> dict[str, Any]:
    for field in ("first", "second", "garment", "measure", "verdict", "thesis"):
        line[field].text()
    _estimate(line["difference"])
    for count in line["seeds"].entries(2):
        count.whole(1)
    return line.raw


def _differences(line: Value) -> dict[str, Any]:
    for field in ("row", "measure"):
        line[field].text()
    for estimate in line["estimates"].entries():
        _estimate(estimate)
    return line.raw


def _estimate(value: Value) -> None:
    value["people"].whole(0)
    for field in ("value", "low", "high"):
        if value[field].raw is not None:
            value[field].number()
