"""Numba's compiler as the renderer uses it: cached on disk where that is possible, without a word where it is not."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def compiled(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Decorator: compiles a numeric loop on first use; it runs without the interpreter's lock.

    Numba keeps its cache beside the source or in the user's cache folder. In an installed package for a user without
    a home (a container, read-only) neither is writable and numba refuses to decorate; then it compiles each time.
    """
    return _compiled(function, fastmath=False)


def compiled_fast(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """`compiled`, where the compiler may reorder sums; infinities and NaN must not matter."""
    return _compiled(function, fastmath=True)


def _compiled(function: Callable[_Given, _Result], fastmath: bool) -> Callable[_Given, _Result]:
    try:
        return numba.njit(cache=True, nogil=True, fastmath=fastmath)(function)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        return numba.njit(nogil=True, fastmath=fastmath)(function)
