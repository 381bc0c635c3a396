"""One thing that was looked at."""

from __future__ import annotations

import dataclasses
from typing import Final

OK: Final = "ok"
NOTE: Final = "note"  # works; something optional is missing or slow
PROBLEM: Final = "problem"  # the project doesn't work as it is
STATUSES: Final = (OK, NOTE, PROBLEM)


@dataclasses.dataclass(frozen=True)
class Finding:
    """What was found of one subject.

    Attributes:
      group: heading that it stands under: "versions", "machine", "accelerators", "models", "extras".
      name: of the subject.
      status: one of STATUSES.
      found: what is there.
      cost: what a note or a problem costs: what can't be done, or is slow.
      remedy: what to do about it; a command where there is one.
    """

    group: str
    name: str
    status: str
    found: str
    cost: str = ""
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status = {self.status!r}: choose one of {', '.join(STATUSES)}")
        if (self.status == OK) == bool(self.cost):
            raise ValueError(f"{self.name}: what is no {OK!r}, and only that, costs something")
