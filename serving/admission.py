"""Who may run now, who waits, who is turned away: a bounded first-come queue in front of the model."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Generator


class QueueFullError(Exception):
    """As many wait as may."""


class GoneError(Exception):
    """The caller's deadline has passed, or the caller has gone, before its turn came."""


class Admission:
    """Lets `running` callers in at once and `waiting` wait.

    Args:
      running: at least 1.
      waiting: 0: nobody waits.
    """

    _LOOK = 0.1  # seconds between looks whether a waiting caller is still there

    def __init__(self, running: int, waiting: int) -> None:
        self._free, self._room = running, waiting
        self._condition = threading.Condition()
        self._queue: deque[object] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @contextlib.contextmanager
    def enter(self, deadline: float | None, there: Callable[[], bool]) -> Generator[None, None, None]:
        """A place to run in, in the order of arrival.

        Args:
          deadline: of time.monotonic(); None: wait for ever.
          there: whether the caller still wants an answer.

        Raises:
          QueueFullError, GoneError: see there.
        """
        self._take(deadline, there)
        try:
            yield
        finally:
            with self._condition:
                self._free += 1
                self._condition.notify_all()

    def _take(self, deadline: float | None, there: Callable[[], bool]) -> None:
        ticket = object()
        with self._condition:
            if self._free and not self._queue:
                self._free -= 1
                return
            if len(self._queue) >= self._room:
                raise QueueFullError
            self._queue.append(ticket)
            try:
                while not (self._free and self._queue[0] is ticket):
                    left = self._LOOK if deadline is None else min(self._LOOK, deadline - time.monotonic())
                    if left <= 0 or not there():
                        raise GoneError
                    self._condition.wait(left)
                self._free -= 1
            finally:
                self._queue.remove(ticket)
                self._condition.notify_all()
