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
from tf_tryon.doctor.finding import OK, PROBLEM, Finding

FORMAT: Final = 1  # of the JSON; a number above it may have other fields
_WIDTH: Final = 100


def examine(model: str | None = None, folder: str = ".") -> list[Finding]:
    """Everything, in the order of the report.

    Args:
      model: a folder that `tf-tryon bundle` wrote; None: the bundled weights.
      folder: whose disk is looked at.
    """
    return [
        *versions.packages(),
        machine.processor(),
        machine.memory(),
        machine.disk(pathlib.Path(folder)),
        machine.temporary(),
        *accelerators.gpus(),
        *models.models(model),
        *versions.extras(),
    ]


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
    """The report for people: what is not well says what that costs and what to do."""
    lines = [platform.platform()]
    column = max(len(finding.name) for finding in findings) + 2
    for group, members in itertools.groupby(findings, lambda finding: finding.group):
        lines += ["", group]
        for finding in members:
            mark = "" if finding.status == OK else f"{finding.status}: "
            lines += _wrapped(f"  {finding.name:{column}}", mark + finding.found)
            if finding.cost:
                lines += _wrapped(" " * (column + 2), finding.cost)
                lines += _wrapped(" " * (column + 2), f"-> {finding.remedy}")
    count = sum(finding.status == PROBLEM for finding in findings)
    verdict = f"{count} problem{'s' if count > 1 else ''}: see above" if count else "no problem"
    return "\n".join([*lines, "", verdict])


def _wrapped(head: str, text: str) -> list[str]:
    indent = " " * len(head)
    return textwrap.wrap(
        text, _WIDTH, initial_indent=head, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
