"""asyncio beside a browser, whose driver keeps a loop of its own running in the tests' thread."""

import asyncio
from collections.abc import Coroutine
from concurrent import futures
from typing import Any


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What it returns, of a loop in a thread of its own."""
    with futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
