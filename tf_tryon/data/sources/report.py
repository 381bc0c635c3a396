"""What became of a data set's examples: how many were kept, how many rejected and why, as JSON and as text."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
from typing import Final

from tf_tryon.data.sources.outcome import MISSING
from tf_tryon.writing import results
from tf_tryon.writing.results import new_files

JSON: Final = "rejections.json"
TEXT: Final = "rejections.txt"


@dataclasses.dataclass
class Report:
    """Counts of one run.

    Attributes:
      source: the layout's name.
      located: examples found.
      kept: records written, by split.
      left_out: good ones that the drawn splits, or the asked split, leave out.
      rejected: (id, reason, detail) of each.
    """

    source: str
    located: int
    kept: dict[str, int] = dataclasses.field(default_factory=dict)
    left_out: int = 0
    rejected: list[tuple[str, str, str]] = dataclasses.field(default_factory=list)

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> how many, the most frequent first."""
        counts = collections.Counter(reason for _, reason, _ in self.rejected)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def summary(self) -> str:
        """A few lines."""
        kept = ", ".join(f"{count} {split}" for split, count in self.kept.items()) or "none"
        lines = [f"{self.source}: {self.located} examples, kept {sum(self.kept.values())} ({kept})"]
        if self.left_out:
            lines.append(f"  {self.left_out:6d} left out by the splits")
        lines += [f"  {count:6d} rejected: {reason}" for reason, count in self.reasons.items()]
        return "\n".join(lines)

    def save(self, folder: pathlib.Path) -> None:
        """Write both files."""
        data = {
            "source": self.source,
            "located": self.located,
            "kept": self.kept,
            "left_out": self.left_out,
            "rejected": self.reasons,
            "examples": [dict(zip(("id", "reason", "detail"), row, strict=True)) for row in self.rejected],
        }
        lines = ["\t".join(filter(None, row)) for row in self.rejected if row[1] != MISSING]
        # A partial copy lacks thousands of the photos that the data set's lists name.
        if missing := [identity for identity, reason, _ in self.rejected if reason == MISSING]:
            lines.append(f"{MISSING}\t{len(missing)} that the lists name, the first is {missing[0]}; {JSON} has all")
        with new_files(folder, JSON, by=_by(self.source)) as new:
            (new.path / TEXT).write_text("\n".join([self.summary(), "", *lines]) + "\n", encoding="utf-8")
            new.content = data


def check(folder: pathlib.Path, source: str) -> None:
    """Raise TryOnError if a report in the folder could not be replaced."""
    results.check(folder, JSON, by=_by(source), names=(TEXT,))


def _by(source: str) -> str:
    return f"tf-tryon data {source}"
