"""OpenCV where it is installed, and its random numbers apart from the caller's."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_T = TypeVar("_T")


def open_cv() -> Any:
    """The module cv2; None where it is missing."""
    try:
        return importlib.import_module("cv2")
    except ImportError:
        return None


def seeded(work: Callable[[], _T]) -> _T:
    """What `work` returns or raises, whose random numbers of OpenCV always are the same.

    GrabCut and k-means draw from OpenCV's own generator, which can be set but not read, so that nothing could put the
    caller's back. Each thread has one of its own: the work is done in a new thread.
    """

    def begin() -> _T:
        open_cv().setRNGSeed(0)
        return work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(begin).result()
