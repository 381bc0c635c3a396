"""How long an experiment's trainings will take, printed before they begin."""

from __future__ import annotations

import math

from tf_tryon.experiments.plan import Plan
from tf_tryon.experiments.tasks import Task
from tf_tryon.training.checkpoints import Checkpoints

_HOUR = 3600.0


def untimed(timings: dict[str, Task], to_do: dict[str, Task]) -> dict[str, Task]:
    """The timing tasks of runs that are still to be made, where they have not been done."""
    missing = [task for name, task in timings.items() if _left(name, to_do) and task.result() is None]
    return {task.name: task for task in missing}


def hours(plan: Plan, timings: dict[str, Task], to_do: dict[str, Task]) -> dict[str, float]:
    """Hours of training left by run: steps that no checkpoint holds times a step's seconds; 0 of what isn't to be done.

    NaN where a run's speed could not be measured.
    """
    left: dict[str, float] = {}
    for name, run in plan.runs.items():
        if not _left(name, to_do):
            left[name] = 0.0
            continue
        timed = timings[name].result()
        made = Checkpoints(to_do[name].folder / "checkpoints").steps()
        steps = max(run.config.train.steps - (made[-1] if made else 0), 0)
        left[name] = steps * (timed["seconds_per_step"] if timed else math.nan) / _HOUR
    return left


def lines(plan: Plan, left: dict[str, float], jobs: int) -> list[str]:
    """A line for each row: its hours and those of its stages; the last is the sum.

    A first stage that several rows share is listed with the row that it belongs to.
    """
    width = max(len(row.title) for row in plan.rows)
    counted: set[str] = set()
    lines = ["hours of training by row, from two measured steps of each run:"]
    for row in plan.rows:
        own = [name for name in (row.shape, *row.textures) if name and name not in counted]
        counted.update(own)
        stages = ", ".join(f"{name} {_hours(left[name])}" for name in own)
        lines.append(f"  {row.title:<{width}} {_hours(sum(left[name] for name in own))} ({stages})")
    total = sum(left.values())
    beside = f", {_hours(total / jobs)} with --jobs={jobs}" if jobs > 1 else ""
    return [*lines, f"  {'in all':<{width}} {_hours(total)}{beside}; measuring the rows comes on top"]


def _left(name: str, to_do: dict[str, Task]) -> bool:
    return name in to_do and to_do[name].result() is None


def _hours(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value:.2f} h"
