"""What makes the parts of a run, and by what: a pool of processes, or a runner of Apache Beam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

# Writes the file of the part of that number (`Parts.write`), and returns counts by outcome.
MakePart = Callable[[int], dict[str, int]]


class Engine(NamedTuple):
    """What makes the parts.

    Attributes:
      workers: processes, of the pool, of Beam's DirectRunner, or of the Dask cluster that the DaskRunner starts.
      runner: Beam's name of a runner; "": the pool.
      options: of Beam's pipeline, as on a command line.
      progress: show how much is done.
    """

    workers: int = 1
    runner: str = ""
    options: Sequence[str] = ()
    progress: bool = True
