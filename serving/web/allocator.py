"""glibc's allocator, which otherwise keeps the largest arrays that a page ever had."""

from __future__ import annotations

import ctypes
from typing import Final

_MMAP_THRESHOLD: Final = -3  # M_MMAP_THRESHOLD of malloc.h
_LARGE: Final = 1 << 17  # bytes


def give_back_large_arrays() -> bool:
    """From now on arrays of more than 128 kB go back to the system when they are freed.

    That is glibc's own limit to begin with, but each large array that is freed raises it, up to 32 MB; setting it stops
    that. It concerns the whole process, and so is for those that are ours. Returns whether the C library knows it.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE))
    except (AttributeError, OSError, TypeError):  # musl has none; Windows no library without a name
        return False
