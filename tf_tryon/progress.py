"""A bar on a terminal, a log line now and then elsewhere.

Not tqdm: where there is no terminal, and with --log=json, it has no lines for a log, which is half of what is here.
"""

from __future__ import annotations

import logging
import time

from tf_tryon import logs

_WIDTH = 30
_LINE_SECONDS = 30.0  # between lines where there is no terminal
_log = logging.getLogger(__name__)


class Progress:
    """How far something of `total` units is.

    Args:
      title: what is being done.
      total: units.
      shown: whether to tell at all.
      done: units that were made by an earlier run, which don't count for the time left.
    """

    def __init__(self, title: str, total: int, shown: bool = True, done: int = 0) -> None:
        self._title, self._total, self._shown = title, max(total, 1), shown
        self._stream = logs.terminal() if shown else None
        self._done = self._before = done
        self._start = self._updated = time.monotonic()

    def add(self, count: int) -> None:
        """Tell that `count` more units are done."""
        self.update(self._done + count)

    def update(self, done: int) -> None:
        """Tell that `done` units are done in all."""
        self._done = done
        now = time.monotonic()
        last = done >= self._total
        if not self._shown or (not last and now - self._updated < (0.2 if self._stream else _LINE_SECONDS)):
            return
        self._updated = now
        left = (now - self._start) / max(done - self._before, 1) * (self._total - done)
        text = f"{self._title}: {done} of {self._total}, {left:.0f} s left"
        if last:
            text = f"{self._title}: {done} in {now - self._start:.0f} s"
        if self._stream is None or last:
            _log.info(text)
            return
        filled = round(_WIDTH * min(done / self._total, 1))
        self._stream.write(f"\r\x1b[K[{'#' * filled}{'.' * (_WIDTH - filled)}] {text}")
        self._stream.flush()
