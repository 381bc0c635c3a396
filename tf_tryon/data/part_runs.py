"""Makes the parts of a run that are still missing: by a pool of processes, or by a runner of Apache Beam.

What makes a part is an `engine.MakePart`, which may be called in any process, in any order, and twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from tf_tryon.data.engine import Engine, MakePart
from tf_tryon.data.parts import Parts
from tf_tryon.data.workers import in_order
from tf_tryon.errors import TryOnError
from tf_tryon.progress import Progress


def make_missing(
    parts: Parts, make: MakePart, engine: Engine, unit: str = "people", look: Callable[[], None] = lambda: None
) -> None:
    """Returns when all parts are there.

    Args:
      parts: of the run.
      make: importable by name, or a `functools.partial` of such a one; it may use TensorFlow.
      engine: by what.
      unit: what a part consists of, for the bar.
      look: called now and then, after new parts have appeared.

    Raises:
      TryOnError: a runner is asked for, and Beam isn't installed.
    """
    missing = parts.missing()
    if not missing:
        return
    if engine.runner:
        try:
            from tf_tryon.data import beam
        except ImportError as error:
            raise TryOnError(
                f"--runner {engine.runner} needs Apache Beam ({error}): pip install 'tf-tryon[beam]', or leave the "
                "runner out: a pool of processes does the same on one machine"
            ) from error
        beam.run(parts, make, engine, unit, look)
        return
    bar = Progress(unit, parts.count, engine.progress, parts.done())
    with contextlib.closing(in_order(make, missing, engine.workers, tensorflow=True)) as results:
        for counts in results:
            bar.add(sum(counts.values()))
            look()
