"""Processes for work on many people: results in the order of the jobs, stopped cleanly, one thread each."""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, TypeVar

from tf_tryon import logs, quiet
from tf_tryon.errors import TryOnError

Job = TypeVar("Job")
Result = TypeVar("Result")

_AHEAD: Final = 3  # chunks that are under way for each worker
# Threads of the libraries that the workers load: one each, as the workers fill the cores themselves.
_THREADS: Final = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)  # fmt: skip


def in_order(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    chunk: int = 1,
    tensorflow: bool = False,
) -> Generator[Result, None, None]:
    """`map(function, jobs)` by `workers` processes.

    Args:
      function: importable by name, or a `functools.partial` of such a one.
      jobs: what pickle can send.
      workers: processes; 1 works in this one, with as many threads as each of several would have: sums in another order
        would end in other digits.
      chunk: jobs that are sent together.
      tensorflow: whether the function needs it: it is then loaded first, without its messages.

    Raises:
      TryOnError: a process was killed.
    """
    if workers == 1 or len(jobs) <= 1:
        for job in jobs:
            with single_threaded():
                result = function(job)
            yield result
        return
    given = tensorflow, logging.getLogger(logs.NAME).level
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, given)
    try:
        with _terminable():
            for results in _results(pool, function, [jobs[i : i + chunk] for i in range(0, len(jobs), chunk)], workers):
                yield from results
    except BrokenProcessPool as error:
        raise TryOnError(
            "a worker process ended before its work was done, mostly for want of memory: take fewer workers; what was "
            "written stays. (A script that starts workers keeps its own work under `if __name__ == '__main__':`.)"
        ) from error
    finally:
        # Before Python 3.14 an executor has no other way to end workers in the middle of a job.
        for process in (pool._processes or {}).values():  # pyright: ignore[reportPrivateUsage]
            process.terminate()
        pool.shutdown(cancel_futures=True)


def _results(
    pool: ProcessPoolExecutor, function: Callable[[Job], Result], chunks: Sequence[Sequence[Job]], workers: int
) -> Iterator[list[Result]]:
    """Of each chunk, in order. Few are under way, as results wait in memory until all before them are there."""
    waiting: collections.deque[Future[list[Result]]] = collections.deque()
    left = iter(chunks)
    while True:
        with single_threaded():  # a worker is started with the first chunks
            for chunk in itertools.islice(left, _AHEAD * workers - len(waiting)):
                waiting.append(pool.submit(_all, function, chunk))
        if not waiting:
            return
        yield waiting.popleft().result()


def _all(function: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    return [function(job) for job in jobs]


def _start(tensorflow: bool, level: int) -> None:
    logging.getLogger(logs.NAME).setLevel(level)  # what the parent doesn't show, its workers don't, either
    # Ctrl-C goes to the whole group; the parent alone decides what happens then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if tensorflow:
        quiet.import_tensorflow()


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM unwinds the stack as Ctrl-C does, so that the workers are stopped too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def single_threaded() -> Iterator[None]:
    """Processes that are started inside have one thread per numerical library, and so has what this one loads inside.

    TensorFlow looks when it first computes: one that has done so keeps its threads.
    """
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
