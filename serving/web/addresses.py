"""Numbers in a request's address, which anybody may have written: digits by the thousand are no number."""

from __future__ import annotations

_DIGITS = 9


def whole(text: str, low: int = 0, high: int = 10**_DIGITS - 1) -> int | None:
    """A whole number of ASCII digits from `low` to `high`; None if the text is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS) or not low <= int(text) <= high:
        return None
    return int(text)
