"""A whole data set: all its records, its shards' checksums, and photos or ids that occur twice."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pathlib
from typing import Final

from tf_tryon.data import records
from tf_tryon.data.checking import duplicates
from tf_tryon.data.checking.examine import Examined, examine_range
from tf_tryon.data.checking.report import Report
from tf_tryon.data.workers import in_order
from tf_tryon.progress import Progress

_TOGETHER: Final = 100  # records that a process reads at a time


def check(directory: str | os.PathLike[str], workers: int = 1, progress: bool = True) -> Report:
    """Read every record of a data set.

    Args:
      directory: of the data set.
      workers: processes; the report is the same for any number.
      progress: show a bar.

    Raises:
      FileNotFoundError: no data set, or a part is missing.
      ValueError: its parts don't fit together.
    """
    data = records.open_records(directory)
    report = Report(data)
    jobs = [range(first, min(first + _TOGETHER, len(data))) for first in range(0, len(data), _TOGETHER)]
    bar = Progress("people", len(data), progress)
    examine = functools.partial(examine_range, pathlib.Path(directory))
    examined: list[Examined] = []
    with contextlib.closing(in_order(examine, jobs, workers, tensorflow=True)) as results:
        for chunk in results:
            examined += chunk
            bar.add(len(chunk))
    for one in examined:
        report.add(one)
    _find_twice(report, examined)
    for shard, memory in zip(data.manifest["shards"], data.shards, strict=True):
        if hashlib.sha256(memory).hexdigest() != shard["sha256"]:
            report.problem("shard differs", None, f"{shard['name']}: SHA-256 is not the manifest's")
    return report


def _find_twice(report: Report, examined: list[Examined]) -> None:
    """Ids and photos that occur more than once; each later one is the problem."""
    first: dict[str, int] = {}
    for one in examined:
        if one.id and one.id in first:
            report.problem("id twice", one.number, f"{one.id}, as record {first[one.id]}")
        first.setdefault(one.id, one.number)
    seen = [one for one in examined if one.look is not None]
    for group in duplicates.groups([one.look for one in seen if one.look is not None]):
        original, *copies = (seen[position].number for position in group)
        for copy in copies:
            splits = report.split_of(original), report.split_of(copy)
            across = f", across splits {splits[0]} and {splits[1]}" if splits[0] != splits[1] else ""
            report.problem("photo twice", copy, f"looks like record {original}{across}")
