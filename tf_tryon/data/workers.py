"""Processes for work on many people: results in the order of the jobs, stopped cleanly, one thread each."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Final, TypeVar

from tf_tryon import quiet

Job = TypeVar("Job")
Result = TypeVar("Result")

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
    """
    if workers == 1 or len(jobs) <= 1:
        for job in jobs:
            with single_threaded():
                result = function(job)
            yield result
        return
    with single_threaded():
        pool = multiprocessing.get_context("spawn").Pool(workers, _start, (tensorflow,))
    try:
        with _terminable():
            # Few at a time: results wait in memory until all before them are there.
            yield from pool.imap(function, jobs, chunksize=chunk)
    finally:
        pool.terminate()
        pool.join()


def _start(tensorflow: bool) -> None:
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
