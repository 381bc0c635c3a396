"""A measured value and its interval in words, alike in every table and on the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

_MILLION: Final = 1e6  # kernel distances on VGG's features are of this size


def parts(estimate: Mapping[str, Any]) -> tuple[str, str]:
    """The value, and its interval or "": as many decimals as the interval makes sense of, millions as "12.3 · 10⁶".

    Args:
      estimate: of `bootstrap.Estimate.to_dict`; None stands for what can't be measured.
    """
    value, low, high = (estimate[name] for name in ("value", "low", "high"))
    if value is None:
        return "-", ""
    known = low is not None and high is not None
    scale = _MILLION if max(map(abs, (value, low, high) if known else (value,))) >= _MILLION else 1.0
    # A third of the interval's half, so its ends have one or two digits that count; five of the value at most.
    finest = (max((high - low) / 6, abs(value) / 2e4) if known and high > low else abs(value) / 200) / scale
    decimals = min(max(math.ceil(-math.log10(finest)), 0), 8) if finest else 3
    if known and any(x and not round(x / scale, decimals) for x in (low, high)):
        decimals += 1  # whether an interval reaches 0 is what it is read for: "(0.4 to 17.1)", not "(0 to 17)"
    end = " · 10⁶" if scale > 1 else ""

    def number(x: float) -> str:
        return f"{round(x / scale, decimals) + 0.0:,.{decimals}f}"

    if not known:
        return number(value) + end, ""
    return number(value), f"({number(low)} to {number(high)}){end}"


def written(estimate: Mapping[str, Any]) -> str:
    """Both, one behind the other."""
    return " ".join(filter(None, parts(estimate)))
