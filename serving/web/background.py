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

    def later(self, call: Callable[[], object], failure: str) -> None:
        """Does something that nobody waits for, such as loading; what it raises is logged after `failure`."""
        self._thread.submit(_logged, call, failure)

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

    def close(self, wait: bool = False) -> None:
        """Ends the thread; what waits is not done, and what it does is waited for if that is asked."""
        self._thread.shutdown(wait=wait, cancel_futures=True)

    def finish(self, last: Callable[[], object]) -> None:
        """Ends the thread after all that was asked for, and this."""
        self._thread.submit(last)
        self._thread.shutdown()


def _logged(call: Callable[[], object], failure: str) -> None:
    try:
        call()
    except Exception as error:
        _log.error("%s: %s", failure, error)
