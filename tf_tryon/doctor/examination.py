"""The whole examination, and its two forms: a text for people and JSON for reports and scripts."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pathlib
import platform
import textwrap
from typing import Any, Final

from tf_tryon.doctor import accelerators, machine, models, versions
from tf_tryon.doctor.finding import NOTE, OK, PROBLEM, Finding

FORMAT: Final = 1  # of the JSON; a number above it may have other fields
_WIDTH: Final = 100
_URGENCY: Final = (PROBLEM, NOTE, OK)
_HEADINGS: Final = {
    PROBLEM: "problems: tf-tryon doesn't work before they are mended",
    NOTE: "notes: it works; to do where you need what is named",
}


def examine(model: str | None = None, folder: str = ".") -> list[Finding]:
    """Everything, in the order of the report: problems first, then notes, then what is well.

    Args:
      model: a folder that `tf-tryon bundle` wrote; None: the bundled weights.
      folder: whose disk is looked at.
    """
    findings = [
        *versions.packages(),
        machine.processor(),
        machine.memory(),
        machine.disk(pathlib.Path(folder)),
        machine.temporary(),
        *accelerators.gpus(),
        *models.models(model),
        *versions.extras(),
    ]
    return sorted(findings, key=lambda finding: _URGENCY.index(finding.status))


def works(findings: list[Finding]) -> bool:
    """Whether there is no problem among them."""
    return all(finding.status != PROBLEM for finding in findings)


def as_json(findings: list[Finding]) -> str:
    """The report for machines: format, system, works, and the findings with all their fields."""
    report: dict[str, Any] = {
        "format": FORMAT,
        "system": platform.platform(),
        "works": works(findings),
        "findings": [dataclasses.asdict(finding) for finding in findings],
    }
    return json.dumps(report, indent=1, ensure_ascii=False)


def as_text(findings: list[Finding]) -> str:
    """The report for people: what needs doing, with its cost and remedy; then what is well, by subject."""
    column = max(len(finding.name) for finding in findings) + 2
    lines = [platform.platform()]
    for status, members in itertools.groupby(findings, lambda finding: finding.status):
        if status != OK:
            lines += ["", _HEADINGS[status]]
            for finding in members:
                lines += _wrapped(f"  {finding.name:{column}}", finding.found)
                lines += _wrapped(" " * (column + 2), finding.cost)
                lines += _wrapped(" " * (column + 2), f"-> {finding.remedy}")
            continue
        for group, well in itertools.groupby(members, lambda finding: finding.group):
            lines += ["", f"{group}: well"]
            for finding in well:
                lines += _wrapped(f"  {finding.name:{column}}", finding.found)
    return "\n".join([*lines, "", _verdict(findings)])


def _verdict(findings: list[Finding]) -> str:
    problems, notes = (sum(finding.status == status for finding in findings) for status in (PROBLEM, NOTE))
    if problems:
        return f"{problems} problem{'s' if problems > 1 else ''}: at the top, with what to do"
    return "no problem" + (f"; {notes} note{'s' if notes > 1 else ''} at the top" if notes else "")


def _wrapped(head: str, text: str) -> list[str]:
    indent = " " * len(head)
    return textwrap.wrap(
        text, _WIDTH, initial_indent=head, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
