"""A word after the first hundred photos, while a long run can still be stopped, if most of them are rejected."""

from __future__ import annotations

import collections
import logging
from typing import Final

from tf_tryon.data.parts import Parts
from tf_tryon.data.sources.outcome import MISSING, Outcome

ENOUGH: Final = 100
_log = logging.getLogger(__name__)


class FirstHundred:
    """Looks at a run's parts as they appear; photos that aren't there, as in a partial copy, don't count."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._seen, self._decided = parts, set[int](), False
        self._reasons: collections.Counter[str] = collections.Counter()

    def look(self) -> None:
        """Read the parts that are new, until there are photos enough; then warn if less than half would be kept."""
        if self._decided:
            return
        for number in sorted(set(range(len(self._parts))) - self._seen):
            if not self._parts.path(number).exists():
                continue
            self._seen.add(number)
            self._reasons.update(Outcome.from_bytes(entry).reason for entry in self._parts.read(number))
            rejected = collections.Counter({r: n for r, n in self._reasons.items() if r not in ("", MISSING)})
            looked = self._reasons[""] + rejected.total()
            if looked >= ENOUGH:
                self._decided = True
                if 2 * self._reasons[""] < looked:
                    reasons = ", ".join(f"{count} {reason}" for reason, count in rejected.most_common(3))
                    _log.warning(
                        "of the first %d photos only %d would be kept (rejected: %s): if that can't be right, stop and "
                        "ask for another --vocabulary or --min-garments",
                        looked, self._reasons[""], reasons,
                    )  # fmt: skip
                return
