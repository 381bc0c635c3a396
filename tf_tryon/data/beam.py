"""The parts of a run on Apache Beam: on this machine (DirectRunner), on Dask, or on Flink, Spark or Dataflow.

Workers read the inputs and write parts to the output folder, so on a cluster both must lie on storage that every worker
mounts under the same path, and tf-tryon must be installed there. A part that is made twice, as clusters do when a
worker dies, is the same part.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import apache_beam as beam
from apache_beam.metrics.metric import Metrics, MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from tf_tryon.data.engine import Engine, MakePart
from tf_tryon.data.parts import Parts
from tf_tryon.data.workers import single_threaded
from tf_tryon.errors import TryOnError
from tf_tryon.progress import Progress

NAMESPACE: Final = "tf_tryon"
DIRECT, DASK = "DirectRunner", "DaskRunner"
_DASK_CLASS: Final = "apache_beam.runners.dask.dask_runner.DaskRunner"  # Beam has no short name for it
_ONE_AT_A_TIME: Final = threading.Lock()  # a cluster's worker may have threads; models and MediaPipe serve one


class MakeParts(beam.PTransform):
    """Numbers of parts -> (number, counts); counters by outcome in `NAMESPACE`."""

    def __init__(self, parts: Parts, make: MakePart) -> None:
        super().__init__()
        self._parts, self._make = parts, make

    def expand(self, input_or_inputs: Any) -> Any:
        # Without the reshuffle the runner would fuse the list's source with the work: one worker would do it all.
        return input_or_inputs | beam.Reshuffle() | beam.ParDo(_MakePart(self._parts, self._make))


class _MakePart(beam.DoFn):
    def __init__(self, parts: Parts, make: MakePart) -> None:
        self._parts, self._make = parts, make

    def process(self, element: int) -> Iterator[tuple[int, dict[str, int]]]:
        with _ONE_AT_A_TIME, single_threaded():  # a cluster's worker knows nothing of this machine's environment
            if self._parts.path(element).exists():  # by a worker that died after it
                return
            counts = self._make(element)
        for outcome, count in counts.items():
            Metrics.counter(NAMESPACE, outcome).inc(count)
        yield element, counts


def run(parts: Parts, make: MakePart, engine: Engine, unit: str, look: Callable[[], None]) -> dict[str, int]:
    """Make the parts that are missing; see `part_runs.make_missing`.

    "DirectRunner" is Beam's Python engine, with `engine.workers` processes: the switch of that name would first try to
    fetch a Go program. "DaskRunner" works on the cluster at --dask_client_address, or starts one of `engine.workers`
    processes. Other runners take all that they need from `engine.options`.

    Returns:
      The counters; none where the runner keeps none (Dask).
    """
    missing = parts.missing()
    with _watched(parts, engine.progress, unit, look), single_threaded(), _prepared(engine, len(missing)) as ready:
        runner, arguments = ready
        pipeline = beam.Pipeline(runner=runner, options=PipelineOptions(arguments))
        _ = pipeline | beam.Create(missing) | MakeParts(parts, make)
        result = pipeline.run()
        try:
            result.wait_until_finish()
        finally:
            if engine.runner in (DASK, _DASK_CLASS):
                result.client.close()  # Beam leaves it open, and it would look for a cluster that has ended
    if left := parts.missing():
        raise TryOnError(f"--runner {engine.runner} ended without {len(left)} of {len(parts)} parts: run it again")
    try:
        query = result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))
    except NotImplementedError:
        return {}
    return {counter.key.metric.name: counter.result for counter in query["counters"]}


@contextlib.contextmanager
def _prepared(engine: Engine, count: int) -> Iterator[tuple[Any, list[str]]]:
    """Beam's runner and the pipeline's arguments, while whatever had to be started for it runs."""
    arguments = list(engine.options)
    if engine.runner == DIRECT:
        mode = "in_memory" if engine.workers == 1 else "multi_processing"
        yield FnApiRunner(), [*arguments, f"--direct_num_workers={engine.workers}", f"--direct_running_mode={mode}"]
    elif engine.runner in (DASK, _DASK_CLASS):
        try:
            from dask.distributed import LocalCluster
        except ImportError as error:
            raise TryOnError(f"--runner {engine.runner} needs Dask ({error}): pip install 'tf-tryon[dask]'") from error
        if not any(argument.startswith(("--dask_npartitions", "--dask_partition_size")) for argument in arguments):
            arguments.append("--dask_partition_size=1")  # Beam would put 128 of our parts, hours of work, into one task
        if any(argument.startswith(("--dask_client_address", "--dask_scheduler_file")) for argument in arguments):
            yield _DASK_CLASS, arguments
            return
        with LocalCluster(n_workers=engine.workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
            yield _DASK_CLASS, [*arguments, f"--dask_client_address={cluster.scheduler_address}"]
    else:
        yield engine.runner, arguments


@contextlib.contextmanager
def _watched(parts: Parts, progress: bool, unit: str, look: Callable[[], None]) -> Iterator[None]:
    """Shows the parts that appear, whichever machine makes them."""
    done, stop = parts.done(), threading.Event()
    bar = Progress(unit, parts.count, progress, done)

    def watch() -> None:
        nonlocal done
        last = False
        while not last:
            last = stop.wait(1.0)
            now = parts.done()
            bar.add(now - done)
            done = now
            look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
