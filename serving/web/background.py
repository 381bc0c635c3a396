"""Long work beside the page's loop: a thread of its own that does one thing at a time, with a bounded queue."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tf_tryon.serving.web.refusal import RefusedError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Background:
    """A thread that works through what the page's visitors ask for.

    Args:
      name: of the thread.
      waiting: calls that may wait behind the one that runs; one more is refused.
    """

    def __init__(self, name: str, waiting: int = 8) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting, self._asked = waiting, 0

    def warm(self, load: Callable[[], object], failure: str) -> None:
        """Loads something meanwhile; what is raised is logged after `failure`, and raised where somebody needs it."""
        self._thread.submit(_warm, load, failure)

    async def run(self, call: Callable[..., _T], *arguments: object) -> _T:
        """What a call returns.

        Raises:
          RefusedError: too many wait.
        """
        if self._asked > self._waiting:
            raise RefusedError(503, "busy")
        self._asked += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
        finally:
            self._asked -= 1

    def close(self) -> None:
        """Ends the thread; what it does is not waited for, and what waits is not done."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def finish(self, last: Callable[[], object]) -> None:
        """Ends the thread after all that was asked for, and this."""
        self._thread.submit(last)
        self._thread.shutdown()


def _warm(load: Callable[[], object], failure: str) -> None:
    try:
        load()
    except Exception as error:
        _log.error("%s: %s", failure, error)
