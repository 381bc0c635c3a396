"""The parts of a run on Apache Beam: on this machine (DirectRunner), or on Flink, Spark or Dataflow.

Workers read photos from the data set's root and write parts to the output folder, so on a cluster both must lie on
storage that every worker mounts under the same path, and tf-tryon must be installed there.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from tf_tryon.data.parts import Parts
from tf_tryon.data.sources.first_hundred import FirstHundred
from tf_tryon.data.sources.work import Work, make_part
from tf_tryon.progress import Progress

NAMESPACE = "tf_tryon"


class MakeParts(beam.PTransform):
    """Numbers of parts -> (number, counts); counters of what was kept, and rejected by reason, in `NAMESPACE`."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def expand(self, input_or_inputs: Any) -> Any:
        # Without the reshuffle the runner would fuse the list's source with the work: one worker would do it all.
        return input_or_inputs | beam.Reshuffle() | beam.ParDo(_MakePart(self._work))


class _MakePart(beam.DoFn):
    def __init__(self, work: Work) -> None:
        self._work = work

    def process(self, element: int) -> Iterator[tuple[int, dict[str, int]]]:
        counts = make_part(self._work, element)
        for reason, count in counts.items():
            Metrics.counter(NAMESPACE, reason).inc(count)
        yield element, counts


def run(work: Work, runner: str, workers: int, options: Sequence[str] = (), progress: bool = True) -> dict[str, int]:
    """Make the parts that are missing.

    Args:
      work: what to make.
      runner: Beam's name of it. "DirectRunner" is its Python engine: the switch of that name would first try to fetch
        a Go program.
      workers: processes of the DirectRunner; a cluster's runner takes its own options.
      options: of the pipeline, as on a command line.
      progress: show how many are done.

    Returns:
      The counters.
    """
    arguments, engine = list(options), runner
    if runner == "DirectRunner":
        mode = "in_memory" if workers == 1 else "multi_processing"
        arguments += [f"--direct_num_workers={workers}", f"--direct_running_mode={mode}"]
        engine = FnApiRunner()
    pipeline = beam.Pipeline(runner=engine, options=PipelineOptions(arguments))
    _ = pipeline | beam.Create(work.parts.missing()) | MakeParts(work)
    with _watched(work.parts, progress):
        result = pipeline.run()
        result.wait_until_finish()
    query = result.metrics().query(beam.metrics.MetricsFilter().with_namespace(NAMESPACE))
    return {counter.key.metric.name: counter.result for counter in query["counters"]}


@contextlib.contextmanager
def _watched(parts: Parts, progress: bool) -> Iterator[None]:
    """Shows the parts that appear, whichever machine makes them."""
    done, stop = parts.done(), threading.Event()
    bar, first = Progress("people", parts.count, progress, done), FirstHundred(parts)

    def look() -> None:
        nonlocal done
        last = False
        while not last:
            last = stop.wait(1.0)
            now = parts.done()
            bar.add(now - done)
            done = now
            first.look()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
