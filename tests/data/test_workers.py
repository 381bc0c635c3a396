"""One process or several: the same order, and the same number of threads."""

import logging
import multiprocessing
import os
import signal

import pytest

from tf_tryon.data.workers import in_order
from tf_tryon.errors import TryOnError


def threads(job: int) -> tuple[int, str | None, str | None]:
    """What TensorFlow and OpenMP will find when they are loaded."""
    return job, os.environ.get("TF_NUM_INTRAOP_THREADS"), os.environ.get("OMP_NUM_THREADS")


def test_one_process_works_with_as_many_threads_as_each_of_several(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    one, two = (list(in_order(threads, range(3), workers)) for workers in (1, 2))
    assert one == two == [(job, "1", "1") for job in range(3)]
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert "TF_NUM_INTRAOP_THREADS" not in os.environ


def square(job: int) -> int:
    """Of a number; 7 is a job that ends its process, as one does that takes too much memory."""
    if job == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return job**2


@pytest.mark.parametrize("chunk", [1, 4])
def test_results_come_in_order_whatever_is_sent_together(chunk):
    assert list(in_order(square, range(8, 40), 2, chunk)) == [job**2 for job in range(8, 40)]


def test_a_killed_process_ends_the_run_and_is_told():
    with pytest.raises(TryOnError, match="want of memory"):
        list(in_order(square, range(20), 2))
    assert not multiprocessing.active_children()


def level(job: int) -> int:
    """Of the project's log lines that are shown."""
    del job
    return logging.getLogger("tf_tryon").level


def test_workers_log_what_their_parent_would():
    logger = logging.getLogger("tf_tryon")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        assert list(in_order(level, range(2), 2)) == [logging.ERROR] * 2
    finally:
        logger.setLevel(before)
