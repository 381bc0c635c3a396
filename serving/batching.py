"""Requests that arrive together run together: what TF-Serving's batching does, for the embedded server.

Its parameters have TF-Serving's names and meanings (serving/deploy/batching.config).
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Hashable

import numpy as np

Arrays = dict[str, np.ndarray]
Run = Callable[[Arrays, float | None], Arrays]


class LateError(Exception):
    """A request's batch has not been answered within the request's deadline."""


class _Batch:
    """Requests that run together; its first one runs it."""

    def __init__(self) -> None:
        self.parts: list[Arrays] = []
        self.deadlines: list[float | None] = []
        self.rows = 0
        self.full, self.done = threading.Event(), threading.Event()
        self.answer: Arrays | None = None  # None when done: each runs alone


@dataclasses.dataclass(frozen=True)
class Batching:
    """Parameters.

    Attributes:
      max_batch_size: rows of a batch; 1: none is shared.
      batch_timeout_micros: how long the first request waits for others.
    """

    max_batch_size: int = 1
    batch_timeout_micros: int = 0

    def __post_init__(self) -> None:
        if self.max_batch_size < 1 or self.batch_timeout_micros < 0:
            raise ValueError(
                f"max_batch_size = {self.max_batch_size}, batch_timeout_micros = {self.batch_timeout_micros}: "
                "at least 1 and 0"
            )


class Batcher:
    """Runs requests, as many together as there are.

    Args:
      parameters: size and window.
      running: batches that run at once; while all run, the next batch goes on growing.
    """

    def __init__(self, parameters: Batching, running: int) -> None:
        self._parameters = parameters
        self._places = threading.Semaphore(running)
        self._lock = threading.Lock()
        self._open: dict[Hashable, _Batch] = {}

    def run(self, kind: Hashable, inputs: Arrays, deadline: float | None, call: Run) -> Arrays:
        """The outputs for one request's rows, the same whatever they run with.

        Args:
          kind: requests of one kind can share a batch: the same model, signature and outputs.
          inputs: arrays with one row for each of the request's, in the first dimension.
          deadline: of time.monotonic(); None: there is none.
          call: runs inputs until a deadline.

        Raises:
          LateError: the deadline has passed.
          whatever `call` raises for this request alone.
        """
        rows = len(next(iter(inputs.values())))
        if rows >= self._parameters.max_batch_size:
            with self._places:
                return call(inputs, deadline)
        batch, start, leads = self._join(kind, inputs, deadline, rows)
        if leads:
            self._lead(kind, batch, call)
        elif not batch.done.wait(None if deadline is None else max(0.0, deadline - time.monotonic())):
            raise LateError
        if batch.answer is None:  # one of them is refused, and which one it is shows alone
            with self._places:
                return call(inputs, deadline)
        if deadline is not None and time.monotonic() > deadline:
            raise LateError
        return {name: array[start : start + rows] for name, array in batch.answer.items()}

    def _join(self, kind: Hashable, inputs: Arrays, deadline: float | None, rows: int) -> tuple[_Batch, int, bool]:
        """The batch, the request's first row in it, and whether it runs the batch."""
        with self._lock:
            batch = self._open.get(kind)
            leads = batch is None or batch.rows + rows > self._parameters.max_batch_size
            if batch is None or leads:
                if batch is not None:
                    batch.full.set()
                batch = self._open[kind] = _Batch()
            start = batch.rows
            batch.parts.append(inputs)
            batch.deadlines.append(deadline)
            batch.rows += rows
            if batch.rows == self._parameters.max_batch_size:
                batch.full.set()
                del self._open[kind]
            return batch, start, leads

    def _lead(self, kind: Hashable, batch: _Batch, call: Run) -> None:
        try:
            batch.full.wait(self._parameters.batch_timeout_micros / 1e6)
            with self._places:
                with self._lock:  # nobody joins any more
                    if self._open.get(kind) is batch:
                        del self._open[kind]
                if len(batch.parts) == 1:
                    return  # as it would run without others
                inputs = {name: np.concatenate([part[name] for part in batch.parts]) for name in batch.parts[0]}
                ends = [end for end in batch.deadlines if end is not None]
                answer = call(inputs, max(ends) if len(ends) == len(batch.parts) else None)
                if all(len(array) == batch.rows for array in answer.values()):
                    batch.answer = answer
        except Exception:  # each request's own is raised where it runs alone
            batch.answer = None
        finally:
            batch.done.set()
