"""The loop of every training: steps, log and checkpoints, an end at what is not finite, and a stop at any moment.

What is trained is a `Learner`; the loop asks it for steps and reads what they measured. SIGTERM, SIGINT and the end of
a limited time end it after the step that is being made, with a checkpoint.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import signal
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, Protocol

import numpy as np

from tf_tryon.errors import TryOnError
from tf_tryon.training import metric_names
from tf_tryon.training.run_log import RunLog


class Wishes(NamedTuple):
    """What a process wants done after a step.

    Attributes:
      save: above 0: a checkpoint.
      stop: the number of the signal that stops it, or 0.
      over: above 0: its time is up.
    """

    save: float
    stop: float
    over: float = 0.0


class Learner(Protocol):
    """What a training is of."""

    def step(self, number: int, wishes: Wishes) -> Any:
        """Make step `number`, 0 first; a step whose metrics are not finite changes nothing. Returns its metrics."""
        ...

    def read(self, number: int, metrics: Any) -> dict[str, tuple[float, float]]:
        """A step's metrics by name: sum and number of examples."""
        ...

    def agreed(self, wishes: Wishes, metrics: Any) -> Wishes:
        """What all processes of the training wish together."""
        ...

    def tolerated(self, values: dict[str, float]) -> Collection[str]:
        """Metrics that may be infinite in a step with these values."""
        ...

    def save(self, done: int) -> Path:
        """Write a checkpoint after `done` steps."""
        ...

    def draw(self, done: int, log: RunLog) -> None:
        """Show pictures after `done` steps, if it is time."""
        ...

    def keep(self, done: int) -> None:
        """Write the weights alone after `done` steps."""
        ...

    def evaluate(self, done: int) -> dict[str, float]:
        """Measures of held-out people after `done` steps; changes nothing."""
        ...


class Alone:
    """A learner's answers where one process trains, without pictures, and a step's metrics are means over its batch."""

    def read(self, number: int, metrics: Any) -> dict[str, tuple[float, float]]:
        """Each mean is one entry."""
        del number
        return {name: (float(value), 1.0) for name, value in metrics.items()}

    def agreed(self, wishes: Wishes, metrics: Any) -> Wishes:
        """Its own."""
        del metrics
        return wishes

    def tolerated(self, values: dict[str, float]) -> Collection[str]:
        """Nothing."""
        del values
        return ()

    def draw(self, done: int, log: RunLog) -> None:
        """There are none."""
        del done, log

    def keep(self, done: int) -> None:
        """None but the checkpoints'."""
        del done

    def evaluate(self, done: int) -> dict[str, float]:
        """Nobody is held out."""
        del done
        return {}


@dataclasses.dataclass(frozen=True)
class Schedule:
    """When what happens.

    Attributes:
      steps: of the whole run.
      log_every: steps between lines of the log.
      save_every: steps between checkpoints; 0: the clock alone says when.
      minutes: between checkpoints.
      seconds: that this process may train; the last step begins before they are over.
      evaluate_every: steps between looks at held-out people, with one at the end; 0: none.
      remedy: what to try where a step was not finite: a sentence.
      weights_every: steps between files of the weights alone, with one at the end; 0: none.
    """

    steps: int
    log_every: int
    save_every: int = 0
    minutes: float = math.inf
    seconds: float = math.inf
    evaluate_every: int = 0
    remedy: str = ""
    weights_every: int = 0


class Stop:
    """The signal that came, or 0."""

    number: int = 0

    def notice(self, number: int, frame: FrameType | None) -> None:
        """A signal's handler."""
        del frame
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[Stop]:
    """SIGTERM and SIGINT are noticed meanwhile, and end nothing by themselves."""
    stop = Stop()
    old = {number: signal.signal(number, stop.notice) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def run(learner: Learner, schedule: Schedule, done: int, log: RunLog, stop: Stop, name: str) -> int:
    """Train from step `done` to the last, or until a signal or the end of the schedule's time.

    Returns:
      The exit code: 0, 143 (SIGTERM) or 130 (SIGINT).

    Raises:
      TryOnError: a step's metrics were not finite; names step and metric. No checkpoint and no file of weights is of it
        or of a later step.
    """
    pending: list[tuple[int, Any]] = []
    started = saved_at = time.monotonic()
    code, last = 0, schedule.seconds <= 0

    def over() -> float:
        return float(time.monotonic() - started >= schedule.seconds)

    while done < schedule.steps and not last:
        wishes = Wishes(float(time.monotonic() - saved_at > schedule.minutes * 60), float(stop.number), over())
        metrics = learner.step(done, wishes)
        pending.append((done, metrics))
        done += 1
        # Once more: a signal, or the end of the time, may have come during the step.
        wishes = learner.agreed(Wishes(wishes.save, float(stop.number), over()), metrics)
        code = 128 + int(wishes.stop) if wishes.stop else 0
        last = bool(code) or wishes.over > 0 or done == schedule.steps
        before = time.perf_counter()
        keeps, looks = (
            every and (done % every == 0 or done == schedule.steps)
            for every in (schedule.weights_every, schedule.evaluate_every)
        )
        saves = wishes.save or last or (schedule.save_every and done % schedule.save_every == 0)
        if keeps or saves:
            _check(learner, pending, schedule.remedy)  # nothing is ever saved of a step that is not finite, or after it
        if keeps:  # before the checkpoint: a run that goes on from one has the weights of all steps before
            learner.keep(done)
        if saves:
            path = learner.save(done)
            saved_at = time.monotonic()
            if last:
                log.say(f"{name}: step {done}, {path}")
        learner.draw(done, log)
        held_out = {}
        if looks and not code:  # a signal is obeyed at once
            held_out = {f"{metric_names.HELD_OUT}/{name}": value for name, value in learner.evaluate(done).items()}
        log.paused(time.perf_counter() - before)
        if done % schedule.log_every == 0 or last or held_out:
            _check(learner, pending, schedule.remedy)
            log.log(done, _means(learner, pending) | held_out)
            pending = []
    return code


def _check(learner: Learner, pending: list[tuple[int, Any]], remedy: str) -> None:
    """Raise for the first step whose metrics were not finite."""
    for number, metrics in pending:
        values = {name: value for name, (value, _) in learner.read(number, metrics).items()}
        tolerated = learner.tolerated(values)
        bad = [name for name, value in values.items() if not np.isfinite(value) and name not in tolerated]
        if bad:
            # A term of its own says more than the totals it spoilt.
            named = [name for name in bad if name not in metric_names.TOTALS] or bad
            last = pending[-1][0]
            raise TryOnError(
                f"step {number + 1}: not finite: {', '.join(f'{name} ({values[name]})' for name in named)}. "
                "It changed no weights"
                + (f"; steps up to {last + 1} were made before it was noticed, and are lost" if last > number else "")
                + f". {remedy}"
            )


def _means(learner: Learner, pending: list[tuple[int, Any]]) -> dict[str, float]:
    """Means over examples and steps, of what is finite (a gradient's norm may not be, in float16)."""
    sums: dict[str, np.ndarray] = {}
    for number, metrics in pending:
        for name, entry in learner.read(number, metrics).items():
            if np.isfinite(entry[0]):
                sums[name] = sums.get(name, np.zeros(2)) + entry
    return {name: float(total / count) for name, (total, count) in sums.items() if count}
