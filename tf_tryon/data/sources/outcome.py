"""What became of an example: a record, or a rejection with its reason. Both as bytes, for the parts of a run."""

from __future__ import annotations

import dataclasses
import json
from typing import Final

from tf_tryon.files import json_file

MISSING: Final = "photo missing"
_KEPT: Final = b"+"
_REJECTED: Final = b"-"


class RejectedError(Exception):
    """An example that can't be used.

    Attributes:
      reason: one of few, to count by.
      detail: what was found in this one; "" if the reason says it all.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A record, or why there is none."""

    record: bytes = b""
    reason: str = ""
    detail: str = ""

    def to_bytes(self) -> bytes:
        """For a part."""
        if self.record:
            return _KEPT + self.record
        return _REJECTED + json.dumps([self.reason, self.detail]).encode()

    @classmethod
    def from_bytes(cls, entry: bytes) -> Outcome:
        """Of a part's entry."""
        if entry[:1] == _KEPT:
            return cls(record=entry[1:])
        given = json_file.parse(entry[1:], "an entry of an unfinished run", "delete its folder .parts")
        reason, detail = (text.text() for text in given.entries(2))
        return cls(reason=reason, detail=detail)
