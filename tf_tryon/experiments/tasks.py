"""The tasks of an experiment: what each needs, where it leaves its results, and whether it is done.

    workdir/experiment.json        the effective configuration
    workdir/speed/NAME/            how long a step of a run takes
    workdir/runs/NAME/             a training run, as `tf-tryon train` leaves it
    workdir/reader/reader.npz      the garment reader (Studio only)
    workdir/rows/NAME/             measures of a row, and pictures for the figures
    workdir/logs/NAME.txt          what a task printed
    workdir/report/                the report

A folder's done.json is written last. It carries a digest of all that the result was made of: a task whose digest is
there is skipped.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

from ml_collections import ConfigDict

from tf_tryon.config import to_json
from tf_tryon.data.records import RecordSet
from tf_tryon.data.usable import fingerprint
from tf_tryon.evaluation.outfit_truth import is_studio
from tf_tryon.experiments.plan import Plan, digest
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value
from tf_tryon.writing.whole import write_text

DONE = "done.json"
REMEDY = "delete its folder, and the same command makes it again"  # what to do about a damaged result
READER = "reader"
SPEED = "speed"


@dataclasses.dataclass(frozen=True)
class Task:
    """One process's work.

    Attributes:
      name: unique.
      folder: where its results go.
      needs: names of the tasks before it.
      digest: of all that the result is made of.
      job: what the worker gets: "kind" and its arguments.
    """

    name: str
    folder: pathlib.Path
    needs: tuple[str, ...]
    digest: str
    job: dict[str, Any]

    def result(self) -> dict[str, Any] | None:
        """What done.json holds, if the task is done as it is asked for now.

        Raises:
          BadFileError: the file is damaged.
        """
        path = self.folder / DONE
        if not path.exists():
            return None
        value = json_file.read(path, REMEDY)
        if value["digest"].text() != self.digest:
            return None
        checks = {"train": _check_run, "reader": _check_reader, "row": _check_row, "speed": _check_speed}
        if self.job["kind"] in checks:
            checks[self.job["kind"]](value)
        return value.raw


def tasks(config: ConfigDict, plan: Plan, records: RecordSet, workdir: pathlib.Path) -> dict[str, Task]:
    """All tasks by name; each comes after those that it needs."""
    size = next(iter(plan.runs.values())).config.data.height
    evaluation = config.evaluation.to_dict()
    made: dict[str, Task] = {}

    def add(name: str, folder: pathlib.Path, needs: tuple[str, ...], job: dict[str, Any]) -> None:
        made[name] = _task(name, folder, needs, job, records, made)

    reader: tuple[str, ...] = ()
    if is_studio(records):
        job = {"kind": "reader", **config.reader.to_dict(), "size": size, "seed": config.seed}
        add(READER, workdir / READER, (), job)
        reader = (READER,)
    for row in plan.rows:
        own = tuple(name for name in (row.shape, row.texture) if name)
        for name in own:
            if name not in made:
                run = plan.runs[name]
                job = {"kind": "train", "config": to_json(run.config), "unit": config.budget.unit, "budget": run.budget}
                add(name, workdir / "runs" / name, (), job)
        job = {
            "kind": "row", "shape": str(made[row.shape].folder) if row.shape else "", "evaluation": evaluation,
            "texture": str(made[row.texture].folder), "seed": config.seed, "weights": config.perceptual_weights,
            "reader": str(made[READER].folder) if reader else "",
        }  # fmt: skip
        add(f"measure-{row.name}", workdir / "rows" / row.name, (*own, *reader), job)
    return made


def timings(plan: Plan, records: RecordSet, workdir: pathlib.Path) -> dict[str, Task]:
    """For each run by name a task that times its steps."""
    jobs = {name: {"kind": "speed", "config": to_json(run.config)} for name, run in plan.runs.items()}
    return {name: _task(f"{SPEED}-{name}", workdir / SPEED / name, (), job, records, {}) for name, job in jobs.items()}


def _task(
    name: str,
    folder: pathlib.Path,
    needs: tuple[str, ...],
    job: dict[str, Any],
    records: RecordSet,
    before: dict[str, Task],
) -> Task:
    content = json.dumps({**job, "data": fingerprint(records)}, sort_keys=True, default=list)
    key = digest(content, *(before[other].digest for other in needs))
    place = {"data": str(records.directory.resolve()), "folder": str(folder), "digest": key}
    return Task(name, folder, needs, key, {**job, **place})


def write_done(folder: pathlib.Path, result: dict[str, Any]) -> None:
    """Write done.json, whole or not at all."""
    write_text(folder / DONE, json.dumps(result, indent=1) + "\n")


def _check_run(value: Value) -> None:
    value["steps"].whole(1)
    value["peak_gigabytes"].number(0)


def _check_speed(value: Value) -> None:
    value["seconds_per_step"].number(0)


def _check_reader(value: Value) -> None:
    for share in value["accuracy"].members().values():
        share.number(0, 1)


def _check_row(value: Value) -> None:
    """Measures by garment: value and interval, which may be NaN, and how many people; parameters by network."""
    for count in value["parameters"].members().values():
        count.whole(0)
    for measures in value["measures"].members().values():
        for measure in measures.members().values():
            measure.members()
