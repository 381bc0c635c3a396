"""Many people on a Dask cluster of two processes: one is killed midway, and nothing shows of it in what is written."""

import contextlib
import functools
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tf_tryon.cli.complete_all import Reader
from tf_tryon.data.part_runs import Engine, make_missing
from tf_tryon.data.records import open_records
from tf_tryon.inference.bulk import Bulk, Given, complete_part
from tf_tryon.inference.bundle import write_bundle
from tf_tryon.inference.request import Request
from tf_tryon.training.weights import save_weights

PEOPLE = 5
# In each of the workers compiling takes longer than a few small pictures.
UNCOMPILED = "import tensorflow as tf\ntf.config.run_functions_eagerly(True)"


@pytest.fixture
def bundle(model: Any, data_set: Path, tmp_path: Path) -> Path:
    """A folder that any process can load, of the tiny networks."""
    for stage in (model.shape, model.texture):
        save_weights(stage.networks, tmp_path / f"{stage.config.stage}.npz", step=5)
    write_bundle(tmp_path / "shape.npz", tmp_path / "texture.npz", open_records(data_set), tmp_path / "bundle")
    return tmp_path / "bundle"


@contextlib.contextmanager
def _cluster() -> Iterator[tuple[Any, Engine]]:
    """A cluster of two, and the engine that works on it."""
    distributed = pytest.importorskip("dask.distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", preload=[UNCOMPILED]
    ) as cluster:
        yield cluster, Engine(2, "DaskRunner", [f"--dask_client_address={cluster.scheduler_address}"], progress=False)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_worker_killed_midway_changes_no_byte(bundle: Path, data_set: Path, tmp_path: Path, uncompiled: Any) -> None:
    """Nor does the cluster: this process alone makes the same."""
    people = [Given(f"p{i}", f"{data_set}:{i}", f"{data_set}:{i}") for i in range(PEOPLE)]

    def begun(out: Path) -> Bulk:
        return Bulk.begun(out, people, str(bundle), Request("top", samples=1), Reader(()), 1)

    alone = begun(tmp_path / "alone")
    with uncompiled():
        make_missing(alone.parts, functools.partial(complete_part, alone), Engine(progress=False))
    report = alone.finish()
    assert report["completed"] > 0

    together, killed = begun(tmp_path / "together"), []
    with _cluster() as (cluster, engine):

        def kill() -> None:
            while not together.parts.done():
                if stop.wait(0.05):
                    return
            if together.parts.missing():
                killed.append(cluster.workers[0].process.pid)
                os.kill(killed[0], signal.SIGKILL)

        stop = threading.Event()
        watch = threading.Thread(target=kill)
        watch.start()
        try:
            make_missing(together.parts, functools.partial(complete_part, together), engine)
        finally:
            stop.set()
            watch.join()
    assert killed
    assert together.finish() == report
    assert _files(tmp_path / "together") == _files(tmp_path / "alone")
