"""A bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

_WIDTH = 30
_LINE_SECONDS = 30.0  # between lines where there is no terminal


class Progress:
    """How far something of `total` units is.

    Args:
      title: what is being done.
      total: units.
      shown: whether to write at all, on stderr.
    """

    def __init__(self, title: str, total: int, shown: bool = True) -> None:
        self._title, self._total, self._stream = title, max(total, 1), sys.stderr if shown else None
        self._bar = shown and sys.stderr.isatty()
        self._start = self._told = time.monotonic()

    def update(self, done: int) -> None:
        """Tell that `done` units are done in all."""
        now = time.monotonic()
        last = done >= self._total
        if self._stream is None or (not last and now - self._told < (0.2 if self._bar else _LINE_SECONDS)):
            return
        self._told = now
        left = (now - self._start) / max(done, 1) * (self._total - done)
        text = f"{self._title}: {done} of {self._total}, {left:.0f} s left"
        if last:
            text = f"{self._title}: {done} in {now - self._start:.0f} s"
        if self._bar:
            filled = round(_WIDTH * min(done / self._total, 1))
            self._stream.write(f"\r\x1b[K[{'#' * filled}{'.' * (_WIDTH - filled)}] {text}" + ("\n" if last else ""))
        else:
            self._stream.write(text + "\n")
        self._stream.flush()
