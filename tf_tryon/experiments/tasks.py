"""The tasks of an experiment: what each needs, where it leaves its results, and whether it is done.

    workdir/experiment.json        the effective configuration
    workdir/speed/NAME/            how long a step of a run takes
    workdir/runs/NAME/             a training run, as `tf-tryon train` leaves it
    workdir/reader/reader.npz      the garment reader (Studio only)
    workdir/rows/NAME/             measures of a row's copy of one seed, and pictures for the figures
    workdir/curves/NAME/           distances of it against steps, if asked for
    workdir/logs/NAME.txt          what a task printed
    workdir/report/                the report

A folder's done.json is written last. It carries a digest of all that the result was made of (`identity`): a task whose
digest is there is skipped.
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
from tf_tryon.experiments.identity import identity
from tf_tryon.experiments.plan import Plan, digest
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value
from tf_tryon.training.run_folder import weights_file
from tf_tryon.writing.whole import write_text

DONE = "done.json"
REMEDY = "delete its folder, and the same command makes it again"  # what to do about a damaged result
READER = "reader"
SPEED, CURVES = "speed", "curves"


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
        if self.job["kind"] in CHECKS:
            CHECKS[self.job["kind"]](value)
        return value.raw


def tasks(config: ConfigDict, plan: Plan, records: RecordSet, workdir: pathlib.Path) -> dict[str, Task]:
    """All tasks by name; each comes after those that it needs."""
    first = next(iter(plan.runs.values())).config
    evaluation = config.evaluation.to_dict()
    made: dict[str, Task] = {}

    def add(name: str, folder: pathlib.Path, needs: tuple[str, ...], job: dict[str, Any]) -> None:
        made[name] = _task(name, folder, needs, job, records, made)

    reader: tuple[str, ...] = ()
    if is_studio(records):
        job = {"kind": "reader", **config.reader.to_dict(), "size": first.data.height, "seed": config.seed}
        add(READER, workdir / READER, (), job)
        reader = (READER,)
    # All rows with their first seeds, then with their second ones: whatever is done, rows can be compared.
    for turn in range(max(len(row.textures) for row in plan.rows)):
        for row in plan.rows:
            if turn >= len(row.textures):
                continue
            own = tuple(name for name in (row.shape, row.textures[turn]) if name)
            for name in own:
                if name not in made:
                    run = plan.runs[name]
                    job = {
                        "kind": "train", "config": to_json(run.config), "unit": config.budget.unit,
                        "budget": run.budget, "weights_alone": bool(config.curves.points),
                    }  # fmt: skip
                    add(name, workdir / "runs" / name, (), job)
            texture = plan.runs[row.textures[turn]].config
            job = {
                "kind": "row", "shape": str(_trained(made[row.shape])) if row.shape else "", "evaluation": evaluation,
                "texture": str(_trained(made[row.textures[turn]])), "seed": config.seed,
                "weights": config.perceptual_weights, "reader": str(made[READER].folder) if reader else "",
                # Where a row sees another crop, its pictures are measured in that of the others.
                "frame": to_json(first) if texture.data.crop != first.data.crop else "",
            }  # fmt: skip
            copy = row.copies[turn]
            add(measuring(copy), workdir / "rows" / copy, (*own, *reader), job)
            if config.curves.points and config.evaluation.features != "none":
                steps = kept_steps(texture)
                run = made[row.textures[turn]].folder
                weights = [[step, str(weights_file(run, step))] for step in steps]
                add(curve(copy), workdir / CURVES / copy, own, {**job, "kind": "curve", "texture": weights})
    return made


def kept_steps(run: ConfigDict) -> list[int]:
    """The steps of a run of which the weights are kept, ascending; `run` has train.weights_every."""
    every, last = run.train.weights_every, run.train.steps
    return [*range(every, last, every), last]


def measuring(copy: str) -> str:
    """The task that measures a copy of a row."""
    return f"measure-{copy}"


def curve(copy: str) -> str:
    """The task that measures it along its training."""
    return f"curve-{copy}"


def _trained(task: Task) -> pathlib.Path:
    """What a training leaves for measuring: its folder, or its last weights alone."""
    if not task.job["weights_alone"]:
        return task.folder
    return weights_file(task.folder, json.loads(task.job["config"])["train"]["steps"])


def timings(plan: Plan, records: RecordSet, workdir: pathlib.Path) -> dict[str, Task]:
    """For each run by name a task that times its steps; runs that differ by their seed have the same one."""

    def timing(name: str) -> Task:
        job = {"kind": "speed", "config": to_json(plan.runs[name].config)}
        return _task(f"{SPEED}-{name}", workdir / SPEED / name, (), job, records, {})

    return {name: timing(run.like) for name, run in plan.runs.items()}


def _task(
    name: str,
    folder: pathlib.Path,
    needs: tuple[str, ...],
    job: dict[str, Any],
    records: RecordSet,
    before: dict[str, Task],
) -> Task:
    content = json.dumps({**identity(job), "data": fingerprint(records)}, sort_keys=True, default=list)
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


def _check_curve(value: Value) -> None:
    """Distances with intervals, which may be missing, at each share of the training."""
    for point in value["points"].entries():
        point["share"].number(0, 1)
        for measure in point["measures"].members().values():
            measure.members()


CHECKS = {
    "train": _check_run, "reader": _check_reader, "row": _check_row, "speed": _check_speed, "curve": _check_curve,
}  # fmt: skip
