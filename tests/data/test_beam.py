"""Beam's engines make the parts that a pool would, and a worker's death costs nothing but its part."""

import functools
import os
import pathlib
import signal
import sys

import pytest

from tf_tryon.data.engine import Engine
from tf_tryon.data.part_runs import make_missing
from tf_tryon.data.parts import Parts
from tf_tryon.errors import TryOnError

COUNT, SIZE = 7, 2


def make(parts: Parts, deaths: pathlib.Path, number: int) -> dict[str, int]:
    """Numbers as bytes; whoever comes to part 1 first is killed, if `deaths` is a folder."""
    if number == 1 and deaths.is_dir() and not (deaths / "one").exists():
        (deaths / "one").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    parts.write(number, (b"%d" % entry for entry in parts.entries(number)))
    return {"made": len(parts.entries(number))}


def _made(folder: pathlib.Path, engine: Engine, deaths: pathlib.Path) -> list[bytes]:
    parts = Parts(folder, {}, COUNT, SIZE)
    make_missing(parts, functools.partial(make, parts, deaths), engine)
    return list(parts.stored())


@pytest.mark.parametrize("workers", [1, 2])
def test_the_direct_runner_makes_what_the_pool_makes(workers, tmp_path):
    pytest.importorskip("apache_beam")
    engine = Engine(workers, "DirectRunner", progress=False)
    assert _made(tmp_path, engine, tmp_path / "none") == [b"%d" % i for i in range(COUNT)]


def test_counters_tell_what_became_of_the_parts(tmp_path):
    beam = pytest.importorskip("tf_tryon.data.beam")
    parts = Parts(tmp_path, {}, COUNT, SIZE)
    parts.write(0, [b"0", b"1"])
    made = functools.partial(make, parts, tmp_path / "none")
    assert beam.run(parts, made, Engine(1, "DirectRunner", progress=False), "numbers", lambda: None) == {"made": 5}


@pytest.mark.parametrize("name", ["DaskRunner", "apache_beam.runners.dask.dask_runner.DaskRunner"])
def test_dask_goes_on_without_a_worker_that_was_killed(name, tmp_path):
    cloudpickle = pytest.importorskip("cloudpickle")
    distributed = pytest.importorskip("dask.distributed")
    (tmp_path / "deaths").mkdir()
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # the cluster's processes don't have the tests
    try:
        if name == "DaskRunner":  # a cluster of its own
            made = _made(tmp_path, Engine(2, name, progress=False), tmp_path / "deaths")
        else:
            free = "127.0.0.1:0"  # another test may have a cluster of its own
            with distributed.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=free) as cluster:
                options = [f"--dask_client_address={cluster.scheduler_address}"]
                made = _made(tmp_path, Engine(1, name, options, progress=False), tmp_path / "deaths")
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    assert (tmp_path / "deaths" / "one").exists()
    assert made == [b"%d" % i for i in range(COUNT)]


def test_a_runner_that_makes_nothing_is_no_success(tmp_path, monkeypatch):
    beam = pytest.importorskip("tf_tryon.data.beam")
    monkeypatch.setattr(beam.MakeParts, "expand", lambda self, numbers: numbers)
    with pytest.raises(TryOnError, match="ended without 4 of 4 parts"):
        _made(tmp_path, Engine(1, "DirectRunner", progress=False), tmp_path / "none")
