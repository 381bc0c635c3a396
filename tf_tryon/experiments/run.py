"""An experiment from its configuration to its report."""

from __future__ import annotations

import json
import logging
import os
import pathlib

from ml_collections import ConfigDict

from tf_tryon.data.records import RecordSet, open_records
from tf_tryon.errors import InTheWayError, TryOnError
from tf_tryon.experiments import earlier, hours
from tf_tryon.experiments.feasible import check
from tf_tryon.experiments.plan import Plan, plan
from tf_tryon.experiments.report import check_report, write_report
from tf_tryon.experiments.schedule import Scheduler
from tf_tryon.experiments.tasks import CURVES, READER, SPEED, Task, tasks, timings
from tf_tryon.files import json_file
from tf_tryon.training.run_folder import held, refuse_strangers
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.whole import write_text

_CONFIG = "experiment.json"

_log = logging.getLogger(__name__)


def run_experiment(
    config: ConfigDict, data: str | os.PathLike[str], workdir: str | os.PathLike[str], jobs: int = 1, threads: int = 0
) -> int:
    """Do what is not done yet, and write the report. Returns the exit status (see `Scheduler.run`).

    Args:
      config: of `plan.experiment`.
      data: the data set's folder.
      workdir: the experiment's folder; made, or gone on with.
      jobs: processes at once.
      threads: of each process; 0: all.

    Raises:
      ValueError, TryOnError, OSError: something can't work; raised before anything is trained.
    """
    work, records = plan(config), open_records(data)
    check(config, work, records)
    folder = pathlib.Path(workdir)
    check_place(folder, config, data)
    with held(folder):
        write_text(folder / _CONFIG, json.dumps(config.to_dict(), indent=1, default=list) + "\n")
        to_do = tasks(config, work, records, folder)
        before = earlier.read(config.earlier, to_do)
        refuse_overlap(folder, [before.folder] if config.earlier else [], "--workdir")
        left = before.left(to_do)

        def finished(task: Task) -> None:
            if task.job["kind"] in ("row", "curve"):
                try:
                    write_report(config, work, to_do, records, folder, scheduler.failed, before)
                except (TryOnError, ValueError, OSError) as error:  # no reason to stop the trainings
                    _log.error("no report is written: %s", error)

        # A budget in minutes says it already.
        status = _estimate(work, records, left, folder, jobs, threads) if config.budget.unit == "steps" else 0
        if status:
            return status
        scheduler = Scheduler(left, folder, jobs, threads, finished)
        status = scheduler.run()
        if before.results or any(task.result() for task in to_do.values() if task.job["kind"] == "row"):
            path = write_report(config, work, to_do, records, folder, scheduler.failed, before)
            _log.info("report: %s", path)
        for name, reason in scheduler.failed.items():
            _log.error("%s: %s", name, reason)
    return status


def _estimate(
    work: Plan, records: RecordSet, to_do: dict[str, Task], folder: pathlib.Path, jobs: int, threads: int
) -> int:
    """Tells how long the trainings will take, as many at once as later; the exit status of a signal, or 0."""
    timed = timings(work, records, folder)
    missing = hours.untimed(timed, to_do)
    if missing:
        status = Scheduler(missing, folder, jobs, threads, lambda task: None).run()
        if status > 1:
            return status
    left = hours.hours(work, timed, to_do)
    if any(left.values()):
        _log.info("%s", "\n".join(hours.lines(work, left, jobs)))
    return 0


def check_place(folder: pathlib.Path, config: ConfigDict, data: str | os.PathLike[str]) -> None:
    """Raise TryOnError unless the folder is an experiment's, new or empty, and no part of the data set's."""
    refuse_overlap(folder, [data], "--workdir")
    refuse_strangers(folder, _CONFIG, (SPEED, CURVES, "runs", "rows", "logs", "report", READER))
    if os.path.lexists(folder / _CONFIG):
        saved = json_file.read(folder / _CONFIG, "choose another --workdir").raw
        if not isinstance(saved, dict) or not {"budget", "evaluation", "title"} <= saved.keys():
            raise InTheWayError(f"{folder / _CONFIG} is of no experiment: choose another --workdir")
    check_report(folder)
