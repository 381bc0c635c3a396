"""What became of a data set's examples: how many were kept, how many rejected and why, as JSON and as text."""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import pathlib
from typing import Final

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
        lines = ["\t".join(filter(None, row)) for row in self.rejected]
        _write(folder / JSON, json.dumps(data, indent=1))
        _write(folder / TEXT, "\n".join([self.summary(), "", *lines]))


def _write(path: pathlib.Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text + "\n", encoding="utf-8")
    os.replace(temporary, path)
