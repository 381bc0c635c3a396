"""Numba's compiler as the renderer uses it: cached on disk where that is possible, without a word where it is not."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any] | None = None, *, fastmath: bool = False) -> Any:
    """Decorator: compiles a numeric loop on first use; it runs without the interpreter's lock.

    Numba keeps its cache beside the source or in the user's cache folder. In an installed package for a user without
    a home (a container, read-only) neither is writable and numba refuses to decorate; then it compiles each time.

    Args:
        function: numeric Python that numba understands.
        fastmath: lets the compiler reorder sums; infinities and NaN must not matter.
    """
    if function is None:
        return lambda later: compiled(later, fastmath=fastmath)
    try:
        return numba.njit(cache=True, nogil=True, fastmath=fastmath)(function)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        return numba.njit(nogil=True, fastmath=fastmath)(function)
