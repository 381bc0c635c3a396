"""One process or several: the same order, and the same number of threads."""

import os

from tf_tryon.data.workers import in_order


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
